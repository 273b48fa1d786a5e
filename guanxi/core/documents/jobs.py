"""What the night looks after; drawing.py has the job that follows an upload."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .drawing import draw_waiting
from .upkeep import sweep

# 03:40 in Shanghai; the queue counts in UTC.
NIGHTLY = "40 19 * * *"


@app.periodic(cron=NIGHTLY)
@app.task(name="documents:nightly", queue="upkeep", queueing_lock="documents:nightly")
def nightly(timestamp: int) -> None:
    sweep()
    draw_waiting()
