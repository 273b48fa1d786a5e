"""Streams in and out of sets: zipped on their way to the store, watched as they pass, unpacked into a folder."""

from __future__ import annotations

import io
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from .sets import Damaged

CHUNK = 1024 * 1024
BLOCK = 512
# The fastest: the store's speed, not its size, is what a backup waits for.
LEVEL = 1


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def zipped(content: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, wbits=31)
    for chunk in content:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def unzipped(content: Iterable[bytes], *, name: str) -> Iterator[bytes]:
    """Raises Damaged when it ends before its end, goes on after it, or is none of ours."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in content:
            while chunk:
                if unpacker.eof:
                    raise Damaged(f"{name} goes on after its end.")
                yield unpacker.decompress(chunk, CHUNK)
                chunk = unpacker.unconsumed_tail or unpacker.unused_data
        yield unpacker.flush()
    except zlib.error as error:
        raise Damaged(f"{name} cannot be unpacked: it is not what was written.") from error
    if not unpacker.eof:
        raise Damaged(f"{name} ends too early: a part of it is missing.")


class Watched:
    """Passes a tar on unchanged and keeps the small members asked for, the last of each name."""

    def __init__(self, content: Iterable[bytes], *, keep: Iterable[str]) -> None:
        self.content, self.keep = content, set(keep)
        self.kept: dict[str, bytes] = {}
        self.size = 0
        self._head = bytearray()
        self._left = 0
        self._body: bytearray | None = None
        self._padding = 0
        self._name = ""

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.content:
            self.size += len(chunk)
            self._look(chunk)
            yield chunk

    def _look(self, chunk: bytes) -> None:
        at = 0
        while at < len(chunk):
            if self._left:
                at += self._pass(chunk, at)
            else:
                piece = chunk[at : at + BLOCK - len(self._head)]
                self._head += piece
                at += len(piece)
                if len(self._head) == BLOCK:
                    self._begin()

    def _pass(self, chunk: bytes, at: int) -> int:
        taken = min(self._left, len(chunk) - at)
        if self._body is not None:
            self._body += chunk[at : at + taken]
        self._left -= taken
        if not self._left and self._body is not None:
            self.kept[self._name] = bytes(self._body[: len(self._body) - self._padding])
            self._body = None
        return taken

    def _begin(self) -> None:
        head, self._head = bytes(self._head), bytearray()
        if not head.strip(b"\0"):
            return
        size = tarfile.nti(head[124:136])  # type: ignore[attr-defined]  # there, though not in the stubs
        self._name = head[:100].split(b"\0", 1)[0].decode(errors="replace")
        self._padding = -size % BLOCK
        self._left = size + self._padding
        self._body = bytearray() if self._name in self.keep and size else None


class Stream(io.RawIOBase):
    """Chunks as a file that can be read once."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._content = iter(content)
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]  # what io hands over
        while not self._waiting:
            chunk = next(self._content, None)
            if chunk is None:
                return 0
            self._waiting = memoryview(chunk)
        taken = min(len(target), len(self._waiting))
        target[:taken] = self._waiting[:taken]
        self._waiting = self._waiting[taken:]
        return taken


def unpack(content: Iterable[bytes], folder: Path, *, name: str) -> None:
    """A tar of a cluster into an empty folder; only plain files and folders, each once, none outside."""
    folder.mkdir(mode=0o700, parents=True)
    seen: set[str] = set()
    with io.BufferedReader(Stream(content), CHUNK) as source:
        try:
            with tarfile.open(fileobj=source, mode="r|") as tar:
                for member in tar:
                    _place(tar, member, folder, seen, name)
            for _rest in chunks_of(source):  # to the end, where the digest is compared
                pass
        except (tarfile.TarError, EOFError) as error:
            raise Damaged(f"{name} is no whole archive of a database.") from error


def _place(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, seen: set[str], name: str) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or not (member.isdir() or member.isreg()):
        raise Damaged(f"{name} holds {member.name!r}, which belongs in no database.")
    if str(path) in seen:
        raise Damaged(f"{name} holds {member.name!r} twice.")
    seen.add(str(path))
    target = folder / path
    if member.isdir():
        target.mkdir(mode=0o700, exist_ok=True, parents=True)
        return
    body = tar.extractfile(member)
    assert body is not None
    target.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks_of(body):
            file.write(chunk)


def own(folder: Path, uid: int, gid: int) -> None:
    """All of it to the user that runs the server."""
    for place, folders, files in os.walk(folder):
        os.chown(place, uid, gid)
        for entry in [*folders, *files]:
            os.chown(Path(place) / entry, uid, gid, follow_symlinks=False)
