"""The worker's small clock: every few seconds what committed is sealed. A thread, for a job each time would leave nine
thousand rows a day; every worker has one, and whoever comes first does it."""

from __future__ import annotations

import logging
import threading

from django.db import Error, connection

from guanxi.base.audit.sealing import seal_waiting

EVERY_SECONDS = 8.0
log = logging.getLogger("guanxi.audit")


class Sealer(threading.Thread):
    def __init__(self, *, every: float = EVERY_SECONDS) -> None:
        super().__init__(name="sealer", daemon=True)
        self.every = every
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.is_set():
            self._seal()
            self._stop_asked.wait(self.every)
        connection.close()

    def stop(self) -> None:
        self._stop_asked.set()
        self.join(timeout=5)

    def _seal(self) -> None:
        """What goes wrong now is tried again: nothing is lost by waiting."""
        try:
            seal_waiting()
        except (Error, OSError) as problem:
            log.warning("sealing waits: %s", type(problem).__name__)
            connection.close()
