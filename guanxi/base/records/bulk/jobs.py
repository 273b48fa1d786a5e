"""The job of a step for many records. Takes an id, can run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .running import carry_on


@app.task(name="records:run_bulk", queue="bulk", pass_context=False)
def run_bulk(run_id: int) -> None:
    carry_on(run_id)
