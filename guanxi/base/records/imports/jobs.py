"""The jobs of an import. Each takes an id and can run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .running import carry_out


@app.task(name="records:run_import", queue="imports", pass_context=False)
def run_import(run_id: int) -> None:
    carry_out(run_id)


@app.task(name="records:run_undo", queue="imports", pass_context=False)
def run_undo(run_id: int) -> None:
    # The module of the undoing starts this job itself.
    from .undoing import carry_out_undo

    carry_out_undo(run_id)
