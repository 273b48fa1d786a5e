"""When the reaper goes round."""

from __future__ import annotations

import time
from datetime import datetime

import psycopg

from guanxi.edge.ops import reaper

ROUND_SECONDS = 3.0


class Reviver:
    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: reaper.Connection | None = None
        self._next = 0.0
        self._has_died = False
        self._died_at: datetime | None = None
        self._certain_from = 0.0

    def worker_died(self) -> None:
        """Our own worker did, so its jobs need not wait until its silence is long enough to be sure."""
        self._has_died = True
        self._next = 0.0

    def visit(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + ROUND_SECONDS
        try:
            self._go_round(self._open())
        except psycopg.Error:  # the database is away; the next round will do
            self._connection = None

    def _open(self) -> reaper.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self.url, connect_timeout=3, autocommit=True)
        return self._connection

    def _go_round(self, connection: reaper.Connection) -> None:
        if self._has_died:
            self._died_at = reaper.database_time(connection)
            self._has_died = False
            # Workers elsewhere live and get the time to say so.
            self._certain_from = time.monotonic() + 2 * reaper.HEARTBEAT_SECONDS
        if self._died_at and time.monotonic() >= self._certain_from:
            reaper.reap(connection, died_at=self._died_at)
            self._died_at = None
        else:
            reaper.reap(connection)
