"""Building and dropping the index of a searchable own field, and noting how it stands."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import stamps

from ..types import RECORD_TYPES
from .models import OwnField
from .provider import STAMP

IS_VALID = "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)"


@action("records:field:index_noted", _("%(who)s noted how the index of an own field stands."))
def note_index(field_id: int, state: str, *, actor: Actor) -> None:
    found = OwnField.objects.select_for_update().get(id=field_id)
    if found.index_state == state:
        trail.unchanged()
        return
    before, found.index_state = found.index_state, state
    found.save(update_fields=["index_state"])
    stamps.renew(STAMP)
    trail.record(OwnField.KIND, found.pk, actor=actor, changes={"index_state": [before, state]})


def build(row: OwnField) -> None:
    """A build that broke off leaves an index that is not valid: away with it first."""
    is_valid = index_is_valid(row)
    if is_valid is False:
        drop(row)
    if not is_valid:
        table = RECORD_TYPES.get(row.kind).table
        _run(f"CREATE INDEX CONCURRENTLY {row.index_name} ON {table} ((own->'{row.key}'))")


def drop(row: OwnField) -> None:
    _run(f"DROP INDEX CONCURRENTLY IF EXISTS {row.index_name}")


def index_is_valid(row: OwnField) -> bool | None:
    """None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(IS_VALID, [row.index_name])
        found = cursor.fetchone()
    return found[0] if found else None


def _run(sql: str) -> None:
    """Names come from the declaration and the number of the row, never from people."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
