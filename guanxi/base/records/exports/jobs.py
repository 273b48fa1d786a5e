"""The job of a file. Takes an id, can run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .running import carry_out


@app.task(name="records:run_export", queue="exports", pass_context=False)
def run_export(run_id: int) -> None:
    carry_out(run_id)
