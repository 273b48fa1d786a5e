"""Damage and forgery on a store. Who only reaches the store can alter sealed bytes; who also has the key can write
objects that open, so what lies beneath the seal is checked by itself."""

from __future__ import annotations

import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from guanxi.edge.ops.backups import chains
from guanxi.edge.ops.backups.keys import Key, KeyRing
from guanxi.edge.ops.backups.packing import unzipped, zipped
from guanxi.edge.ops.backups.sets import BackupSet, Part
from guanxi.edge.ops.backups.store import SealedStore


class Forger:
    def __init__(self, root: Path, store: SealedStore) -> None:
        self.root, self.store = root, store

    # --- without the key ---

    def path(self, name: str) -> Path:
        return self.root / name

    def _write(self, name: str, content: bytes) -> None:
        """A new file: the stores of a test share theirs until they are altered."""
        self.path(name).unlink()
        self.path(name).write_bytes(content)

    def flip(self, name: str, *, at: float = 0.5) -> None:
        content = bytearray(self.path(name).read_bytes())
        content[int(len(content) * at)] ^= 1
        self._write(name, content)

    def cut(self, name: str, *, to: float = 0.6) -> None:
        content = self.path(name).read_bytes()
        self._write(name, content[: int(len(content) * to)])

    def remove(self, name: str) -> None:
        self.path(name).unlink()

    def exchange(self, one: str, other: str) -> None:
        kept = self.path(one).read_bytes(), self.path(other).read_bytes()
        self._write(one, kept[1])
        self._write(other, kept[0])

    # --- with it ---

    def read(self, name: str) -> bytes:
        return b"".join(self.store.get(name))

    def put(self, name: str, content: bytes) -> None:
        self.store.put(name, [content], part=Part.DATABASE)

    def manifest(self, set_id: str, **changes: object) -> BackupSet:
        """Written anew, with a digest that fits."""
        made = replace(chains.read(self.store, set_id), **changes)  # type: ignore[arg-type]  # names of its fields
        self.put(chains.place(set_id, chains.MANIFEST), made.to_json().encode())
        return made

    def manifest_text(self, set_id: str, change: Callable[[dict[str, object]], None]) -> None:
        """Its digest stays what it was."""
        name = chains.place(set_id, chains.MANIFEST)
        value = json.loads(self.read(name))
        change(value)
        self.put(name, json.dumps(value).encode())

    def part(self, set_id: str, name: str, content: bytes) -> None:
        """Another content, listed by the manifest as if it had always been so."""
        made = chains.read(self.store, set_id)
        stored = self.store.put(chains.place(set_id, name), [content], part=chains.part(made, name).part)
        objects = [stored if one.name == stored.name else one for one in made.objects]
        self.manifest(set_id, objects=objects)

    def unpacked(self, set_id: str, name: str) -> bytes:
        place = chains.place(set_id, name)
        return b"".join(unzipped([self.read(place)], name=place))

    @contextmanager
    def tar(self, set_id: str) -> Iterator[dict[str, tarfile.TarInfo | bytes]]:
        """Its members by name, to be changed; folders are TarInfo."""
        members = unpack(self.unpacked(set_id, chains.DATABASE))
        yield members
        self.part(set_id, chains.DATABASE, zip_up(pack(members)))


def unpack(content: bytes) -> dict[str, tarfile.TarInfo | bytes]:
    found: dict[str, tarfile.TarInfo | bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for member in tar:
            body = tar.extractfile(member)
            found[member.name] = body.read() if body else member
    return found


def pack(members: dict[str, tarfile.TarInfo | bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, member in members.items():
            add(tar, name, member)
    return out.getvalue()


def add(tar: tarfile.TarFile, name: str, member: tarfile.TarInfo | bytes) -> None:
    if isinstance(member, tarfile.TarInfo):
        tar.addfile(member)
        return
    head = tarfile.TarInfo(name)
    head.size = len(member)
    tar.addfile(head, io.BytesIO(member))


def append(content: bytes, name: str, body: bytes) -> bytes:
    """The same archive with one more member, a second of its name if need be."""
    out = io.BytesIO(content)
    with tarfile.open(fileobj=out, mode="a") as tar:
        add(tar, name, body)
    return out.getvalue()


def zip_up(content: bytes) -> bytes:
    return b"".join(zipped([content]))


def unzip(content: bytes) -> bytes:
    return zlib.decompress(content, wbits=31)


def another_key(store: SealedStore) -> SealedStore:
    return SealedStore(store.shelf, KeyRing((Key.new(),)))


def inside(body: bytes, *, at: int) -> bytes:
    changed = bytearray(body)
    changed[at] ^= 0xFF
    return bytes(changed)
