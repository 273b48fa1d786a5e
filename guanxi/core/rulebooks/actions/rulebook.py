"""Drafting and approving. An approved version never changes; the next one replaces it from its effective day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.org import gate

from .. import events as told
from ..checking import read_or_refuse
from ..engine.filling import filled, given_parameters
from ..engine.rules import Rulebook as Book
from ..gates import set_restrictions
from ..models import Clause, Reading, Rule, Rulebook, Version, VersionState
from ..phases.running import versions_in_force
from ..readers import ask_to_read
from .terms import LAST_DAY, Terms, require_another_than_the_drafter, require_possible

KIND = Rulebook.KIND
LONGEST_REASON = 200


@action("rulebooks:version:drafted", _("%(who)s wrote a draft of this rulebook."))
def save_draft(text: str, *, actor: Actor) -> Version:
    """Replaces the rulebook's draft, if it has one. Raises Faulty with every problem of the text."""
    gate.ask(actor, "create", KIND)
    book = read_or_refuse(text)
    rulebook, _is_new = Rulebook.objects.get_or_create(
        key=book.key, defaults={"title": book.title, "title_en": book.title_en}
    )
    Rulebook.objects.select_for_update().get(id=rulebook.pk)
    version, _is_new = Version.objects.update_or_create(
        rulebook=rulebook,
        state=VersionState.DRAFT,
        defaults={"text": text, "source": book.source, "drafted_by_id": actor.staff_id},
        create_defaults={
            "text": text,
            "source": book.source,
            "drafted_by_id": actor.staff_id,
            "number": _next_number(rulebook),
            "created_at": clock.now(),
        },
    )
    trail.record(KIND, rulebook.pk, actor=actor, changes={"version": [None, version.number]})
    return version


@action("rulebooks:version:filled_in", _("%(who)s filled in the values of a draft."))
def fill_in_values(version_id: int, values: Mapping[str, str], *, actor: Actor) -> Version:
    """The parameters of a draft, by name. Who filled in values has not written the text. Raises Faulty."""
    gate.ask(actor, "update", KIND)
    version = access_version(version_id, lock=True)
    if version.state != VersionState.DRAFT:
        raise Refused(_("This version is approved already and stays as it is."), code="version_approved")
    text, before = filled(version.text, values), dict(_named_values(version.text))
    read_or_refuse(text)
    changes = {name: [before.get(name), value] for name, value in _named_values(text) if value != before.get(name)}
    if not changes:
        trail.unchanged()
        return version
    version.text = text
    version.save(update_fields=["text"])
    trail.record(KIND, version.rulebook_id, actor=actor, changes=changes)
    return version


def _named_values(text: str) -> list[tuple[str, str]]:
    return [(each.name, each.value) for each in given_parameters(text)]


@action("rulebooks:version:approved", _("%(who)s approved a version of this rulebook."))
def approve_version(
    version_id: int,
    *,
    actor: Actor,
    effective_on: date,
    anchors_from: date | None = None,
    until_on: date | None = None,
    catch_up: str = "fold",
    on_replace: str = "keep",
    is_trial: bool = False,
    unit_ids: Iterable[int] = (),
) -> Version:
    """In force from `effective_on`. Occurrences before that day count only from `anchors_from`, if given.

    Duties are raised by the job this defers; `run_rules()` does it at once. What it forbids is forbidden at once.
    """
    gate.ask(actor, "approve", KIND)
    version = access_version(version_id, lock=True)
    if version.state != VersionState.DRAFT:
        raise Refused(_("This version is approved already and stays as it is."), code="version_approved")
    require_another_than_the_drafter(version, actor=actor)
    book = read_or_refuse(version.text)
    units = tuple(sorted(set(unit_ids)))
    terms = Terms(effective_on, anchors_from, until_on, catch_up, on_replace, is_trial, units)
    require_possible(version, book, terms)
    terms.apply_to(version)
    version.state, version.approved_at, version.approved_by_id = VersionState.APPROVED, clock.now(), actor.staff_id
    version.save()
    _store_rules(version, book)
    Rulebook.objects.filter(id=version.rulebook_id).update(title=book.title, title_en=book.title_en)
    version.rulebook.refresh_from_db()
    set_restrictions()
    ask_to_read(version, actor=actor)
    trail.record(KIND, version.rulebook_id, actor=actor, changes={"version": [None, version.number]} | terms.changes())
    events.publish(Event(told.APPROVED, "rulebookversion", [version.pk]), actor=actor)
    return version


