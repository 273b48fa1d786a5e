"""A small disk of its own for one folder. Mounting it needs root, or the test fails and says so: it never skips."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOUNT, UMOUNT = "/bin/mount", "/bin/umount"


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder).resolve()
        options = f"size={megabytes}m,mode=0711"
        subprocess.run([MOUNT, "-t", "tmpfs", "-o", options, "guanxi-test", str(path)], check=True, capture_output=True)
        try:
            yield path
        finally:
            subprocess.run([UMOUNT, "--lazy", str(path)], check=True, capture_output=True)


class Filler:
    """Takes all that is left, and gives it back."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "filler"

    def fill(self, *, leaving: int = 0) -> None:
        """`leaving`: so many megabytes."""
        found = os.statvfs(self.path.parent)
        if leaving:
            size = found.f_bavail * found.f_frsize - leaving * 1024 * 1024
            with self.path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, size)
            return
        with self.path.open("ab", buffering=0) as file:
            for size in (1024 * 1024, 4096):
                self._write(file.fileno(), size)

    def _write(self, file: int, size: int) -> None:
        try:
            while os.write(file, b"x" * size):
                pass
        except OSError:
            return

    def make_room(self) -> None:
        self.path.unlink(missing_ok=True)
