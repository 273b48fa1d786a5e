"""Statements that many requests run: the server plans each once per connection and remembers it (prepared).

Planning a query of three tables takes it ten times as long as running it. Parameters stay apart from the text, so
write casts where the type cannot be guessed (`%s::bigint[]`), and give JSON as `Jsonb`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

Parameters = Sequence[Any] | Mapping[str, Any]


class Remembering(psycopg.Cursor[tuple[Any, ...]]):
    """`prepare_threshold` None on the connection (settings: PREPARED_STATEMENTS=0) turns it off."""

    def execute(self, query: Any, params: Parameters | None = None, **options: Any) -> Remembering:
        return super().execute(query, params, **{"prepare": True, **options})

    def _get_prepared(self, pgq: Any, prepare: bool | None = None) -> Any:
        # Django's log of queries reads it there; a statement remembered already would leave nothing.
        self._query = pgq
        return super()._get_prepared(pgq, prepare)


def rows(sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
    """What the statement answers; nothing for one that answers nothing."""
    with connection.wrap_database_errors, _cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def value(sql: str, parameters: Parameters = ()) -> Any:
    """The first value of the first row, or None."""
    found = rows(sql, parameters)
    return found[0][0] if found else None


def _cursor() -> CursorWrapper:
    """As Django wraps its own, so that tests count these statements too."""
    connection.ensure_connection()
    cursor = Remembering(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
