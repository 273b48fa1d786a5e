"""What the night looks after; drawing.py and scanning.py have the jobs that follow an upload."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .drawing import draw_waiting
from .scanning import scan_older, scan_waiting
from .upkeep import sweep

# 03:40 in Shanghai; the queue counts in UTC.
NIGHTLY = "40 19 * * *"


@app.periodic(cron=NIGHTLY)
@app.task(name="documents:nightly", queue="upkeep", queueing_lock="documents:nightly")
def nightly(timestamp: int) -> None:
    sweep()
    scan_waiting()
    scan_older()
    draw_waiting()
