"""The names a rulebook may use in this installation. The room collects them from registries and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guanxi.base.records.criteria.fields import Fields


@dataclass(frozen=True)
class EvidenceNames:
    kinds: tuple[str, ...]
    qualities: tuple[str, ...]


@dataclass(frozen=True)
class SubjectNames:
    fields: Fields
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    subjects: Mapping[str, SubjectNames] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    team_roles: tuple[str, ...] = ()
    evidence: Mapping[str, EvidenceNames] = field(default_factory=dict)
