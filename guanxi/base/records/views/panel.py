"""On a card: which segments the record is in, and the way to why."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused

from ..conditions import understood
from ..criteria import CriteriaError
from ..types import Panel, RecordType
from .models import Segment
from .patience import within_seconds

MOST = 40


def segments_panel(type_: RecordType) -> Panel:
    def context(actor: Actor, record: Any) -> dict[str, Any] | None:
        segments = list(Segment.objects.filter(kind=type_.key).order_by("name")[:MOST])
        if not segments:
            return None
        href = f"/{type_.path}/{record.pk}/why"
        return {"segments": _holding(type_, segments, record.pk, actor), "href": href}

    return Panel(f"{type_.key}-segments", type_.key, _("Segments"), "records/segments_panel.html", context, order=80)


def _holding(type_: RecordType, segments: list[Segment], record_id: int, actor: Actor) -> list[Segment]:
    """One query for all; those that cannot be read or answered in time are left out here."""
    asked: list[tuple[Segment, str, list[Any]]] = []
    for segment in segments:
        try:
            asked.append((segment, *understood(type_, segment.criteria, actor).condition()))
        except CriteriaError:
            continue
    if not asked:
        return []
    columns = ", ".join(f"({sql})" for _segment, sql, _values in asked)
    values = [value for _segment, _sql, given in asked for value in given]
    sql = f"SELECT {columns} FROM {type_.table} t WHERE t.id = %s"  # noqa: S608 (conditions hold parameters only)
    try:
        with within_seconds(), connection.cursor() as cursor:
            cursor.execute(sql, [*values, record_id])
            row = cursor.fetchone()
    except Refused:
        return []
    return [segment for (segment, _sql, _values), is_in in zip(asked, row or (), strict=False) if is_in]
