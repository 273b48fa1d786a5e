"""Where files lie: a folder under names of our own. Written, synced and named before the row that points to it commits,
so a crash leaves files without a row (swept a day later, see upkeep.py), never a row without its file."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Refused
from guanxi.base.kernel.leftovers import with_age
from guanxi.base.kernel.space import NoRoom

from .sniffing import HEAD

CHUNK = 1024 * 1024
NAME = re.compile(r"[0-9a-f]{40}")
# Those that had a row or might still get one; pictures of ours are made anew from them.
FILES, PICTURES, INCOMING = ".", "pictures", "incoming"


@dataclass(frozen=True)
class Stored:
    name: str
    size: int
    sha256: str
    head: bytes


@dataclass(frozen=True)
class Found:
    """A file in the store. `age`: seconds since it was written."""

    name: str
    age: float


class Damaged(Refused):
    code = "damaged"


class Store(Protocol):
    """What a folder does now and a bucket may do later."""

    def put(self, source: BinaryIO) -> Stored: ...
    def put_picture(self, name: str, content: bytes) -> None: ...
    def open(self, name: str) -> BinaryIO: ...
    def picture(self, name: str) -> bytes | None: ...
    def drop(self, name: str) -> None: ...
    def every(self) -> Iterator[Found]: ...


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, source: BinaryIO) -> Stored:
        name = secrets.token_hex(20)
        digest, size, head = hashlib.sha256(), 0, b""
        with _Incoming(self._waiting(name), self._at(FILES, name)) as out:
            while chunk := source.read(CHUNK):
                head = head or chunk[:HEAD]
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        return Stored(name, size, digest.hexdigest(), head)

    def put_picture(self, name: str, content: bytes) -> None:
        with _Incoming(self._waiting(f"{name}-{secrets.token_hex(4)}"), self._at(PICTURES, name)) as out:
            out.write(content)

    def open(self, name: str) -> BinaryIO:
        return self._at(FILES, name).open("rb")

    def picture(self, name: str) -> bytes | None:
        try:
            return self._at(PICTURES, name).read_bytes()
        except FileNotFoundError:
            return None

    def drop_picture(self, name: str) -> None:
        self._at(PICTURES, name).unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        for place in (PICTURES, FILES):
            self._at(place, name).unlink(missing_ok=True)

    def every(self) -> Iterator[Found]:
        for path, age in with_age((self.root / FILES).glob("??/??/*")):
            if NAME.fullmatch(path.name):
                yield Found(path.name, age)

    def half_written(self) -> Iterator[Path]:
        yield from (self.root / INCOMING).glob("*.part")

    def _waiting(self, name: str) -> Path:
        return self.root / INCOMING / f"{name}.part"

    def _at(self, place: str, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("not a name of ours")
        return self.root / place / name[:2] / name[2:4] / name


class _Incoming:
    """`with` gives the file to write into; leaving it in peace syncs and moves it to its place."""

    def __init__(self, waiting: Path, place: Path) -> None:
        self.waiting, self.place = waiting, place

    def __enter__(self) -> BinaryIO:
        for folder in (self.waiting.parent, self.place.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self.file = os.fdopen(descriptor, "wb")
        return self.file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        try:
            if kind is None:
                self._settle()
        except OSError as problem:
            kind, error = type(problem), problem
        finally:
            self.file.close()
        if kind is not None:
            self.waiting.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom(_("There is no room left for files. Nothing was saved; please tell an administrator."))
        if isinstance(error, OSError):
            raise error

    def _settle(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.waiting.rename(self.place)
        for folder in (self.place.parent, self.place.parent.parent, self.place.parent.parent.parent):
            _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def store() -> Folder:
    return Folder(settings.DATA_DIR / "files")


def verified(name: str, sha256: str) -> BinaryIO:
    """The file, read through once before any byte of it leaves: an altered one is never handed out."""
    try:
        file = store().open(name)
    except FileNotFoundError:
        raise Damaged(_gone()) from None
    if digest_of(file) != sha256:
        file.close()
        raise Damaged(_("This file is no longer what was uploaded. Please tell an administrator; a backup has it."))
    file.seek(0)
    return file


def digest_of(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _gone() -> object:
    return _("This file is missing from the store. Please tell an administrator; a backup has it.")
