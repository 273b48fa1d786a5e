"""Attached files in a set. They never change, so each lies on the store once, under its digest, for all sets."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from . import chains
from .packing import chunks_of, unzipped, zipped
from .sets import BackupSet, Damaged, Part, Store, Stored

SHIPPED = "wal/"  # beside the log they belong to
PATH = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{40}")


@dataclass(frozen=True)
class File:
    path: str
    size: int
    sha256: str

    @property
    def object(self) -> Stored:
        return Stored(f"objects/{self.sha256}", self.size, self.sha256, Part.FILES)


def store_files(store: Store, root: Path, *, before: dict[str, File], reads_all: bool) -> tuple[list[File], list[str]]:
    """What lies in the folder now, and what was found wrong with it. Files known from `before` are taken as known,
    unless `reads_all`; one that no longer has its digest keeps the good copy the store has."""
    there = set(store.names("objects/"))
    found, problems = [], []
    for path in _every(root):
        relative = str(path.relative_to(root))
        known = before.get(relative)
        try:
            file = known if known and not reads_all and path.stat().st_size == known.size else _read(path, relative)
            if known and file != known:
                problems.append(f"files/{relative} is not what it was; the copy of an earlier set is kept")
                file = known
            if file.object.name not in there:
                _put(store, path, file)
                there.add(file.object.name)
        except FileNotFoundError:  # removed meanwhile, with its row
            continue
        found.append(file)
    return found, problems


def _every(root: Path) -> Iterator[Path]:
    for path in sorted(root.glob("??/??/*")):
        if PATH.fullmatch(str(path.relative_to(root))):
            yield path


def _read(path: Path, relative: str) -> File:
    with path.open("rb") as file:
        return File(relative, os.fstat(file.fileno()).st_size, digest_of(file))


def digest_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks_of(file):
        digest.update(chunk)
    return digest.hexdigest()


def _put(store: Store, path: Path, file: File) -> None:
    with path.open("rb") as source:
        stored = store.put(file.object.name, chunks_of(source), part=Part.FILES)
    if (stored.sha256, stored.size) != (file.sha256, file.size):
        store.delete(file.object.name)
        raise Damaged(f"files/{file.path} changed while it was read. Look at the disk, then back up again.")


def write_list(store: Store, set_id: str, files: list[File]) -> Stored:
    text = json.dumps([asdict(file) for file in files]).encode()
    return store.put(chains.place(set_id, chains.FILES), zipped([text]), part=Part.FILES)


def read_list(store: Store, made: BackupSet) -> list[File]:
    stored = chains.part(made, chains.FILES)
    return parsed(b"".join(unzipped(chains.checked(store, stored), name=stored.name)), name=stored.name)


def parsed(text: bytes, *, name: str) -> list[File]:
    try:
        files = [File(**one) for one in json.loads(text)]
    except (ValueError, TypeError) as error:
        raise Damaged(f"{name} is no list of files.") from error
    for file in files:
        if not PATH.fullmatch(file.path):
            raise Damaged(f"{name} names a file outside its place.")
    return files


def check_files(store: Store, files: list[File]) -> int:
    """Reads each once; raises Damaged at the first that is missing or another. Answers how many."""
    distinct = {file.sha256: file for file in files}
    for file in distinct.values():
        for _chunk in chains.checked(store, file.object):
            pass
    return len(distinct)


def restore_files(store: Store, files: list[File], root: Path) -> int:
    """Those that are missing or no longer good; what else lies there stays. Answers how many were written."""
    written = 0
    for file in files:
        target = root / file.path
        if not _is_good(target, file):
            _write(store, file, target)
            written += 1
    return written


def _is_good(path: Path, file: File) -> bool:
    try:
        with path.open("rb") as source:
            return os.fstat(source.fileno()).st_size == file.size and digest_of(source) == file.sha256
    except FileNotFoundError:
        return False


def _write(store: Store, file: File, target: Path) -> None:
    for folder in reversed([target.parent, target.parent.parent, target.parent.parent.parent]):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = target.with_suffix(".restoring")
    waiting.unlink(missing_ok=True)
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in chains.checked(store, file.object):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    waiting.replace(target)


# --- between sets ---


def ship_new(store: Store, root: Path, *, identifier: str, known: set[str]) -> list[File]:
    """Files that came since the last set, so that a later moment has them too. `known` grows by what was shipped."""
    found = []
    for path in _every(root):
        relative = str(path.relative_to(root))
        if relative in known:
            continue
        with suppress(FileNotFoundError):  # removed meanwhile, with its row
            file = _read(path, relative)
            _put(store, path, file)
            found.append(file)
    if found:
        text = json.dumps([asdict(file) for file in found]).encode()
        name = f"{SHIPPED}{identifier}/files/{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.json.gz"
        store.put(name, zipped([text]), part=Part.FILES)
        known |= {file.path for file in found}
    return found


def shipped(store: Store, made: BackupSet) -> dict[str, File]:
    """All that were shipped since that set was begun."""
    since = f"{datetime.fromisoformat(made.started_at):%Y%m%dT%H%M%S%fZ}"
    found: dict[str, File] = {}
    for name in store.names(f"{SHIPPED}{made.system_identifier}/files/"):
        if name.rpartition("/")[2] >= since:
            files = parsed(b"".join(unzipped(store.get(name), name=name)), name=name)
            found |= {file.path: file for file in files}
    return found
