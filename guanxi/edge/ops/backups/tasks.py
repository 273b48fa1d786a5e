"""The job that does what was asked for. It takes an id and can run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .running import carry_out


@app.task(name="ops:backup_run", queue="backups", lock="ops:backups")
def backup_run(run_id: int) -> None:
    carry_out(run_id)
