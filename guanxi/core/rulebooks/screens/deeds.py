"""What a rung of a ladder does, in words: who is reminded or told, what is proposed against whom, who decides."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Role, Staff
from guanxi.base.ui import formats

from ..engine.durations import Duration, Unit
from ..engine.rules import Amount, Proposed, Rule, Rung, Who

# People a record of the subject knows; a room may name others, which then stand as they are written.
PEOPLE = {
    "allocator": gettext_lazy("Who allocated it"),
    "borrower": gettext_lazy("Who borrowed it"),
    "collector": gettext_lazy("Who collected it"),
    "concerned": gettext_lazy("The person concerned"),
    "confirmer": gettext_lazy("Who confirms it"),
    "holder": gettext_lazy("Who holds it"),
    "keeper": gettext_lazy("Who keeps it"),
    "receiver": gettext_lazy("Who received it"),
    "reporter": gettext_lazy("Who reported it"),
}


def deed_of(rung: Rung, names: dict[str, str]) -> str:
    if rung.proposed:
        return proposal_words(rung.proposed, names)
    if rung.deed == "remind":
        return _("The assignee is reminded")
    return _("%(who)s is told") % {"who": who_of(rung.to, names)}


def proposal_words(proposed: Proposed, names: dict[str, str]) -> str:
    said = {
        "what": consequence_words(proposed),
        "who": who_of(proposed.against, names),
        "confirmer": who_of(proposed.confirmed_by, names),
        "time": length(proposed.within),
    }
    return _("%(what)s is proposed against: %(who)s. To be decided by: %(confirmer)s, within %(time)s") % said


def consequence_words(proposed: Proposed) -> str:
    amount = proposed.amount
    match proposed.kind:
        case "deduct":
            return _("A deduction (%(amount)s)") % {"amount": amount_words(amount, _("%(amount)s yuan"))}
        case "score":
            return _("A loss of points (%(amount)s)") % {"amount": amount_words(amount, _("%(amount)s points"))}
        case "reassign":
            return _("Another owner")
    return _("A notice")


def amount_words(amount: Amount, one: str) -> str:
    if not amount.field:
        return one % {"amount": digits(amount.value)}
    if amount.least and amount.most:
        return one % {"amount": f"{digits(amount.least)}–{digits(amount.most)}"}
    if amount.least:
        return _("at least %(amount)s") % {"amount": one % {"amount": digits(amount.least)}}
    if amount.most:
        return _("at most %(amount)s") % {"amount": one % {"amount": digits(amount.most)}}
    return _("as the record says")


def digits(text: str) -> str:
    value = Decimal(text or 0)
    return formats.number(value if value % 1 else int(value))


def who_of(who: Who, names: dict[str, str]) -> str:
    plain: dict[str, Any] = {
        "assignee": _("The assignee"),
        "superior": _("The superior"),
        "owner": _("The customer's owner"),
    }
    if who.kind == "person":
        return str(PEOPLE.get(who.name, who.name))
    return plain.get(who.kind) or names.get(who.name, who.name)


def people_of(rule: Rule) -> list[Who]:
    """Everybody a clause names."""
    found = [rule.by]
    for rung in rule.ladder:
        found += [rung.proposed.against, rung.proposed.confirmed_by] if rung.proposed else [rung.to]
    permit = [Who("role", rule.forbids.permit_by)] if rule.forbids and rule.forbids.permit_by else []
    return found + permit


def role_names(actor: Actor, people: Iterable[Who]) -> dict[str, str]:
    """Names of the roles, and of those named by their staff number."""
    roles = {who.name for who in people if who.kind in {"role", "team"} and who.name}
    numbers = {who.name for who in people if who.kind == "named" and who.name}
    name = "name" if actor.language.startswith("zh") else "name_en"
    known = dict(Role.objects.filter(key__in=roles).values_list("key", name)) if roles else {}
    named = dict(Staff.objects.filter(number__in=numbers).values_list("number", "name")) if numbers else {}
    return known | named


def length(duration: Duration) -> str:
    count = abs(duration.amount)
    if count == 1:
        ones = {
            Unit.DAY: _("1 day"),
            Unit.WORKDAY: _("1 working day"),
            Unit.WEEK: _("1 week"),
            Unit.MONTH: _("1 month"),
        }
        return ones[duration.unit]
    texts = {
        Unit.DAY: _("%(count)s days"),
        Unit.WORKDAY: _("%(count)s working days"),
        Unit.WEEK: _("%(count)s weeks"),
        Unit.MONTH: _("%(count)s months"),
    }
    return texts[duration.unit] % {"count": count}
