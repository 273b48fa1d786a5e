"""Coming back (OPS-13): the chain is judged, the database put together and started beside the one in use, the files
compared, and only then are the two exchanged, by renaming. The former one stays beside as `postgres.before-<time>`.

Cut off at any point it can be started again: what is half done is cleared, and an exchange that was begun is finished
by whatever starts next here (`finish`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from guanxi.base.audit.restores import Restored
from guanxi.edge.ops.installation import Installation, Occupied

from . import attachments, chains, content, erased, staging, wal
from .alone import alone
from .packing import unzipped
from .servers import Failed, Scratch, is_embedded
from .sets import BackupSet, Store
from .staging import Until

NOTE = "restored.json"
STAGE, CHECK = "postgres.restoring", "postgres.checking"
LAST = "SELECT max(at) FROM audit_entry"
ENTRIES = "SELECT count(*) FROM audit_entry WHERE at > %s"
OWN_SERVER = (
    "This installation uses a PostgreSQL of its own, and a set is restored into the embedded one: nobody would use it, "
    "and the steps after a restore would be done to the wrong database. Restore into a new DATA_DIR without "
    "DATABASE_URL, look, and then go on with guanxi move."
)
HAS_TRAIL = "SELECT to_regclass('public.audit_entry') IS NOT NULL"


@dataclass(frozen=True)
class Report:
    """What was, or would be, restored. `moment`: the time it stands at; `last_entry`: of the trail, in it."""

    set: str
    chain: list[str]
    moment: str
    last_entry: str
    tables: int
    rows: int
    files: int
    files_written: int
    lost_seconds: int
    lost_entries: int | None
    former: str
    is_check: bool
    seconds: float


def restore(
    store: Store,
    set_id: str = "",
    *,
    here: Installation,
    until: Until | None = None,
    is_check: bool = False,
    without_ledger: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> Report:
    """Into the installation, which must not run; with `is_check` beside it, to see that it works and what is lost."""
    until, began = until or Until(), datetime.now(UTC)
    if not is_check and not is_embedded(here):
        raise Failed(OWN_SERVER)
    here.furnish()
    with ExitStack() as stack:
        stack.enter_context(alone(here.data, doing="A restore"))
        if not is_check:
            stack.enter_context(_stopped(here))
            finish(here)
        links = staging.judged(store, set_id or staging.set_for(store, until), until)
        home = here.data / (CHECK if is_check else STAGE)
        with staging.staged(store, links, home, until=until, throwaway=is_check, say=say) as scratch:
            say("Comparing the files ...")
            files = _files(store, links[-1], until)
            report = _report(links, scratch, files, until, here, began, is_check)
            ledger = erased.gathered(store, links[-1], here)
            if not without_ledger:
                with scratch.connect(database="guanxi") as connection:
                    erased.refuse_without_key(ledger, connection, here)
            if is_check:
                attachments.check_files(store, files)
            else:
                _make_ours(scratch)
                wal.ship_histories(store, scratch.data, identifier=links[-1].system_identifier)
        if is_check:
            staging.discard(home)
            return report
        written = attachments.restore_files(store, files, here.data / "files")
        _bring_heads(store, links[-1], here)
        erased.merge(ledger, here)
        _note(home, report)
        former = exchange(here)
    return Report(**{**asdict(report), "files_written": written, "former": former, "seconds": _since(began)})


def _stopped(here: Installation) -> ExitStack:
    """Holds the installation's lock, so that nobody starts it meanwhile."""
    stack = ExitStack()
    try:
        stack.enter_context(here.lock())
    except Occupied as other:
        raise Failed(f"The installation runs (process {other}). Stop it first, then restore.") from None
    if here.server.postmaster() is not None:
        stack.close()
        raise Failed("Its PostgreSQL still runs. Wait until it has stopped, then restore.")
    return stack


# --- what it will be ---


def _report(
    links: list[BackupSet],
    scratch: Scratch,
    files: list[attachments.File],
    until: Until,
    here: Installation,
    began: datetime,
    is_check: bool,
) -> Report:
    with scratch.connect(database="guanxi") as connection:
        rows = content.row_counts(connection)
        last = _value(connection, LAST) if _value(connection, HAS_TRAIL) else None
    moment = until.at or (last if until.is_latest and last else None)
    moment = moment or datetime.fromisoformat(links[-1].finished_at)
    return Report(
        set=links[-1].id,
        chain=[link.id for link in links],
        moment=_iso(moment),
        last_entry=_iso(last) if last else "",
        tables=len(rows),
        rows=sum(rows.values()),
        files=len(files),
        files_written=0,
        lost_seconds=max(0, int((began - moment).total_seconds())),
        lost_entries=_entries_after(here, last) if is_check else None,
        former="",
        is_check=is_check,
        seconds=_since(began),
    )


