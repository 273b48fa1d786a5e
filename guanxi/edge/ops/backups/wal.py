"""The log of every change, kept so that any moment can be restored.

The server puts each closed segment into a spool beside the cluster, zipped; a shipper takes it to the store, sealed.
The server's part never fails: when the store stays away so long that the spool is full, what comes is left out and the
gap is noted, for a backup that cannot be made must not stop the company's work.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from guanxi.edge.ops.postgres import Server, in_shell, spool_of

from . import chains
from .packing import chunks_of, unzipped, zipped
from .sets import BackupSet, Damaged, Part, Store
from .store import SealedStore

SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
HEAD = struct.Struct("<HHIQIxxxxQII")
HAS_LONG_HEAD = 2
PREFIX = "wal/"
FILES = "/files/"


def place(identifier: str, name: str) -> str:
    return f"{PREFIX}{identifier}/{name}.gz"


# --- to the store ---


@dataclass(frozen=True)
class Shipped:
    """`gap`: the spool was full at some time, so that moments since the last set may be out of reach."""

    count: int
    waiting: int
    gap: bool


def ship(store: Store, server: Server, *, identifier: str) -> Shipped:
    """What is ready goes to the store and then from the spool. Cut off, it goes again: same name, same content."""
    spool = spool_of(server.data)
    ready = sorted(spool.glob("*.gz"))
    for path in ready:
        if _is_ours(path.stem):
            with path.open("rb") as file:
                store.put(place(identifier, path.stem), chunks_of(file), part=Part.DATABASE)
        path.unlink()
    ship_histories(store, server.data, identifier=identifier)
    return Shipped(len(ready), len(list(spool.glob("*.gz"))), (spool / "gap").exists())


def ship_histories(store: Store, cluster: Path, *, identifier: str) -> None:
    """Where a timeline branched off. A restore must know them all, so that it takes a number nobody used."""
    here = {path.name: path for path in (cluster / "pg_wal").glob("*.history") if HISTORY.fullmatch(path.name)}
    there = set(store.names(f"{PREFIX}{identifier}/0")) if here else set()
    for name, path in here.items():
        if place(identifier, name) not in there:
            store.put(place(identifier, name), zipped([path.read_bytes()]), part=Part.DATABASE)


def make_spool(server: Server) -> Path:
    spool = spool_of(server.data)
    if not spool.exists():
        spool.mkdir(mode=0o700)
        if server.user:
            os.chown(spool, server.user.pw_uid, server.user.pw_gid)
    return spool


def close_gap(server: Server) -> None:
    """A new set stands on this side of it."""
    (spool_of(server.data) / "gap").unlink(missing_ok=True)


def drop_spool(server: Server) -> None:
    """Without a place for backups nothing is spooled, and nothing piles up."""
    shutil.rmtree(spool_of(server.data), ignore_errors=True)


def _is_ours(name: str) -> bool:
    return bool(SEGMENT.fullmatch(name) or HISTORY.fullmatch(name))


def prune(store: SealedStore, sets: list[BackupSet], *, since: datetime) -> int:
    """Segments older than the oldest kept set that moments can be reached from; of a database that was given up, what
    came before `since`. Without any set nothing goes."""
    oldest: dict[str, str] = {}
    for made in sets:
        first = segment_of(made.timeline, made.start_lsn)[8:]
        oldest[made.system_identifier] = min(first, oldest.get(made.system_identifier, first))
    gone = 0
    for entry in store.entries(PREFIX) if oldest else []:
        identifier, _, file = entry.name.removeprefix(PREFIX).removesuffix(".gz").partition("/")
        is_over = file[8:] < oldest[identifier] if identifier in oldest else entry.at < since
        if SEGMENT.fullmatch(file) and is_over:
            store.delete(entry.name)
            gone += 1
    return gone + _prune_files(store, sets)


def _prune_files(store: Store, sets: list[BackupSet]) -> int:
    """Lists of files that came between sets which are gone: the oldest set kept has them all."""
    oldest = min((made.started_at for made in sets), default="")
    since = re.sub(r"[-:.]", "", oldest.partition("+")[0]) + "Z" if oldest else ""
    old = [name for name in store.names(PREFIX) if FILES in name and name.rpartition("/")[2] < since]
    for name in old:
        store.delete(name)
    return len(old)


# --- and back ---


@dataclass(frozen=True)
class Staged:
    """Segments that follow on the set. `last`: the last before a `hole`; empty when there is none."""

    folder: Path
    last: str
    count: int
    hole: str = ""

    @property
    def settings(self) -> dict[str, str]:
        unzip = shutil.which("gzip") or "/bin/gzip"
        file = f"{in_shell(self.folder)}/%f.gz"
        return {"restore_command": f'test -f {file} && {unzip} -dc {file} > "%p"'}


def stage(store: Store, made: BackupSet, folder: Path, *, with_segments: bool) -> Staged:
    """Raises Damaged for a segment that is not what its name says. It ends before the first hole."""
    folder.mkdir(mode=0o700, parents=True)
    names = _files(store, made.system_identifier)
    for name in names:
        if HISTORY.fullmatch(name):
            _fetch(store, made, name, folder)
    wanted, hole = _following(names, made) if with_segments else ([], "")
    for name in wanted:
        _check(_fetch(store, made, name, folder), made, name)
    return Staged(folder, wanted[-1] if wanted else "", len(wanted), hole and place(made.system_identifier, hole))


def _files(store: Store, identifier: str) -> list[str]:
    start = f"{PREFIX}{identifier}/"
    names = [name.removeprefix(start).removesuffix(".gz") for name in store.names(start)]
    return sorted(name for name in names if _is_ours(name))


def _following(names: list[str], made: BackupSet) -> tuple[list[str], str]:
    """Those of the set's timeline from the end of the set on, and the first that is missing between them."""
    first, line = segment_of(made.timeline, made.stop_lsn), f"{made.timeline:08X}"
    there = [name for name in names if SEGMENT.fullmatch(name) and name.startswith(line) and name >= first]
    # The set brings the segment it ends in itself.
    found: list[str] = []
    expected = first if first in there else next_segment(first)
    for name in there:
        if name != expected:
            return found, expected
        found.append(name)
        expected = next_segment(name)
    return found, ""


