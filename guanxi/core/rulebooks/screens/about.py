"""What a duty is about where no customer says it, and where its evidence is made: as the rooms registered it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from ..registry import SUBJECTS, Subject, evidence_for

ACTIVITY = "activity"


def subject_of(kind: str) -> Subject | None:
    return next((subject for subject in SUBJECTS if subject.kind == kind), None)


def label_of(kind: str) -> str:
    subject = subject_of(kind)
    return str(subject.label) if subject else ""


def names_of(about: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """What these records are called, by kind and id: one query however many there are of however many kinds."""
    ids: dict[str, set[int]] = {}
    for kind, one in about:
        ids.setdefault(kind, set()).add(one)
    parts: list[str] = []
    values: dict[str, object] = {}
    for number, (kind, wanted) in enumerate(sorted(ids.items())):
        subject = subject_of(kind)
        if subject and subject.name:
            parts.append(
                f"SELECT %(kind{number})s, {subject.id}, {subject.name} FROM {subject.relation}"  # noqa: S608 (registered by rooms)
                f" WHERE {subject.id} = ANY(%(ids{number})s)"
            )
            values |= {f"kind{number}": kind, f"ids{number}": sorted(wanted)}
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {(kind, one): name or "" for kind, one, name in cursor.fetchall()}


def page_of(kind: str, subject_id: int, *, customer: int | None, duty: int) -> str:
    subject = subject_of(kind)
    return filled(subject.page, subject_id, customer, duty) if subject else ""


def place_of(word: str, kind: str, subject: str, subject_id: int, *, customer: int | None, duty: int) -> str:
    """Where such a piece of evidence is made; "" for records of contact, which are made in the row of the duty."""
    evidence = evidence_for(word, [kind], subject) if word and word != ACTIVITY else None
    return filled(evidence.places.get(kind, ""), subject_id, customer, duty) if evidence else ""


def filled(address: str, subject_id: int, customer: int | None, duty: int) -> str:
    return address.format(id=subject_id, subject=subject_id, customer=customer or "", duty=duty)


def settles(word: str, kinds: Iterable[str], subject: str) -> str:
    """What is asked for, in the words of whoever provides it."""
    evidence = evidence_for(word, kinds, subject)
    if evidence is None:
        return ""
    return _(" or ").join(str(evidence.labels.get(kind, kind)) for kind in kinds)
