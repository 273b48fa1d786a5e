"""Who: `owner`, `superior`, `collector`, `{role: service-doctor}`, `{team: doctor}`, `{named: "0012"}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guanxi.base.records.criteria.problems import Problem, _, unknown

from .catalogue import Catalogue
from .rules import Who
from .shapes import not_yet
from .yaml_text import Item, Mapping, Report, Scalar

LATER = ("unit head", "everyone")
NOBODY = Who("nobody")
KINDS = ("role", "team", "named")


@dataclass(frozen=True)
class People:
    """Plain `words`, and the people a record of the subject knows; roles, team roles and staff must exist."""

    catalogue: Catalogue
    words: tuple[str, ...]
    people: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS

    def read(self, item: Item, report: Report) -> Who:
        if isinstance(item, Scalar):
            return self._word(item, report)
        if isinstance(item, Mapping) and len(item.entries) == 1:
            kind, name = next(iter(item.entries.items()))
            if kind in self.kinds and isinstance(name, Scalar):
                return self._named(kind, name, report)
        report.add(self._unfit(), item)
        return NOBODY

    def _unfit(self) -> Problem:
        if self.kinds == KINDS:
            return Problem("who_form", _("Write a word such as owner, or {role: service-doctor}."))
        options = ", ".join([*self.words, *self.people, *(f"{{{kind}: ...}}" for kind in self.kinds)])
        return Problem("who_form", _("One of these is expected here: %(options)s."), {"options": options})

    def _word(self, item: Scalar, report: Report) -> Who:
        if item.text in self.words:
            return Who(item.text)
        if item.text in self.people:
            return Who("person", item.text)
        known = (*self.words, *self.people)
        report.add(not_yet(item.text) if item.text in LATER else _unknown_person(item.text, known), item)
        return NOBODY

    def _named(self, kind: str, item: Scalar, report: Report) -> Who:
        name = report.filled(item)
        if not isinstance(name, Scalar) or (name is not item and name.is_blank):
            return Who(kind, "")
        if kind == "named":
            if not self.catalogue.works_here(name.text):
                report.add(_unknown_number(name.text), name)
        elif name.text not in (known := self.catalogue.roles if kind == "role" else self.catalogue.team_roles):
            report.add(_unknown_role(name.text, known), name)
        return Who(kind, name.text)

    def schema(self) -> dict[str, Any]:
        named = [
            {
                "type": "object",
                "properties": {kind: {"type": "string"}},
                "required": [kind],
                "additionalProperties": False,
            }
            for kind in self.kinds
        ]
        return {"anyOf": [{"type": "string", "examples": list(self.words)}, *named]}


def _unknown_person(name: str, known: tuple[str, ...]) -> Problem:
    problem = unknown(
        "unknown_person",
        _('"%(name)s" is nobody here; known are %(options)s, and role, team or named in braces.'),
        _('"%(name)s" is nobody here. Did you mean "%(nearest)s"?'),
        name=name,
        known=known,
    )
    return Problem(problem.code, problem.text, {**problem.params, "options": ", ".join(known)})


def _unknown_number(number: str) -> Problem:
    return Problem("unknown_staff", _('Nobody with the staff number "%(name)s" works here.'), {"name": number})


def _unknown_role(name: str, known: tuple[str, ...]) -> Problem:
    return unknown(
        "unknown_role",
        _('Nobody has a role "%(name)s" in this company.'),
        _('Nobody has a role "%(name)s" in this company. Did you mean "%(nearest)s"?'),
        name=name,
        known=known,
    )
