"""A folder: another disk, a network drive, or for want of anything else the same disk."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from guanxi.base.kernel.leftovers import with_age

from ..sets import Damaged
from .shelf import CHUNK, Entry, Misplaced, Unreachable, named

INCOMING = ".incoming"
# Longer than any one object takes to write.
LEFT_BEHIND_SECONDS = 24 * 3600


class FolderShelf:
    def __init__(self, root: Path, *, apart_from: Path | None = None) -> None:
        """`apart_from`: the database's own folder, which must neither hold the backups nor lie among them."""
        self.root = root.resolve()
        if apart_from and _overlap(self.root, apart_from.resolve()):
            raise Misplaced(f"{root} is the database's own folder, or holds it. Choose a folder for backups alone.")

    @property
    def label(self) -> str:
        return str(self.root)

    def write(self, name: str, content: Iterable[bytes]) -> None:
        target = self.root / named(name)
        with _reached(self.label):
            self._make(self.root / INCOMING)
            self._make(target.parent)
            fresh = self.root / INCOMING / secrets.token_hex(16)
            try:
                _fill(fresh, content)
                fresh.replace(target)
            finally:
                fresh.unlink(missing_ok=True)
            _keep(target.parent)

    def read(self, name: str) -> Iterator[bytes]:
        with _reached(self.label):
            try:
                file = (self.root / named(name)).open("rb")
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as gone:
                raise Damaged(f"{name} is missing from the store.") from gone
            with file:
                while chunk := file.read(CHUNK):
                    yield chunk

    def size(self, name: str) -> int | None:
        with _reached(self.label):
            try:
                return (self.root / named(name)).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def entries(self, prefix: str = "") -> list[Entry]:
        with _reached(self.label):
            above = self.root / prefix.rpartition("/")[0]
            found = [self._entry(Path(folder) / file) for folder, files in _folders(above) for file in files]
        return sorted((one for one in found if one and one.name.startswith(prefix)), key=lambda one: one.name)

    def delete(self, name: str) -> None:
        path = self.root / named(name)
        with _reached(self.label):
            path.unlink(missing_ok=True)
            for folder in list(path.parents):
                if folder == self.root:
                    break
                with suppress(OSError):
                    folder.rmdir()

    def tidy(self) -> None:
        with _reached(self.label):
            for path, age in with_age((self.root / INCOMING).glob("*")):
                if age > LEFT_BEHIND_SECONDS:
                    path.unlink(missing_ok=True)

    def _entry(self, path: Path) -> Entry | None:
        """None for what was taken away since it was listed."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return Entry(path.relative_to(self.root).as_posix(), found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _make(self, folder: Path) -> None:
        """Each new folder is itself written down in the one above it."""
        if folder.is_dir():
            return
        if folder != folder.parent:
            self._make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _keep(folder.parent)


def _folders(above: Path) -> Iterator[tuple[str, list[str]]]:
    if above.exists():
        for folder, below, files in os.walk(above, onerror=_raise):
            below[:] = [name for name in below if name != INCOMING]
            yield folder, files


def _overlap(one: Path, other: Path) -> bool:
    return one == other or other in one.parents or one in other.parents


def _fill(path: Path, content: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in content:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _keep(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _raise(problem: OSError) -> None:
    """A folder may go together with the last object in it, while we walk."""
    if not isinstance(problem, FileNotFoundError):
        raise problem


@contextmanager
def _reached(label: str) -> Iterator[None]:
    try:
        yield
    except Unreachable:
        raise
    except OSError as problem:
        raise Unreachable(
            f"The folder {label} cannot be used: {problem.strerror or type(problem).__name__}."
        ) from problem
