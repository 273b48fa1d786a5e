"""Drafting and approving. An approved version never changes; the next one replaces it from its effective day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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
from ..engine.rules import Rulebook as Book
from ..models import CatchUp, Clause, Rule, Rulebook, Version, VersionState

KIND = Rulebook.KIND


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
        defaults={"text": text, "source": book.source},
        create_defaults={
            "text": text,
            "source": book.source,
            "number": _next_number(rulebook),
            "created_at": clock.now(),
        },
    )
    trail.record(KIND, rulebook.pk, actor=actor, changes={"version": [None, version.number]})
    return version


@action("rulebooks:version:approved", _("%(who)s approved a version of this rulebook."))
def approve_version(
    version_id: int,
    *,
    actor: Actor,
    effective_on: date,
    anchors_from: date | None = None,
    catch_up: str = "fold",
    unit_ids: Iterable[int] = (),
) -> Version:
    """In force from `effective_on`. Occurrences before that day count only from `anchors_from`, if given.

    Duties are raised by the job this defers; `run_rules()` does it at once.
    """
    gate.ask(actor, "approve", KIND)
    version = Version.objects.select_for_update(of=("self",)).select_related("rulebook").filter(id=version_id).first()
    if version is None:
        raise Missing()
    if version.state != VersionState.DRAFT:
        raise Refused(_("This version is approved already and stays as it is."), code="version_approved")
    book = read_or_refuse(version.text)
    _require_approvable(version, book, effective_on, anchors_from, catch_up)
    version.effective_on, version.anchors_from, version.catch_up = effective_on, anchors_from, catch_up
    version.unit_ids = sorted(unit_ids)
    version.state, version.approved_at, version.approved_by_id = VersionState.APPROVED, clock.now(), actor.staff_id
    version.save()
    _store_rules(version, book)
    Rulebook.objects.filter(id=version.rulebook_id).update(title=book.title, title_en=book.title_en)
    trail.record(KIND, version.rulebook_id, actor=actor, changes=_approval(version))
    events.publish(Event(told.APPROVED, "rulebookversion", [version.pk]), actor=actor)
    return version


def _next_number(rulebook: Rulebook) -> int:
    latest = rulebook.versions.order_by("-number").values_list("number", flat=True).first()
    return (latest or 0) + 1


def _require_approvable(
    version: Version, book: Book, effective_on: date, anchors_from: date | None, catch_up: str
) -> None:
    errors = {}
    if book.empty_parameters:
        names = ", ".join(book.empty_parameters)
        errors["text"] = [_("Fill in these values before approval: %(names)s.") % {"names": names}]
    latest = (
        version.rulebook.versions.exclude(state=VersionState.DRAFT)
        .order_by("-effective_on")
        .values_list("effective_on", flat=True)
        .first()
    )
    if latest and effective_on < latest:
        errors["effective_on"] = [
            _("An earlier version applies from %(day)s; this one cannot begin before it.") % {"day": latest}
        ]
    if anchors_from and anchors_from > effective_on:
        errors["anchors_from"] = [_("Choose a day before the effective day, or none.")]
    if catch_up not in CatchUp.values:
        errors["catch_up"] = [_("Choose what happens with steps whose time is over.")]
    if errors:
        raise Invalid(errors)


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


def _approval(version: Version) -> dict[str, list[object]]:
    return {
        "version": [None, version.number],
        "effective_on": [None, str(version.effective_on)],
        "anchors_from": [None, version.anchors_from and str(version.anchors_from)],
        "catch_up": [None, version.catch_up],
        "unit_ids": [None, version.unit_ids],
    }
