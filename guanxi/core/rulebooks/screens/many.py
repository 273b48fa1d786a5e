"""A task for each of many customers, from their list: how care is planned for a segment (CAR-32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.records.bulk import BulkStep, Done, Reason
from guanxi.base.records.types import Field
from guanxi.core.customers.models import Customer

from ..actions.many import create_tasks, withdraw_tasks

IN_PEACE = Reason(gettext_noop("The customer has died or does not wish to be disturbed."))
IN_THE_PAST = Reason(gettext_noop("The day chosen has passed."))
FIELDS = (
    Field("purpose", _("What is to be done"), required=True, max_length=200),
    Field("due_on", _("Due on"), "date", required=True),
)


def in_peace(actor: Actor, ids: Sequence[int], values: Any) -> dict[int, Reason]:
    if _day(values) < clock.today():
        return dict.fromkeys(ids, IN_THE_PAST)
    rows = Customer.objects.visible_to(actor, "update").filter(id__in=ids)
    resting = rows.exclude(deceased_on=None) | rows.filter(is_do_not_disturb=True)
    return dict.fromkeys(resting.values_list("id", flat=True), IN_PEACE)


def _day(values: Any) -> date:
    day = values["due_on"]
    if isinstance(day, date):
        return day
    try:
        return date.fromisoformat(str(day))
    except ValueError as odd:
        raise Invalid({"due_on": [_("A day of the calendar is expected here, such as 2026-12-01.")]}) from odd


def perform(actor: Actor, ids: Sequence[int], values: Any) -> list[Done]:
    return create_tasks(ids, purpose=values["purpose"], due_on=_day(values), actor=actor)


TASK_EACH = BulkStep(
    key="customer-task",
    kind=Customer.KIND,
    label=_("Set a task"),
    verb="update",
    fields=lambda actor: FIELDS,
    check=in_peace,
    sentence=lambda values: (
        _("Each owner gets the task “%(purpose)s”, due on %(day)s.")
        % {"purpose": values["purpose"], "day": _day(values)}
    ),
    perform=perform,
    undo=lambda actor, items, values: withdraw_tasks(items, actor=actor),
    order=30,
)
