"""What the approver decides about a version, and what of it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.models import Staff, Unit

from ..engine.rules import Rulebook as Book
from ..models import CatchUp, OnReplace, Rulebook, Version, VersionState

KIND = Rulebook.KIND
# Days are counted on from these, so none may be the last one there is.
LAST_DAY = date(2199, 12, 31)


@dataclass(frozen=True)
class Terms:
    """`until_on` is the last day; `unit_ids` empty: the whole company."""

    effective_on: date
    anchors_from: date | None = None
    until_on: date | None = None
    catch_up: str = "fold"
    on_replace: str = "keep"
    is_trial: bool = False
    unit_ids: tuple[int, ...] = ()

    def apply_to(self, version: Version) -> None:
        for name, value in vars(self).items():
            setattr(version, name, list(value) if name == "unit_ids" else value)

    def changes(self) -> dict[str, list[object]]:
        said = {
            name: value.isoformat() if isinstance(value, date) else list(value) if name == "unit_ids" else value
            for name, value in vars(self).items()
        }
        return {name: [None, value] for name, value in said.items()}


def require_possible(version: Version, book: Book, terms: Terms) -> None:
    errors: dict[str, list[Any]] = {}
    if book.empty_parameters:
        names = ", ".join(book.empty_parameters)
        errors["text"] = [_("Fill in these values before approval: %(names)s.") % {"names": names}]
    latest = _begin_of_latest(version)
    if latest and terms.effective_on < latest:
        errors["effective_on"] = [
            _("An earlier version applies from %(day)s; this one cannot begin before it.") % {"day": latest}
        ]
    if terms.anchors_from and terms.anchors_from > terms.effective_on:
        errors["anchors_from"] = [_("Choose a day before the effective day, or none.")]
    if terms.until_on and terms.until_on < max(terms.effective_on, clock.today()):
        errors["until_on"] = [_("The last day lies before the first, or has passed already.")]
    errors |= _bad_choices(terms)
    if errors:
        raise Invalid(errors)


def _bad_choices(terms: Terms) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {
        name: [_("Choose a day before the year 2200.")]
        for name, day in vars(terms).items()
        if isinstance(day, date) and day > LAST_DAY
    }
    if terms.catch_up not in CatchUp.values:
        errors["catch_up"] = [_("Choose what happens with steps whose time is over.")]
    if terms.on_replace not in OnReplace.values:
        errors["on_replace"] = [_("Choose what happens with duties that are open.")]
    wanted = set(terms.unit_ids)
    if wanted and Unit.objects.filter(id__in=wanted, closed_on=None).count() != len(wanted):
        errors["unit_ids"] = [_("One of these units does not exist any more.")]
    return errors


def _begin_of_latest(version: Version) -> date | None:
    others = version.rulebook.versions.exclude(state=VersionState.DRAFT).order_by("-effective_on")
    return others.values_list("effective_on", flat=True).first()


def require_another_than_the_drafter(version: Version, *, actor: Actor) -> None:
    """Four eyes, wherever there are four: with one approver in the company, the page says that they were two."""
    if version.drafted_by_id is None or version.drafted_by_id != actor.staff_id:
        return
    other = other_approvers(actor).first()
    if other is not None:
        text = _("You wrote this draft. Somebody else approves it, for example %(name)s.")
        raise Refused(text % {"name": other.name}, code="own_draft")


def other_approvers(actor: Actor) -> QuerySet[Staff]:
    today = clock.today()
    held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
    granted = Q(posts__role__grants__kind=KIND, posts__role__grants__verb="approve")
    people = Staff.objects.filter(held & granted, account__is_active=True).exclude(left_on__lt=today)
    return people.exclude(id=actor.staff_id or -1).distinct().order_by("pinyin", "id")
