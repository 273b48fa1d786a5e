"""The job of an import. Takes an id, can run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .running import carry_out


@app.task(name="records:run_import", queue="imports", pass_context=False)
def run_import(run_id: int) -> None:
    carry_out(run_id)
