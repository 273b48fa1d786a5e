"""Files to which lines are only added, whole and synced: what stands outside the database and has to outlive it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def append(path: Path, lines: Iterable[str]) -> None:
    """On the disk when it returns."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        end = os.fstat(descriptor).st_size
        # What a crash cut short stays, on a line of its own.
        is_cut = end > 0 and os.pread(descriptor, 1, end - 1) != b"\n"
        _write(descriptor, ("\n" * is_cut + "".join(f"{line}\n" for line in lines)).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    """A disk that is full takes a part of it and says so only the next time."""
    while data:
        data = data[os.write(descriptor, data) :]