@action("rulebooks:version:switched_off", _("%(who)s switched this rulebook off."))
def switch_off(version_id: int, *, actor: Actor, last_on: date, why: str) -> Version:
    """Its period ends with `last_on` (yesterday: at once). Its duties stay; it raises nothing new (POL-01)."""
    gate.ask(actor, "approve", KIND)
    version = access_version(version_id, lock=True)
    if version.state == VersionState.DRAFT or version.pk not in versions_that_hold(version.rulebook_id):
        raise Refused(_("This version is not in force."), code="not_in_force")
    _require_a_day_and_a_reason(version, last_on, why)
    before, version.until_on = version.until_on, last_on
    version.save(update_fields=["until_on"])
    set_restrictions()
    changes = {"version": [None, version.number], "until_on": [before and str(before), str(last_on)]}
    trail.record(KIND, version.rulebook_id, actor=actor, changes=changes | {"why": [None, why.strip()]})
    events.publish(Event(told.SWITCHED_OFF, "rulebookversion", [version.pk]), actor=actor)
    return version


def _require_a_day_and_a_reason(version: Version, last_on: date, why: str) -> None:
    errors: dict[str, list[Any]] = {}
    if last_on < clock.today() - timedelta(days=1):
        errors["last_on"] = [_("It cannot end before today.")]
    elif last_on > LAST_DAY:
        errors["last_on"] = [_("Choose a day before the year 2200.")]
    if not why.strip():
        errors["why"] = [_("Say why.")]
    elif len(why) > LONGEST_REASON:
        errors["why"] = [_("At most %(count)s characters.") % {"count": LONGEST_REASON}]
    if errors:
        raise Invalid(errors)


def versions_that_hold(rulebook_id: int) -> set[int]:
    """In force today, or approved for a day to come."""
    coming = Version.objects.filter(
        rulebook_id=rulebook_id, state=VersionState.APPROVED, effective_on__gt=clock.today()
    )
    return {*versions_in_force(), *coming.values_list("id", flat=True)}


@action("rulebooks:version:read", _("%(who)s confirmed having read this rulebook."))
def confirm_reading(version_id: int, *, actor: Actor) -> Reading:
    gate.ask(actor, "read", KIND)
    version = access_version(version_id)
    if version.state == VersionState.DRAFT:
        raise Refused(_("A draft is not in force; there is nothing to confirm yet."), code="draft")
    if actor.staff_id is None:
        raise Refused(_("Only a person can confirm having read something."), code="nobody")
    reading, is_new = Reading.objects.get_or_create(
        version=version, staff_id=actor.staff_id, defaults={"confirmed_at": clock.now()}
    )
    if is_new:
        trail.record(KIND, version.rulebook_id, actor=actor, changes={"version": [None, version.number]})
    else:
        trail.unchanged()
    return reading


def access_version(version_id: int, *, lock: bool = False) -> Version:
    """Raises Missing. Everybody on staff may read the rules they are held to."""
    rows = Version.objects.select_related("rulebook")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=version_id).first()
    if found is None:
        raise Missing()
    return found


def _next_number(rulebook: Rulebook) -> int:
    latest = rulebook.versions.order_by("-number").values_list("number", flat=True).first()
    return (latest or 0) + 1


def _store_rules(version: Version, book: Book) -> None:
    Clause.objects.bulk_create(
        [Clause(rulebook=version.rulebook, key=rule.id) for rule in book.rules], ignore_conflicts=True
    )
    clauses = dict(version.rulebook.clauses.values_list("key", "id"))
    Rule.objects.bulk_create(
        Rule(
            version=version,
            clause_id=clauses[rule.id],
            article=rule.article,
            article_en=rule.article_en,
            topic=rule.topic,
            position=position,
            spec=rule.to_json(),
        )
        for position, rule in enumerate(book.rules, 1)
    )
