"""What can be done to many customers at once, from the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Role
from guanxi.base.records.bulk import BulkStep, Done, Reason
from guanxi.base.records.types import Field

from .. import events as told
from ..access import KIND
from ..actions import many, team_of_many
from ..actions.customer import BLOCKERS
from ..models import Customer, TeamMember
from ..models.customer import Grade, Source, Status
from .verbs import colleagues

WHY = Field("why", _("Reason"), "longtext", max_length=200)
THEIRS = Reason(gettext_noop("It belongs to this colleague already."), is_same=True)
HAS_IT = Reason(gettext_noop("It has this value already."), is_same=True)
IN_TEAM = Reason(gettext_noop("The colleague is in the team already."), is_same=True)
NOT_IN_TEAM = Reason(gettext_noop("The colleague is not in the team."), is_same=True)
NOTHING = "-"
Ids = Sequence[int]
Values = Mapping[str, Any]


def colleague(key: str, label: Any) -> Field:
    return Field(key, label, "staff", choices=lambda: list(colleagues()), required=True)


def of_owner(actor: Actor, ids: Ids, values: Values) -> dict[int, Reason]:
    rows = Customer.objects.visible_to(actor, "transfer")
    found = rows.filter(id__in=ids, owner=values["to"]).values_list("id", flat=True)
    return dict.fromkeys(found, THEIRS)


def handed_over(actor: Actor, ids: Ids) -> None:
    events.publish(Event(told.HANDED_OVER, KIND, ids), actor=actor)


def choice_step(field: str, label: Any, choices: list[tuple[str, Any]], *, order: int, may_be_empty: bool) -> BulkStep:
    """Sets one choice field. Taking the value away is a choice of its own, never what is left unchosen."""
    offered = [*choices, (NOTHING, _("Not set"))] if may_be_empty else choices

    def wanted(values: Values) -> str:
        return "" if values["value"] == NOTHING else str(values["value"])

    def check(actor: Actor, ids: Ids, values: Values) -> dict[int, Reason]:
        rows = Customer.objects.visible_to(actor, "update")
        found = rows.filter(id__in=ids, **{field: wanted(values)}).values_list("id", flat=True)
        return dict.fromkeys(found, HAS_IT)

    return BulkStep(
        key=f"customer-{field}",
        kind=KIND,
        label=label,
        verb="update",
        fields=lambda actor: (Field("value", _("New value"), "choice", choices=offered, required=True),),
        check=check,
        sentence=lambda values: _("The new value is %(value)s.") % {"value": dict(offered)[values["value"]]},
        perform=lambda actor, ids, values: many.change_several(ids, field=field, value=wanted(values), actor=actor),
        undo=lambda actor, items, values: many.change_back(items, field=field, actor=actor),
        order=order,
    )


def roles(actor: Actor) -> list[tuple[str, str]]:
    is_chinese = actor.language.startswith("zh")
    return [(r.key, r.name if is_chinese else r.name_en) for r in Role.objects.order_by("id")]


def members(ids: Ids, values: Values) -> set[int]:
    rows = TeamMember.objects.filter(customer_id__in=ids, staff=values["staff"], to_on=None)
    rows = rows.filter(role=values["role"]) if "role" in values else rows
    return set(rows.values_list("customer_id", flat=True))


def blocked(actor: Actor, ids: Ids, values: Values) -> dict[int, Reason]:
    """What upper rooms say one by one; nothing to ask while none does."""
    if not BLOCKERS:
        return {}
    customers = Customer.objects.visible_to(actor, "delete").filter(id__in=ids)
    reasons = {c.pk: " ".join(str(text) for blocker in BLOCKERS if (text := blocker(c))) for c in customers}
    return {pk: Reason(text) for pk, text in reasons.items() if text}


def leave(actor: Actor, ids: Ids, values: Values) -> list[Done]:
    return team_of_many.leave_teams(ids, staff=values["staff"], actor=actor)


TRANSFER = BulkStep(
    key="customer-transfer",
    kind=KIND,
    label=_("Transfer"),
    verb="transfer",
    fields=lambda actor: (colleague("to", _("New owner")), WHY),
    check=of_owner,
    sentence=lambda values: _("The new owner is %(name)s.") % {"name": values["to"].name},
    perform=lambda actor, ids, values: many.transfer_several(ids, to=values["to"], actor=actor, why=values["why"]),
    undo=lambda actor, items, values: many.transfer_back(items, actor=actor),
    finished=handed_over,
    order=10,
)
JOIN = BulkStep(
    key="customer-team-join",
    kind=KIND,
    label=_("Add to the team"),
    verb="update",
    fields=lambda actor: (
        colleague("staff", _("Colleague")),
        Field("role", _("Role"), "choice", choices=roles(actor), required=True),
    ),
    check=lambda actor, ids, values: dict.fromkeys(members(ids, values), IN_TEAM),
    sentence=lambda values: _("%(name)s joins the team.") % {"name": values["staff"].name},
    perform=lambda actor, ids, values: team_of_many.join_teams(
        ids, staff=values["staff"], role=values["role"], actor=actor
    ),
    undo=lambda actor, items, values: team_of_many.leave_again(items, staff=values["staff"], actor=actor),
    order=50,
)
LEAVE = BulkStep(
    key="customer-team-leave",
    kind=KIND,
    label=_("Take off the team"),
    verb="update",
    fields=lambda actor: (colleague("staff", _("Colleague")),),
    check=lambda actor, ids, values: dict.fromkeys(set(ids) - members(ids, values), NOT_IN_TEAM),
    sentence=lambda values: _("%(name)s leaves the team.") % {"name": values["staff"].name},
    perform=leave,
    undo=lambda actor, items, values: team_of_many.join_again(items, staff=values["staff"], actor=actor),
    order=51,
)
REMOVE = BulkStep(
    key="customer-remove",
    kind=KIND,
    label=_("Move to the bin"),
    verb="delete",
    fields=lambda actor: (WHY,),
    check=blocked,
    sentence=lambda values: _("They wait in the bin and can be taken out again."),
    perform=lambda actor, ids, values: many.remove_several(ids, actor=actor, why=values["why"]),
    undo=lambda actor, items, values: many.restore_several(items, actor=actor),
    order=90,
)
STEPS = (
    TRANSFER,
    choice_step("status", _("Change status"), list(Status.choices), order=20, may_be_empty=False),
    choice_step("grade", _("Change grade"), list(Grade.choices), order=30, may_be_empty=True),
    choice_step("source", _("Change source"), list(Source.choices), order=40, may_be_empty=True),
    JOIN,
    LEAVE,
    REMOVE,
)