def _entries_after(here: Installation, last: datetime | None) -> int | None:
    """How many entries of the trail came later; None when the present database cannot be asked."""
    if is_embedded(here) and not _is_made(here.data / "postgres"):
        return None
    try:
        with psycopg.connect(here.url, connect_timeout=3, autocommit=True) as connection:
            return int(_value(connection, ENTRIES, last or datetime.min.replace(tzinfo=UTC)))
    except (psycopg.Error, OSError, ValueError):
        return None


def _value(connection: content.Connection, query: LiteralString, *values: object) -> Any:
    row = connection.execute(sql.SQL(query), values).fetchone()
    assert row is not None
    return row[0]


def _files(store: Store, made: BackupSet, until: Until) -> list[attachments.File]:
    """Of the set; for a later moment also those that came after it. One too many does no harm."""
    known = {file.path: file for file in attachments.read_list(store, made)}
    if until.goes_beyond:
        for later in chains.readable(store):
            if later.started_at > made.started_at and later.system_identifier == made.system_identifier:
                known = {file.path: file for file in attachments.read_list(store, later)} | known
        known = attachments.shipped(store, made) | known
    return sorted(known.values(), key=lambda file: file.path)


# --- putting it in place ---


def _make_ours(scratch: Scratch) -> None:
    """New passwords for this place: those of the set are of another."""
    password = token_urlsafe(24)
    scratch._write_secret("pg.password", password)
    with scratch.connect(database="postgres") as connection:
        for role in ("guanxi", "postgres"):
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password))


def _bring_heads(store: Store, made: BackupSet, here: Installation) -> None:
    """On a machine without them. Those of another installation make room and stay beside."""
    heads = here.data / "audit" / "heads"
    name = chains.place(made.id, chains.HEADS)
    if not any(stored.name == name for stored in made.objects):
        return
    text = b"".join(unzipped(chains.checked(store, chains.part(made, chains.HEADS)), name=name))
    if heads.exists():
        with heads.open("rb") as file:
            if file.readline() == text.split(b"\n", 1)[0] + b"\n":
                return
        heads.rename(heads.with_name(f"heads.before-{_stamp()}"))
    heads.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = heads.with_name("heads.restored")
    with os.fdopen(os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    waiting.replace(heads)


def _note(home: Path, report: Report) -> None:
    """From here on the staged database is good: whoever starts next may put it in place."""
    restored = Restored(report.set, report.moment, _iso(datetime.now(UTC)))
    os.sync()
    waiting = home / f"{NOTE}.new"
    with waiting.open("w") as file:
        file.write(json.dumps(asdict(restored)))
        file.flush()
        os.fsync(file.fileno())
    waiting.rename(home / NOTE)
    _keep(home)


def exchange(here: Installation) -> str:
    """Two renamings; between them there is no database, which `finish` makes good. Answers the former one's name."""
    home, former = here.data / "postgres", ""
    if _is_made(home):
        former = f"postgres.before-{_stamp()}"
        home.rename(here.data / former)
    elif home.exists():
        shutil.rmtree(home)  # nothing was ever in it
    (here.data / STAGE).rename(home)
    _keep(here.data)
    return former


def finish(here: Installation) -> None:
    """Call before a database is started or made here: a restore may have been cut off in the middle of the exchange."""
    if not _is_made(here.data / "postgres") and (here.data / STAGE / NOTE).exists():
        exchange(here)


def _is_made(home: Path) -> bool:
    """A first start writes its password before anything else."""
    return (home / "pg.password").exists()


def pending(here: Installation) -> Restored | None:
    """A restored database is in place, and the steps after it have not all been done."""
    note = here.data / "postgres" / NOTE
    return Restored(**json.loads(note.read_text())) if note.exists() else None


def settled(here: Installation) -> None:
    (here.data / "postgres" / NOTE).unlink(missing_ok=True)


def _keep(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _since(began: datetime) -> float:
    return round((datetime.now(UTC) - began).total_seconds(), 2)
