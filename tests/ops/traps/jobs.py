from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from procrastinate.contrib.django import app


@app.task(name="traps:wait")
def wait(path: str) -> None:
    """Says that it began and ends when it may: when a file lies beside."""
    _say(path)
    while not Path(f"{path}.go").exists():
        time.sleep(0.02)


@app.task(name="traps:poison")
def poison(path: str) -> None:
    _say(path)
    os.kill(os.getpid(), signal.SIGKILL)


def _say(path: str) -> None:
    with Path(path).open("a") as file:
        file.write("began\n")
