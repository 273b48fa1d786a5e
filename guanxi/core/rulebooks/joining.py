"""How another room makes its records something rules can be about, or what settles their duties. Called from its
`apps.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.types import PANELS, Panel

from .handlers import follow_evidence, subjects_changed
from .phases.scope import CUSTOMER, Scope, of_subjects
from .registry import EVIDENCE, SUBJECTS, Evidence, Subject
from .screens.panels import LABEL, TEMPLATE, subject_panel

Concerned = Callable[[Event], Iterable[Scope]]


def add_subject(subject: Subject, *, told_by: Sequence[str]) -> None:
    """Rules can be about these records, and follow these events of theirs in the same transaction. Their cards show
    what the rules ask for."""
    SUBJECTS.add(subject)
    for name in told_by:
        events.subscribe(name, subjects_changed)
    if subject.kind != CUSTOMER:
        PANELS.add(Panel(f"{subject.kind}-duties", subject.kind, LABEL, TEMPLATE, subject_panel, order=10))


def itself(event: Event) -> Iterable[Scope]:
    """The pieces are about the records that the event is about."""
    return [of_subjects(event.kind, event.ids)]


def add_evidence(evidence: Evidence, *, told_by: Sequence[str] = (), subjects_of: Concerned = itself) -> None:
    """Such pieces settle duties, in the transaction of the events that bring, change or take them away.

    Where an event is about another record, e.g. a transfer list, `subjects_of` says whose duties are concerned:

    add_evidence(LISTS, told_by=(SENT, CANCELLED), subjects_of=lambda e: [of_subjects("contactform", forms_on(e.ids))])

    What changes by the subject's own events (`add_subject(told_by=...)`) need not be named here.
    """
    EVIDENCE.add(evidence)

    def follow(event: Event, actor: Actor) -> None:
        follow_evidence(evidence.key, subjects_of(event))

    for name in told_by:
        events.subscribe(name, follow)
