"""The worker's small clock for the log: twice a minute what the server closed goes to the store, with it new files and
the ledger of erased persons.

Closed every three minutes at the latest (ARCHIVE_SECONDS): a machine that is lost takes less than five minutes along.
Without BACKUP_TARGET there is no spool, and the server keeps no log for anybody.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from fcntl import LOCK_EX, LOCK_NB, flock

from guanxi.edge.ops.installation import Installation
from guanxi.edge.ops.postgres import spool_of

from . import attachments, chains, erased, reach, wal
from .servers import is_embedded, source_of
from .store import Place, SealedStore, open_store

EVERY_SECONDS = 30.0
REACH_EVERY = 20  # listing all that lies there is dearer still
FILES_EVERY = 4  # rounds: walking through all folders is dearer than looking into the spool
log = logging.getLogger("guanxi.backups")


class Shipper(threading.Thread):
    def __init__(self, *, here: Installation | None = None, every: float = EVERY_SECONDS) -> None:
        super().__init__(name="shipper", daemon=True)
        self.here, self.every = here or Installation.from_environment(), every
        self._stop_asked = threading.Event()
        self.target = Place.from_environment().target
        self._since = _now()
        self._reach = reach.Reach()
        self._identifier = ""
        self._known: set[str] | None = None
        self._erased: set[str] | None = None
        self._rounds = 0

    def run(self) -> None:
        if not self.target:
            reach.forget(self.here.data)
            if is_embedded(self.here):
                wal.drop_spool(self.here.server)
            return
        while not self._stop_asked.is_set():
            self.visit()
            self._stop_asked.wait(self.every)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(timeout=5)

    def visit(self) -> wal.Shipped | None:
        """What goes wrong now (None) is tried again: until the spool is full nothing is lost by waiting."""
        try:
            return self._ship()
        except BlockingIOError:  # another worker of this machine is at it
            return None
        except Exception as problem:  # whatever it is, the next visit comes: nobody else takes the log away
            log.warning("the log waits in the spool: %s", type(problem).__name__)
            self._tell(trouble=type(problem).__name__)
            return None

    def _ship(self) -> wal.Shipped:
        with (self.here.data / "shipping.lock").open("a") as file:
            flock(file, LOCK_EX | LOCK_NB)
            store = open_store(Place(self.here.data, self.target))
            self._ship_ledger(store)
            done = self._ship_log(store) if is_embedded(self.here) else wal.Shipped(0, 0, False)
            self._rounds += 1
        self._tell(waiting=done.waiting)
        if done.gap:
            log.warning("the spool was full: moments since the last backup may be out of reach until the next one")
        return done

    def _ship_ledger(self, store: SealedStore) -> None:
        """Before the log: a deletion must not be undone by a log that came further than the ledger."""
        if self._erased is None:
            self._erased = set(erased.shipped(store))
        erased.ship_new(store, self.here, known=self._erased)

    def _ship_log(self, store: SealedStore) -> wal.Shipped:
        wal.make_spool(self.here.server)
        self._identifier = self._identifier or source_of(self.here).identity()[0]
        done = wal.ship(store, self.here.server, identifier=self._identifier)
        if self._rounds % FILES_EVERY == 0:
            self._ship_files(store)
        if self._rounds % REACH_EVERY == 0:
            self._reach = reach.reach_of(store.entries(f"{wal.PREFIX}{self._identifier}/"))
        elif done.count:
            self._reach = replace(self._reach, newest_at=_now())
        return done

    def _tell(self, *, waiting: int = 0, trouble: str = "") -> None:
        """A full disk is no reason to stop shipping from it."""
        if not is_embedded(self.here):
            return
        gap = reach.gap_since(spool_of(self.here.server.data))
        told = reach.Shipping(self._since, _now(), self._reach, gap, waiting, trouble)
        with suppress(OSError):
            reach.write(told, data=self.here.data)

    def _ship_files(self, store: SealedStore) -> None:
        if self._known is None:
            self._known = _known(store, self._identifier)
        attachments.ship_new(store, self.here.data / "files", identifier=self._identifier, known=self._known)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _known(store: SealedStore, identifier: str) -> set[str]:
    """What a restore would find already: the last set's files, and those shipped since."""
    for made in reversed(chains.readable(store)):
        if made.system_identifier == identifier:
            listed = {file.path for file in attachments.read_list(store, made)}
            return listed | set(attachments.shipped(store, made))
    return set()
