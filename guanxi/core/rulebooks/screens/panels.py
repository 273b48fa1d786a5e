"""What the rules ask for, on the cards of other rooms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may

from ..models import Duty
from .rows import CUSTOMER, DutyRow, read_rows

LABEL = _("What the rules ask for")
TEMPLATE = "rulebooks/panel.html"
MOST_OPEN = 12
MOST_CLOSED = 6
OPEN = """(SELECT id, 0 AS place FROM rulebooks_duty t WHERE {where} AND state = 'open'
ORDER BY is_caught_up, due_at, id LIMIT {most})"""
CLOSED = """(SELECT id, 1 AS place FROM rulebooks_duty t WHERE {where} AND state <> 'open'
ORDER BY due_at DESC, id DESC LIMIT {most})"""
# What is open by urgency, then what is over, the latest first.
ORDER = """k.place, CASE WHEN k.place = 0 THEN d.is_caught_up END, CASE WHEN k.place = 0 THEN d.due_at END,
d.due_at DESC, d.id"""
Context = dict[str, Any]


def customer_panel(actor: Actor, customer: Any) -> dict[str, Any] | None:
    return panel("t.customer_id = %(id)s", customer.pk, actor, offers_task=customer.removed_at is None)


def subject_panel(actor: Actor, record: Any) -> dict[str, Any] | None:
    """For the card of any record that rules are about, e.g. the file form and its series."""
    where = "t.subject_kind = %(kind)s AND t.subject_id = %(id)s"
    return panel(where, record.pk, actor, kind=type(record).KIND, offers_task=False)


def panel(where: str, record_id: int, actor: Actor, *, kind: str = CUSTOMER, offers_task: bool) -> Context | None:
    """Whoever reads the record reads what the rules ask for it; a duty itself opens only for those it concerns."""
    if not may(actor, Duty.KIND, "read"):
        return None
    keys = f"{OPEN.format(where=where, most=MOST_OPEN + 1)} UNION ALL {CLOSED.format(where=where, most=MOST_CLOSED)}"
    rows = read_rows(keys, {"id": record_id, "kind": kind}, actor=actor, order=ORDER)
    open_rows = [row for row in rows if row.state == "open"]
    return {
        "open": open_rows[:MOST_OPEN],
        "has_more": len(open_rows) > MOST_OPEN,
        "closed": [row for row in rows if row.state != "open"],
        "within": within_reach(rows, actor),
        "new_task": f"/duties/new?customer={record_id}" if offers_task and may(actor, Duty.KIND, "create") else "",
    }


def within_reach(rows: list[DutyRow], actor: Actor) -> set[int]:
    ids = [row.id for row in rows]
    return set(Duty.objects.visible_to(actor).filter(id__in=ids).values_list("id", flat=True)) if ids else set()
