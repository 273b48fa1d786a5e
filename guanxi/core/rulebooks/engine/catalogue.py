"""The names a rulebook may use in this installation. The room collects them from registries and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from guanxi.base.records.criteria.fields import Fields

WORDS = ("activity", "form", "state", "file")


@dataclass(frozen=True)
class EvidenceNames:
    """One provider of evidence: the word a clause writes, its kinds, and the subjects it is about (none: all)."""

    kinds: tuple[str, ...]
    qualities: tuple[str, ...]
    word: str = "activity"
    subjects: tuple[str, ...] = ()

    def is_about(self, subject: str) -> bool:
        return not self.subjects or subject in self.subjects


@dataclass(frozen=True)
class SubjectNames:
    """`people` are further words of `by`; `gates` what clauses may forbid about it."""

    fields: Fields
    sources: tuple[str, ...]
    people: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()


NO_SUBJECT = SubjectNames(Fields(), ())


def _anybody(number: str) -> bool:
    return True


@dataclass(frozen=True)
class Catalogue:
    """`works_here` answers whether somebody with this staff number does."""

    subjects: Mapping[str, SubjectNames] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    team_roles: tuple[str, ...] = ()
    evidence: Mapping[str, EvidenceNames] = field(default_factory=dict)
    works_here: Callable[[str], bool] = _anybody

    def providers(self, word: str, subject: str) -> list[EvidenceNames]:
        return [one for one in self.evidence.values() if one.word == word and one.is_about(subject)]

    def kinds(self, word: str, subject: str) -> tuple[str, ...]:
        return _merged(one.kinds for one in self.providers(word, subject))

    def qualities(self, word: str, subject: str) -> tuple[str, ...]:
        return _merged(one.qualities for one in self.providers(word, subject))


def _merged(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part))
