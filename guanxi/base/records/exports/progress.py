"""How far a file is, told over a connection of its own: the one that reads stands still at one moment."""

from __future__ import annotations

from time import monotonic
from types import TracebackType

from django.db import connection

from guanxi.base.kernel.errors import Refused

TELL = "UPDATE records_exportrun SET done = %s WHERE id = %s AND state = 'running' RETURNING is_cancel_asked"
SECONDS_BETWEEN = 0.5


class CancelAsked(Refused):
    """Somebody pressed Stop."""


class Progress:
    def __init__(self, run_id: int) -> None:
        self.run_id, self.told_at = run_id, 0.0
        self.other = connection.copy()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.other.close()

    def tell(self, done: int) -> None:
        """Raises CancelAsked. At most twice a second."""
        if monotonic() - self.told_at < SECONDS_BETWEEN:
            return
        self.told_at = monotonic()
        with self.other.cursor() as cursor:
            cursor.execute(TELL, [done, self.run_id])
            row = cursor.fetchone()
        if row and row[0]:
            raise CancelAsked()
