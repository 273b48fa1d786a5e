"""What a list was asked for, in words: for the last sheet of a file, the trail and paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Unit
from guanxi.base.org.web import ActorRequest

from ..asked import Asked
from ..conditions import understood
from ..criteria import CriteriaError
from ..habits import asked_by
from ..types import RecordType
from ..views.opening import open_list
from ..views.sentences import sentence


def described(type_: RecordType, asked: Asked, actor: Actor) -> list[tuple[str, str]]:
    """Pairs of what and which, in the language of who reads."""
    pairs = [(_("Search"), asked.q)] if asked.q else []
    for filter_ in type_.all_filters:
        if chosen := asked.filters.get(filter_.key):
            options = {str(value): str(label) for value, label in filter_.options(actor)}
            pairs.append((str(filter_.label), options.get(chosen, chosen)))
    if asked.where:
        pairs.append((_("Conditions"), condition(type_, asked.where, actor)))
    return [*pairs, (_("Sorted by"), str(type_.sort(asked.sort).label))]


def condition(type_: RecordType, where: str, actor: Actor) -> str:
    """As a sentence; as it was written when it cannot be read any more."""
    try:
        found = understood(type_, where, actor)
    except CriteriaError:
        return where
    return sentence(found.asked, found.fields)


def in_one_line(pairs: list[tuple[str, str]]) -> str:
    return _("; ").join(_("%(what)s: %(which)s") % {"what": what, "which": which} for what, which in pairs)


def company_name() -> str:
    """The uppermost unit."""
    return Unit.objects.filter(parent=None).order_by("id").values_list("name", flat=True).first() or ""


@dataclass(frozen=True)
class Wish:
    """What a page is asked for, as the list itself resolves it: the reader's view, then their columns. `broken`: why
    the list shows nothing."""

    asked: Asked
    broken: list[str]


def wish_of(request: ActorRequest, type_: RecordType) -> Wish:
    opened = open_list(type_, request.GET, request.actor)
    asked = asked_by(request.actor, type_, request.GET, saved=opened.words)
    return Wish(replace(asked, view=opened.asked.view), opened.broken)
