"""The ledger of erased persons goes with every set and with the log, and comes back before it is replayed: a machine
without the original must not bring back whom we erased.

On the store under `ledger/`, each object the lines that came since the one before; none is ever taken away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from guanxi.core.privacy.ledger_keys import check_of, keys_from
from guanxi.edge.ops.installation import Installation

from . import chains, content
from .packing import unzipped, zipped
from .servers import Failed
from .sets import BackupSet, Damaged, Part, Store, Stored

PREFIX = "ledger/"
HAS_ERASURES = "SELECT to_regclass('public.privacy_erasure') IS NOT NULL"
KNOWN = "SELECT digest FROM privacy_erasure"
Lines = dict[str, str]  # by digest


def path(here: Installation) -> Path:
    return here.data / "privacy/ledger"


def here_are(here: Installation) -> Lines:
    return parsed(path(here).read_text(encoding="utf-8")) if path(here).exists() else {}


def parsed(text: str) -> Lines:
    """A line that a crash cut short is passed over; the next look of the worker writes it anew."""
    found: Lines = {}
    for line in text.splitlines():
        try:
            found.setdefault(str(json.loads(line)["digest"]), line)
        except (ValueError, KeyError, TypeError):
            continue
    return found


# --- to the store ---


def store_ledger(store: Store, set_id: str, here: Installation) -> list[Stored]:
    if not path(here).exists():
        return []
    return [store.put(chains.place(set_id, chains.LEDGER), _packed(here_are(here)), part=Part.CONFIGURATION)]


def ship_new(store: Store, here: Installation, *, known: set[str]) -> int:
    """What the store lacks; `known` grows by it."""
    new = {digest: line for digest, line in here_are(here).items() if digest not in known}
    if new:
        store.put(f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.gz", _packed(new), part=Part.CONFIGURATION)
        known |= set(new)
    return len(new)


def shipped(store: Store) -> Lines:
    """Raises Damaged."""
    found: Lines = {}
    for name in store.names(PREFIX):
        found |= _text(unzipped(store.get(name), name=name), name)
    return found


def _packed(lines: Lines) -> Iterable[bytes]:
    return zipped(["".join(f"{line}\n" for line in lines.values()).encode()])


# --- and back ---


def gathered(store: Store, made: BackupSet, here: Installation) -> Lines:
    """Of that set, of the newest one of each database, of what was shipped, and of this place."""
    newest = {one.system_identifier: one for one in chains.readable(store)}
    found = shipped(store) | here_are(here)
    for one in {one.id: one for one in [made, *newest.values()]}.values():
        found |= of_set(store, one)
    return found


def of_set(store: Store, made: BackupSet) -> Lines:
    name = chains.place(made.id, chains.LEDGER)
    if not any(stored.name == name for stored in made.objects):
        return {}
    return _text(unzipped(chains.checked(store, chains.part(made, chains.LEDGER)), name=name), name)


def _text(pieces: Iterable[bytes], name: str) -> Lines:
    try:
        return parsed(b"".join(pieces).decode())
    except UnicodeDecodeError as error:
        raise Damaged(f"{name} is no ledger of erased persons.") from error


def refuse_without_key(lines: Lines, connection: content.Connection, here: Installation) -> None:
    """Whoever was erased after the moment restored is found again by the key of the ledger, or not at all."""
    known = {row[0] for row in connection.execute(KNOWN)} if _has_erasures(connection) else set()
    ours = {check_of(key) for key in keys_from(_secrets(here))}
    noted = [json.loads(line).get("key") for digest, line in lines.items() if digest not in known]
    foreign = [key for key in noted if key not in ours]
    if foreign:
        raise Failed(
            f"{len(foreign)} persons were erased after that moment, and would come back: the key of the ledger they "
            f"are noted in ({', '.join(sorted(set(map(str, foreign))))}) is not here. Put the copy of the former "
            f"secret_key into {here.data}/secret_key, or into SECRET_KEY_FALLBACKS, and restore again. If that key is "
            "lost for good, --without-ledger restores all the same; erase those persons again by hand."
        )


def _has_erasures(connection: content.Connection) -> bool:
    row = connection.execute(sql.SQL(HAS_ERASURES)).fetchone()
    return bool(row and row[0])


def _secrets(here: Installation) -> list[str]:
    file = here.data / "secret_key"
    first = os.environ.get("SECRET_KEY") or (file.read_text().strip() if file.exists() else "")
    return [one for one in (first, *os.environ.get("SECRET_KEY_FALLBACKS", "").split(",")) if one]


def merge(lines: Lines, here: Installation) -> int:
    """Adds what this place lacks, synced. Answers how many; cut off, it is done again."""
    there = here_are(here)
    new = [line for digest, line in lines.items() if digest not in there]
    if new:
        path(here).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        with os.fdopen(os.open(path(here), flags, 0o600), "wb") as file:
            # A line that was cut short must not swallow the first of these.
            file.write(("\n" + "".join(f"{line}\n" for line in new)).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(new)
