"""The names rulebooks may use here: from the registries, and the roles of this company."""

from __future__ import annotations

from guanxi.base.org.models import Role

from .engine.catalogue import Catalogue, EvidenceNames, SubjectNames
from .registry import EVIDENCE, SOURCES, SUBJECTS

# Roles in a customer's team are free text there; these are the ones rules may speak of.
TEAM_ROLES = ("owner", "service", "doctor", "technical", "finance", "support")


def current_catalogue() -> Catalogue:
    roles = tuple(Role.objects.order_by("id").values_list("key", flat=True))
    return _catalogue(roles)


def shipped_catalogue() -> Catalogue:
    """Without the company's own names: what the published schema is made from."""
    return _catalogue(())


def _catalogue(roles: tuple[str, ...]) -> Catalogue:
    return Catalogue(
        subjects={s.key: SubjectNames(s.fields, _sources_of(s.key)) for s in SUBJECTS},
        roles=roles,
        team_roles=TEAM_ROLES,
        evidence={e.key: EvidenceNames(e.kinds, tuple(e.qualities)) for e in EVIDENCE},
    )


def _sources_of(subject: str) -> tuple[str, ...]:
    return tuple(source.name for source in SOURCES if source.subject == subject)
