# ruff: noqa: S608 (put together from declarations; what users bring is always a parameter)
"""What the pages of a run show: figures, a sample, and who cannot take part. Names only of what may be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.ui import formats

from ..asked import Asked
from ..screens.cells import cell_maker
from ..types import RECORD_TYPES, RecordType
from . import items
from .access import bulk_runs_of
from .models import BulkItem, BulkRun
from .problems import say
from .steps import BULK

RUNS_SHOWN = 50
SAMPLE = 10
REFUSED_SHOWN = 20
AT_ONCE = 2000
NOT_SEEN = "–"


def runs_table(actor: Actor) -> ui.Table:
    states = {
        BulkRun.QUEUED: _("Waiting"),
        BulkRun.RUNNING: _("Under way"),
        BulkRun.DONE: _("Finished"),
        BulkRun.FAILED: _("Failed"),
        BulkRun.CANCELLED: _("Stopped"),
    }
    columns = [
        ui.Column("step", _("Step"), is_title=True),
        ui.Column("list", _("List")),
        ui.Column("count", _("Records"), "number"),
        ui.Column("state", _("State")),
        ui.Column("when", _("When"), "date"),
    ]
    rows = [
        ui.Row(
            run.pk,
            [
                BULK.get(run.step).label,
                RECORD_TYPES.get(run.kind).plural,
                formats.number(run.total),
                _("Taken back") if run.undone_at else states[run.state],
                formats.near(run.created_at),
            ],
            url=f"/bulk/{run.pk}",
        )
        for run in bulk_runs_of(actor)[:RUNS_SHOWN]
    ]
    return ui.Table(columns, rows, label=_("Steps for many"))


def figures(run: BulkRun) -> list[dict[str, Any]]:
    """In the order of a reader's questions; only what there is, but the first always."""
    counts = items.counts_of(run)
    names = {
        BulkItem.WAITING: _("Not reached") if run.has_ended else _("Will change"),
        BulkItem.CHANGED: _("Changed"),
        BulkItem.UNDONE: _("Taken back"),
        BulkItem.KEPT: _("Not taken back"),
        BulkItem.SAME: _("Stay as they are"),
        BulkItem.REFUSED: _("Cannot take part"),
    }
    first = BulkItem.UNDONE if run.is_undo else BulkItem.CHANGED if run.has_ended else BulkItem.WAITING
    shown = {first: counts.get(first, 0)} | {k: counts[k] for k in names if counts.get(k)}
    return [{"name": names[key], "value": count} for key, count in shown.items()]


def sample(run: BulkRun, type_: RecordType, actor: Actor, *, outcome: str) -> ui.Table:
    """The first records of an outcome as the list shows them."""
    ids = list(run.items.filter(outcome=outcome).order_by("id").values_list("record_id", flat=True)[:SAMPLE])
    columns = Asked().shown_columns(type_)
    makers = [cell_maker(type_, column, actor) for column in columns]
    rows = [
        ui.Row(row[0], [make(row, row[i + 4]) for i, make in enumerate(makers)], url=f"/{type_.path}/{row[0]}")
        for row in rows_of(type_, readable(type_, ids, actor))
    ]
    title = type_.title_column
    heads = [ui.Column(c.key, c.label, is_title=c.key == title, is_minor=c.is_minor) for c in columns]
    return ui.Table(heads, rows, label=type_.plural)


def rows_of(type_: RecordType, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """As listing.list_page gives them."""
    columns = ", ".join(column.sql for column in Asked().shown_columns(type_))
    sql = f"SELECT t.id, NULL, t.{type_.owner}, t.{type_.unit}, {columns} FROM {type_.table} t {type_.joins}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{sql} WHERE t.id = ANY(%s) ORDER BY array_position(%s::bigint[], t.id)", [list(ids), list(ids)]
        )
        return list(cursor.fetchall())


def readable(type_: RecordType, ids: Sequence[int], actor: Actor) -> list[int]:
    rows = type_.model._default_manager.get_queryset().visible_to(actor)
    seen = set(rows.filter(id__in=ids).values_list("id", flat=True))
    return [one for one in ids if one in seen]


def refused_rows(
    run: BulkRun, type_: RecordType, actor: Actor, *, outcomes: Sequence[str], most: int = 0
) -> Iterator[list[str]]:
    """Title and reason; the title stays out where the reader may not see the record."""
    at, given = 0, 0
    while True:
        size = min(AT_ONCE, most - given) if most else AT_ONCE
        page = list(run.items.filter(outcome__in=outcomes, id__gt=at).order_by("id")[:size]) if size else []
        titles = titles_of(type_, [item.record_id for item in page], actor)
        for item in page:
            yield [titles.get(item.record_id, NOT_SEEN), reason_of(item), str(item.record_id)]
        given += len(page)
        if not page or len(page) < AT_ONCE:
            return
        at = page[-1].pk


def reason_of(item: BulkItem) -> str:
    if item.outcome == BulkItem.KEPT:
        return _("It was changed after this step, so it stays.")
    return say(item.reason) or _("It is so already.")


def titles_of(type_: RecordType, ids: Sequence[int], actor: Actor) -> dict[int, str]:
    title = type_.all_columns[type_.title_column].sql
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id, {title} FROM {type_.table} t {type_.joins} WHERE t.id = ANY(%s)",
            [readable(type_, ids, actor)],
        )
        return {record: str(text) for record, text in cursor.fetchall()}
