"""The cluster's files, by the server's own programs: full, or what changed since another set."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import chains
from .packing import Watched, unzipped, zipped
from .servers import Failed, Source, reading
from .sets import BackupSet, Damaged, Kind, Method, Part, Store, Stored

# The server keeps its summaries of changes for ten days; a parent older than that is no help.
SUMMARIES_KEPT = timedelta(days=9, hours=12)
NO_SUMMARIES = re.compile(r"summar|timeline|this server's history|system identifier|must be on the same")
# While a copy runs, the log it needs must not be recycled.
KEEP_LOG = "SELECT pg_create_physical_replication_slot(%s, true, true)"


class NoIncrement(Failed):
    """The server cannot tell what changed since the parent; a full backup can always be made."""


@dataclass(frozen=True)
class Taken:
    finished_at: str
    system_identifier: str
    timeline: int
    start_lsn: str
    stop_lsn: str
    objects: list[Stored]
    unpacked: int
    tables: dict[str, str] = field(default_factory=dict)


def parent_for(kind: Kind, sets: list[BackupSet], *, identifier: str, timeline: int) -> tuple[BackupSet | None, str]:
    """The set to stand on, or why there is none."""
    kinds = [Kind.FULL] if kind is Kind.DIFFERENTIAL else list(Kind)
    usable = [one for one in sets if one.method is Method.PHYSICAL and one.kind in kinds]
    if not usable:
        return None, "there is no set yet that it could stand on."
    parent = usable[-1]
    if parent.system_identifier != identifier:
        return None, "the sets there are of another database."
    if parent.timeline != timeline:
        return None, "the database was restored since the last set (its timeline changed)."
    if datetime.now(UTC) <= datetime.fromisoformat(parent.finished_at):
        return None, "the clock of this machine was set back since the last set."
    if datetime.now(UTC) - datetime.fromisoformat(parent.started_at) > SUMMARIES_KEPT:
        return None, "the last set is too old: the server keeps its notes of changes for ten days."
    return parent, ""


def store_database(store: Store, set_id: str, *, source: Source, parent: BackupSet | None) -> Taken:
    with _log_kept(source, set_id), _parent_manifest(store, parent) as manifest:
        command = _command(source, manifest)
        with reading(command, of="pg_basebackup") as output:
            watched = Watched(output, keep=["backup_manifest"])
            try:
                name = chains.place(set_id, chains.DATABASE)
                database = store.put(name, zipped(watched), part=Part.DATABASE)
            except Failed as problem:
                if parent and NO_SUMMARIES.search(str(problem)):
                    raise NoIncrement(str(problem)) from problem
                raise
    told = watched.kept.get("backup_manifest")
    if told is None:
        raise Failed("pg_basebackup gave no manifest of its files. The backup was not kept.")
    place = chains.place(set_id, chains.SERVER_MANIFEST)
    objects = [database, store.put(place, zipped([told]), part=Part.DATABASE)]
    return _taken(told, objects, watched.size)


def _command(source: Source, manifest: Path | None) -> list[str]:
    since = [f"--incremental={manifest}"] if manifest else []
    return [
        str(source.programs / "pg_basebackup"), "-d", source.url, "--no-password", "-Ft", "-D", "-", "-X", "fetch",
        "--checkpoint=fast", "--label=guanxi", *since,
    ]  # fmt: skip


@contextmanager
def _log_kept(source: Source, set_id: str) -> Iterator[None]:
    """The slot goes with this connection, whatever happens to us."""
    with source.connect() as connection:
        connection.execute(KEEP_LOG, ["guanxi_" + re.sub(r"[^a-z0-9]", "_", set_id.lower())])
        yield


@contextmanager
def _parent_manifest(store: Store, parent: BackupSet | None) -> Iterator[Path | None]:
    """From the store: whatever became of this machine since, that is where it was kept."""
    if parent is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder) / "backup_manifest"
        try:
            stored = chains.part(parent, chains.SERVER_MANIFEST)
            path.write_bytes(b"".join(unzipped(chains.checked(store, stored), name=stored.name)))
        except Damaged as problem:
            raise NoIncrement(f"the set it would stand on is damaged ({problem})") from problem
        yield path


def _taken(manifest: bytes, objects: list[Stored], unpacked: int) -> Taken:
    told = json.loads(manifest)
    last = told["WAL-Ranges"][-1]
    return Taken(
        finished_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        system_identifier=str(told["System-Identifier"]),
        timeline=int(last["Timeline"]),
        start_lsn=str(told["WAL-Ranges"][0]["Start-LSN"]),
        stop_lsn=str(last["End-LSN"]),
        objects=objects,
        unpacked=unpacked,
    )
