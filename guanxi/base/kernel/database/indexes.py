"""Indexes made and dropped beside the work of others, in a way that can be cut off anywhere and begun again.

Django's own stop at an index that is there already; one that a kill left half made is there, and of no use.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres import operations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VALID = """
SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = %s AND pg_table_is_visible(c.oid)
"""


class AddIndexConcurrently(operations.AddIndexConcurrently):
    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        name = self.index.name
        is_valid = _is_valid(schema_editor, name)
        if is_valid:
            return
        with waiting_long(schema_editor):
            if is_valid is False:
                schema_editor.execute(f"DROP INDEX CONCURRENTLY {schema_editor.quote_name(name)}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class RemoveIndexConcurrently(operations.RemoveIndexConcurrently):
    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if _is_valid(schema_editor, self.name) is not None:
            with waiting_long(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)


def _is_valid(schema_editor: BaseDatabaseSchemaEditor, name: str) -> bool | None:
    """None when there is no such index."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(VALID, [name])
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


@contextmanager
def waiting_long(schema_editor: BaseDatabaseSchemaEditor) -> Iterator[None]:
    """It waits for transactions that began before it, and nobody waits for it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
