"""Duties follow what happens elsewhere, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import events as org
from guanxi.core.activities import events as activities
from guanxi.core.activities.models import Activity
from guanxi.core.customers import events as customers

from . import events as rulebooks
from .jobs import follow_approval, follow_soon
from .models import Duty, PastSkipped, Withdrawn
from .phases.run import run_phases
from .phases.scope import Scope, of_customers, of_subjects

# A large import is undone in one transaction that takes a while.
JUST_NOW = timedelta(hours=1)
# The provider of records of contact (providers.py).
ACTIVITY = "activity"
FOLLOW = ("correct", "raise", "settle", "conclude")


def subscribe() -> None:
    events.subscribe(activities.LOGGED, evidence_came)
    for name in (activities.CHANGED, activities.REMOVED):
        events.subscribe(name, evidence_changed)
    events.subscribe(rulebooks.APPROVED, version_approved)
    events.subscribe(rulebooks.SWITCHED_OFF, version_approved)
    events.subscribe(rulebooks.HANDED_OVER, duties_handed_over)
    for name in (org.POSTS_CHANGED, org.CALENDAR_CHANGED):
        events.subscribe(name, company_changed)
    for name in (
        customers.CHANGED,
        customers.TRANSFERRED,
        customers.REMOVED,
        customers.RESTORED,
        customers.REST_CHANGED,
        customers.TEAM_CHANGED,
    ):
        events.subscribe(name, customers_changed)


def evidence_came(event: Event, actor: Actor) -> None:
    run_phases(("settle", "conclude"), of_customers(_customers(event)), settled_by=ACTIVITY)


def evidence_changed(event: Event, actor: Actor) -> None:
    run_phases(("correct", "settle", "conclude"), of_customers(_customers(event)), settled_by=ACTIVITY)


def follow_evidence(key: str, scopes: Iterable[Scope]) -> None:
    """Pieces of this provider came, changed or went."""
    for scope in scopes:
        if scope.ids:
            run_phases(("correct", "settle", "conclude"), scope, settled_by=key)


def customers_changed(event: Event, actor: Actor) -> None:
    run_phases(FOLLOW, of_customers(event.ids))
    _explain(Duty.objects.filter(customer_id__in=list(event.ids)), event)


def _explain(duties: QuerySet[Duty], event: Event) -> None:
    """A record that went because its import was undone says so."""
    if event.hints.get("why") == Withdrawn.UNDONE:
        duties.filter(withdrawn_why=Withdrawn.REMOVED, withdrawn_at__gte=clock.now() - JUST_NOW).update(
            withdrawn_why=Withdrawn.UNDONE
        )


def subjects_changed(event: Event, actor: Actor) -> None:
    """The hint `catch_up: skip` says that steps already past are not wanted for these subjects, now or ever."""
    if event.hints.get("catch_up") == "skip":
        rows = [PastSkipped(subject_kind=event.kind, subject_id=one) for one in event.ids]
        PastSkipped.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)
    run_phases(FOLLOW, of_subjects(event.kind, event.ids))
    _explain(Duty.objects.filter(subject_kind=event.kind, subject_id__in=list(event.ids)), event)


def _customers(event: Event) -> Sequence[int]:
    known = event.hints.get("customers")
    return known or list(Activity.objects.filter(id__in=event.ids).values_list("customer_id", flat=True).distinct())


def duties_handed_over(event: Event, actor: Actor) -> None:
    """The receiver may have called already."""
    for kind, ids in subjects_of(event.ids).items():
        run_phases(("settle",), of_subjects(kind, ids))


def subjects_of(duty_ids: Sequence[int]) -> dict[str, list[int]]:
    """What duties are about: kind and ids."""
    found: dict[str, list[int]] = {}
    for kind, one in Duty.objects.filter(id__in=duty_ids).values_list("subject_kind", "subject_id").distinct():
        found.setdefault(kind, []).append(one)
    return found


def company_changed(event: Event, actor: Actor) -> None:
    """Who has a duty and when it is due may change anywhere: too much to wait for."""
    follow_soon()


def version_approved(event: Event, actor: Actor) -> None:
    """Raising over a whole company takes longer than a person should wait."""
    follow_approval.defer()
