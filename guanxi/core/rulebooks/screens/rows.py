"""Duties as rows: one piece of SQL for the workbench, the list, the panels and the page of a duty.

Rows are tuples with names, never models: a list of fifty should cost what its SQL costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.phone import mask_phone
from guanxi.base.org.scopes import scope_of
from guanxi.base.records.reveal import lent_among
from guanxi.base.ui import formats

from .about import ACTIVITY, names_of, page_of, place_of

CUSTOMER = "customer"
TEXTS = {
    "zh": "d.purpose, COALESCE(r.article, ''), COALESCE(b.title, '')",
    "en": (
        "COALESCE(NULLIF(d.purpose_en, ''), d.purpose), COALESCE(NULLIF(r.article_en, ''), r.article, ''),"
        " COALESCE(NULLIF(b.title_en, ''), b.title, '')"
    ),
}
SELECT = """
SELECT d.id, d.state, d.due_at, d.opens_at, d.is_caught_up, d.postponed_to, d.postponed_why, d.settled_at,
  d.settled_late, d.withdrawn_why, d.assignee_id, s.name, d.step, COALESCE(jsonb_array_length(r.spec->'steps'), 0),
  d.customer_id, COALESCE(c.name, ''), COALESCE(c.phone, ''), c.owner_id, c.unit_id, b.key, q.key, d.subject_kind,
  d.subject_id, d.is_hand_assigned, d.is_recorded_later, COALESCE(r.spec->'evidence'->>'provider', ''),
  COALESCE(r.spec->'evidence'->'kinds'->>0, ''), COALESCE(r.spec->>'subject', ''), {texts}, ''
FROM ({keys}) k JOIN rulebooks_duty d ON d.id = k.id
LEFT JOIN customers_customer c ON c.id = d.customer_id LEFT JOIN org_staff s ON s.id = d.assignee_id
LEFT JOIN rulebooks_rule r ON r.id = d.rule_id LEFT JOIN rulebooks_clause q ON q.id = d.clause_id
LEFT JOIN rulebooks_rulebook b ON b.id = q.rulebook_id ORDER BY {order}
"""


class DutyRow(NamedTuple):
    """`phone` is as the reader may see it. `about` is what a subject without a customer is called."""

    id: int
    state: str
    due_at: datetime
    opens_at: datetime
    is_caught_up: bool
    postponed_to: datetime | None
    postponed_why: str
    settled_at: datetime | None
    settled_late: bool
    withdrawn_why: str
    assignee_id: int | None
    assignee: str | None
    step: int
    steps: int
    customer_id: int | None
    customer: str
    phone: str
    owner_id: int | None
    unit_id: int | None
    rulebook: str | None
    clause: str | None
    subject_kind: str
    subject_id: int
    is_hand_assigned: bool
    is_recorded_later: bool
    asked: str
    asked_kind: str
    subject: str
    purpose: str
    article: str
    title: str
    about: str

    @property
    def is_task(self) -> bool:
        return self.clause is None

    @property
    def due_on(self) -> date:
        """The last day on which it is in time."""
        return formats.last_day(self.due_at)

    @property
    def is_late(self) -> bool:
        return self.state == "open" and not self.is_caught_up and self.due_at <= clock.now()

    @property
    def has_opened(self) -> bool:
        """Before, a record belongs to the step before this one."""
        return self.opens_at <= clock.now()

    @property
    def is_contact(self) -> bool:
        """Recording a contact settles it; what settles others is made at `place`, if there is one."""
        return self.asked in ("", ACTIVITY)

    @property
    def place(self) -> str:
        kinds = (self.asked, self.asked_kind, self.subject)
        return place_of(*kinds, self.subject_id, customer=self.customer_id, duty=self.id)

    @property
    def page(self) -> str:
        """Of what it is about."""
        return page_of(self.subject_kind, self.subject_id, customer=self.customer_id, duty=self.id)

    @property
    def clause_url(self) -> str:
        return f"/rulebooks/{self.rulebook}#{self.clause}" if self.clause else ""

    @property
    def number(self) -> str:
        return numbered(self.article)[0]

    @property
    def words(self) -> str:
        return numbered(self.article)[1]


LONGEST_NUMBER = 12


def numbered(article: str) -> tuple[str, str]:
    """ "二.7 购买顾客:…" as its number and its words; a text without a number has an empty one."""
    first, _, rest = article.partition(" ")
    has_number = bool(rest) and len(first) <= LONGEST_NUMBER and any(c in first for c in ".．0123456789条、")
    return (first, rest.strip()) if has_number else ("", article)


def read_rows(keys: str, parameters: Sequence[Any] | Mapping[str, Any], *, actor: Actor, order: str) -> list[DutyRow]:
    """`keys` yields `id` and whatever `order` names of `k`. Phones are masked before they leave this function."""
    texts = TEXTS["zh" if actor.language.startswith("zh") else "en"]
    with connection.cursor() as cursor:
        cursor.execute(SELECT.format(texts=texts, keys=keys, order=order), parameters)
        found = cursor.fetchall()
    reveal = scope_of(actor, CUSTOMER, "reveal") if found else None
    rows = with_names([DutyRow._make(row) for row in found])
    if reveal is None or reveal.everything:
        return rows
    staff, units = frozenset(reveal.staff_ids), frozenset(reveal.unit_ids)
    lent = lent_among(actor, CUSTOMER, {row.customer_id for row in rows if row.is_hand_assigned and row.customer_id})

    def is_clear(row: DutyRow) -> bool:
        """Whoever has to call somebody must see the number, also when the customer is another's."""
        if row.owner_id in staff or row.unit_id in units:
            return True
        if row.state != "open" or row.assignee_id != actor.staff_id:
            return False
        # A rule gave it; or a colleague, who lent the customer. What one gave oneself shows no more than before.
        return not row.is_hand_assigned or row.customer_id in lent

    return [row if is_clear(row) else row._replace(phone=mask_phone(row.phone)) for row in rows]


def with_names(rows: list[DutyRow]) -> list[DutyRow]:
    """Of what has no customer; a task without one is about nothing but itself."""
    names = names_of((row.subject_kind, row.subject_id) for row in rows if row.customer_id is None and row.clause)
    if not names:
        return rows
    return [row._replace(about=names.get((row.subject_kind, row.subject_id), "")) for row in rows]


def one_row(duty_id: int, *, actor: Actor) -> DutyRow:
    """Of a duty that was fetched within the actor's reach already."""
    return read_rows("SELECT %s::bigint AS id", [duty_id], actor=actor, order="d.id")[0]
