"""The file in the database: written and read a megabyte at a time, and kept only while it may be read anew."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from .models import ImportPart, ImportRun

RAW = ImportPart.RAW
CHUNK = 1024 * 1024


def keep_file(run: ImportRun, file: BinaryIO) -> None:
    """Only what another encoding may be chosen for."""
    file.seek(0)
    for position, chunk in enumerate(_chunks_of(file)):
        ImportPart.objects.create(run=run, table=RAW, position=position, content=chunk)


def has_file(run: ImportRun) -> bool:
    return ImportPart.objects.filter(run=run, table=RAW).exists()


def open_file(run: ImportRun) -> BinaryIO:
    return io.BufferedReader(Parts(run.pk))


def first_bytes(run: ImportRun) -> bytes:
    parts = ImportPart.objects.filter(run=run, table=RAW, position=0).values_list("content", flat=True)
    content = parts.first()
    return bytes(content) if content is not None else b""


def forget_raw(run: ImportRun) -> None:
    ImportPart.objects.filter(run=run, table=RAW).delete()


def forget_file(run: ImportRun) -> None:
    """Its rows as well."""
    ImportPart.objects.filter(run=run).delete()


def _chunks_of(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


class Parts(io.RawIOBase):
    """Asks for the next part when the last one is used up, so a reader never holds more than one."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.position = 0
        self.left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Back to the start only."""
        if offset or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("seek")
        self.position, self.left = 0, memoryview(b"")
        return 0

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # narrower than the stub's Buffer
        if not self.left:
            self._next()
        taken = min(len(target), len(self.left))
        target[:taken] = self.left[:taken]
        self.left = self.left[taken:]
        return taken

    def _next(self) -> None:
        parts = ImportPart.objects.filter(run_id=self.run_id, table=RAW, position=self.position)
        content = parts.values_list("content", flat=True).first()
        self.position += 1
        self.left = memoryview(bytes(content)) if content is not None else memoryview(b"")
