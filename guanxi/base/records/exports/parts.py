"""The finished file in the database, a megabyte at a time; the half-finished one in a folder nobody else reads."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guanxi.base.kernel.leftovers import with_age

from .models import ExportPart, ExportRun

CHUNK = 1024 * 1024
PREFIX = "guanxi-export-"
LEFT_BEHIND_SECONDS = 24 * 3600


def keep(run: ExportRun, path: Path) -> int:
    """How many bytes."""
    ExportPart.objects.filter(run=run).delete()
    size = 0
    with path.open("rb") as file:
        for position, chunk in enumerate(iter(lambda: file.read(CHUNK), b"")):
            ExportPart.objects.create(run=run, position=position, content=chunk)
            size += len(chunk)
    return size


def stream(run: ExportRun) -> Iterator[bytes]:
    for position in range(ExportPart.objects.filter(run=run).count()):
        content = ExportPart.objects.filter(run=run, position=position).values_list("content", flat=True).first()
        yield bytes(content) if content is not None else b""


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder of this run alone, gone with it. What a killed worker left behind goes within a day."""
    for old, age in with_age(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        if age > LEFT_BEHIND_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield Path(folder)
