"""How many files are read at once, whatever the number of web processes: each may take half a gigabyte and a core."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.utils import OperationalError

from .decoding import unreadable

SPACE, PLACES = 7403, 3
PATIENCE = "20s"


def take_place(number: int) -> None:
    """Held until the transaction ends. Raises NotReadable when the place stays taken."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, TRUE)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPACE, number % PLACES])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError:
        raise unreadable("busy") from None