def _fetch(store: Store, made: BackupSet, name: str, folder: Path) -> Path:
    target = folder / f"{name}.gz"
    with target.open("wb") as file:
        for chunk in store.get(place(made.system_identifier, name)):
            file.write(chunk)
    return target


def _check(path: Path, made: BackupSet, name: str) -> None:
    where, size, head = place(made.system_identifier, name), 0, b""
    with path.open("rb") as file:
        for chunk in unzipped(chunks_of(file), name=where):
            head = head or chunk[: HEAD.size]
            size += len(chunk)
    if len(head) < HEAD.size:
        raise Damaged(f"{where} is empty.")
    _magic, info, line, start, _rest, identifier, segment_size, _block = HEAD.unpack(head)
    if not info & HAS_LONG_HEAD or size != segment_size:
        raise Damaged(f"{where} is no whole segment of a log.")
    if str(identifier) != made.system_identifier:
        raise Damaged(f"{where} is of another database ({identifier}).")
    if (line, start) != (int(name[:8], 16), (int(name[8:16], 16) << 32) + int(name[16:], 16) * segment_size):
        raise Damaged(f"{where} holds another part of the log than its name says (timeline {line}).")


# --- names ---

SEGMENT_BYTES = 16 * 1024 * 1024
PER_FILE = 0x100000000 // SEGMENT_BYTES


def segment_of(timeline: int, lsn: str) -> str:
    return _name(timeline, chains.position(lsn) // SEGMENT_BYTES)


def next_segment(name: str) -> str:
    return _name(int(name[:8], 16), int(name[8:16], 16) * PER_FILE + int(name[16:], 16) + 1)


def start_of(name: str) -> int:
    return (int(name[8:16], 16) * PER_FILE + int(name[16:], 16)) * SEGMENT_BYTES


def _name(timeline: int, number: int) -> str:
    return f"{timeline:08X}{number // PER_FILE:08X}{number % PER_FILE:08X}"
