"""Making a set. Its manifest is written last: until then there is none, and what a crash left is cleared next time."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from guanxi.edge.ops.installation import Installation

from . import attachments, chains, erased, logical, physical, verifying, wal
from .alone import alone
from .packing import chunks_of, zipped
from .release import RELEASE
from .servers import Failed, Source, is_embedded, source_of
from .sets import BackupSet, Damaged, Kind, Method, Part, Store, Stored

# What is worth knowing when somebody sets the machine up again. Never a key or a password.
SETTINGS = (
    "PORT", "PUBLIC_ADDRESS", "ALLOWED_HOSTS", "TRUSTED_ORIGINS", "BEHIND_TLS", "SESSION_IDLE_MINUTES",
    "AUDIT_KEPT_DAYS", "AUDIT_SYSLOG", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_SECURITY", "EMAIL_FROM", "OUTGOING_ALLOW",
    "DOCUMENT_MAX_MB", "DOCUMENTS_PER_RECORD", "DOCUMENTS_RECORD_MAX_MB", "IMPORT_MAX_MB", "EXPORT_WITHOUT_PERMIT",
    "EXPORT_WITHOUT_PERMIT_A_DAY", "EXPORT_MAX_ROWS", "EXPORT_KEPT_DAYS",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What will be made: of which kind, on which parent, and why not what was asked."""

    kind: Kind
    method: Method
    parent: BackupSet | None = None
    remark: str = ""


def make_backup(
    kind: Kind,
    store: Store,
    *,
    here: Installation,
    method: Method | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> BackupSet:
    """Raises Failed, or what the store raises. `method`: not the server's best, but this."""
    with alone(here.data, doing="A backup"):
        source = source_of(here)
        clear_leftovers(store)
        plan = sound(planned(kind, method or source.method, source, chains.readable(store)), store)
        try:
            return _made(plan, store, here, source, say)
        except physical.NoIncrement as problem:
            return _made(instead(plan.kind, str(problem)), store, here, source, say)


def planned(kind: Kind, method: Method, source: Source, sets: list[BackupSet]) -> Plan:
    if kind is Kind.FULL:
        return Plan(kind, method)
    if method is Method.LOGICAL:
        raise Failed(
            f"This server (PostgreSQL {source.major}) only gives full backups: {kind} ones need version 17 or later, "
            "the right to replicate, and programs of the same version here. Make a full one."
        )
    identifier, timeline = source.identity()
    parent, problem = physical.parent_for(kind, sets, identifier=identifier, timeline=timeline)
    if parent:
        return Plan(kind, method, parent)
    return instead(kind, problem)


def sound(plan: Plan, store: Store) -> Plan:
    """Nothing is built on a chain with a missing link, or on one that was seen not to bring everything back."""
    if plan.parent is None:
        return plan
    try:
        links = chains.chain(store, plan.parent)
    except Damaged as problem:
        return instead(plan.kind, str(problem))
    for link in links:
        verification = verifying.read(store, link.id)
        if verification and not verification.is_good:
            return instead(plan.kind, f"{link.id} did not bring everything back when it was verified.")
    return plan


def instead(kind: Kind, problem: str) -> Plan:
    return Plan(Kind.FULL, Method.PHYSICAL, remark=f"A full backup was made instead ({kind} was asked): {problem}")


def _made(plan: Plan, store: Store, here: Installation, source: Source, say: Callable[[str], None]) -> BackupSet:
    started = datetime.now(UTC)
    set_id = f"{started:%Y%m%dT%H%M%SZ}-{plan.kind}-{secrets.token_hex(3)}"
    begin = physical.store_database if plan.method is Method.PHYSICAL else logical.store_database
    if plan.remark:
        say(plan.remark)
    say(f"Backing up the database ({plan.kind}) ...")
    taken = begin(store, set_id, source=source, parent=plan.parent)
    say("Backing up the files ...")
    listed, problems = _files(store, set_id, plan, here)
    made = BackupSet(
        id=set_id,
        kind=plan.kind,
        method=plan.method,
        started_at=_iso(started),
        finished_at=taken.finished_at,
        release=RELEASE,
        server_version=source.version,
        system_identifier=taken.system_identifier,
        timeline=taken.timeline,
        start_lsn=taken.start_lsn,
        stop_lsn=taken.stop_lsn,
        key_check=store.key_check,
        parent=plan.parent.id if plan.parent else None,
        parent_digest=plan.parent.digest if plan.parent else "",
        unpacked=taken.unpacked,
        remark=" ".join([plan.remark, *problems]).strip(),
        objects=[*taken.objects, *listed, *_configuration(store, set_id, here)],
        tables=taken.tables,
    )
    store.put(chains.place(set_id, chains.MANIFEST), [made.to_json().encode()], part=Part.CONFIGURATION)
    if source.is_embedded:
        wal.close_gap(here.server)
    return made


def _files(store: Store, set_id: str, plan: Plan, here: Installation) -> tuple[list[Stored], list[str]]:
    """After the database: a row never lacks its file, a file may lack its row."""
    before = _known_files(store)
    files, problems = attachments.store_files(
        store, here.data / "files", before=before, reads_all=plan.kind is Kind.FULL
    )
    distinct = {file.sha256: file.object for file in files}
    return [attachments.write_list(store, set_id, files), *distinct.values()], problems


def _known_files(store: Store) -> dict[str, attachments.File]:
    for made in reversed(chains.readable(store)):
        try:
            return {file.path: file for file in attachments.read_list(store, made)}
        except Damaged:
            continue
    return {}


def _configuration(store: Store, set_id: str, here: Installation) -> Iterator[Stored]:
    text = json.dumps(configuration(here), ensure_ascii=False, indent=1).encode()
    yield store.put(chains.place(set_id, chains.CONFIGURATION), [text], part=Part.CONFIGURATION)
    heads = here.data / "audit" / "heads"
    if heads.exists():
        with heads.open("rb") as file:
            yield store.put(chains.place(set_id, chains.HEADS), zipped(chunks_of(file)), part=Part.CONFIGURATION)
    yield from erased.store_ledger(store, set_id, here)


def configuration(here: Installation) -> dict[str, object]:
    given = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    return {"release": RELEASE, "settings": given, "own_server": not is_embedded(here)}


def clear_leftovers(store: Store) -> list[str]:
    """Of sets that were cut off: no manifest, so nobody's. Under the lock, so none of them is being made."""
    finished = set(chains.ids(store))
    gone = [name for name in store.names("sets/") if name.split("/")[1] not in finished]
    for name in gone:
        store.delete(name)
    return gone


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
