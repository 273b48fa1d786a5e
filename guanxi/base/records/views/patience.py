"""Questions people make up themselves may be slow; then they are told to narrow, and nobody else waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import QueryCanceled

from guanxi.base.kernel.errors import Refused

SECONDS = 3


class TooSlow(Refused):
    """Nothing was answered."""

    status = 422
    code = "too_slow"

    def __init__(self) -> None:
        super().__init__(_("This takes longer than a few seconds. Narrow it first, for example by status or owner."))


@contextmanager
def within_seconds(seconds: float = SECONDS) -> Iterator[None]:
    """Raises TooSlow. Reads only: what is inside is undone."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', '0', true)")
    except OperationalError as ended:
        # Not by its text: the server may speak any language.
        if not isinstance(ended.__cause__, QueryCanceled):
            raise
        raise TooSlow from None
