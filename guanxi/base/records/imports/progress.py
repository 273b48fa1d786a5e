"""How far a run is, told to those who watch while its one transaction is still open: over a connection of its own."""

from __future__ import annotations

from time import monotonic
from types import TracebackType

from django.db import connection

from guanxi.base.kernel.errors import Refused

TELL = "UPDATE records_importrun SET done = %s, stage = %s WHERE id = %s RETURNING is_cancel_asked"
SECONDS_BETWEEN = 0.5


class CancelAsked(Refused):
    """Somebody pressed Stop: everything of this run is rolled back."""


class Progress:
    """Never used after the run's row is changed in the main transaction, or the two would wait for each other."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.told_at = 0.0
        self.done = 0
        self.other = connection.copy()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.other.close()

    def tell(self, done: int, stage: str, *, at_once: bool = False) -> None:
        """Raises CancelAsked. At most twice a second unless `at_once`."""
        self.done = done
        if not at_once and monotonic() - self.told_at < SECONDS_BETWEEN:
            return
        self.told_at = monotonic()
        with self.other.cursor() as cursor:
            cursor.execute(TELL, [done, stage, self.run_id])
            row = cursor.fetchone()
        if row and row[0]:
            raise CancelAsked()
