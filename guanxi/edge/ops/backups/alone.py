"""One backup at a time, and none while a restore runs. Held as long as the file is open, so also let go by kill -9."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from .servers import Failed


class Busy(Failed):
    """Another one is at work; later it may go."""


@contextmanager
def alone(data: Path, *, doing: str) -> Iterator[None]:
    with (data / "backups.lock").open("a+") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Busy(f"{file.read().strip() or 'A backup'} is running already. Wait until it is done.") from None
        file.truncate(0)
        file.write(doing)
        file.flush()
        yield
