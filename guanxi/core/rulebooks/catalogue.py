"""The names rulebooks may use here: from the registries, and the roles of this company."""

from __future__ import annotations

from collections.abc import Callable

from guanxi.base.kernel import clock
from guanxi.base.org.models import Role, Staff

from .engine.catalogue import Catalogue, EvidenceNames, SubjectNames
from .registry import EVIDENCE, GATES, SOURCES, SUBJECTS

# Roles in a customer's team are free text there; these are the ones rules may speak of.
TEAM_ROLES = ("owner", "service", "doctor", "technical", "finance", "support")


def current_catalogue() -> Catalogue:
    roles = tuple(Role.objects.order_by("id").values_list("key", flat=True))
    return _catalogue(roles, works_here)


def works_here(number: str) -> bool:
    return Staff.objects.filter(number=number).exclude(left_on__lt=clock.today()).exists()


def shipped_catalogue() -> Catalogue:
    """Without the company's own names: what the published schema is made from."""
    return _catalogue((), lambda number: True)


def _catalogue(roles: tuple[str, ...], works_here: Callable[[str], bool]) -> Catalogue:
    return Catalogue(
        subjects={
            s.key: SubjectNames(s.fields, _sources_of(s.key), tuple(s.people), _gates_of(s.key)) for s in SUBJECTS
        },
        roles=roles,
        team_roles=TEAM_ROLES,
        evidence={e.key: EvidenceNames(e.kinds, tuple(e.qualities), e.word, e.subjects) for e in EVIDENCE},
        works_here=works_here,
    )


def _sources_of(subject: str) -> tuple[str, ...]:
    return tuple(source.name for source in SOURCES if source.subject == subject)


def _gates_of(subject: str) -> tuple[str, ...]:
    return tuple(gate.verb for gate in GATES if gate.subject == subject)
