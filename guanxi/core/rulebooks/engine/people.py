"""Who: `owner`, `superior`, `{role: service-doctor}`, `{team: doctor}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guanxi.base.records.criteria.problems import Problem, _, unknown

from .catalogue import Catalogue
from .rules import Who
from .shapes import not_among, not_yet
from .yaml_text import Item, Mapping, Report, Scalar

LATER = ("unit head", "named", "everyone")
NOBODY = Who("nobody")


@dataclass(frozen=True)
class People:
    """Plain words of `words`; roles and team roles must exist."""

    catalogue: Catalogue
    words: tuple[str, ...]

    def read(self, item: Item, report: Report) -> Who:
        if isinstance(item, Scalar):
            return self._word(item, report)
        if isinstance(item, Mapping) and len(item.entries) == 1:
            kind, name = next(iter(item.entries.items()))
            if kind in {"role", "team"} and isinstance(name, Scalar):
                return self._named(kind, name, report)
        report.add(Problem("who_form", _("Write a word such as owner, or {role: service-doctor}.")), item)
        return NOBODY

    def _word(self, item: Scalar, report: Report) -> Who:
        if item.text in self.words:
            return Who(item.text)
        report.add(not_yet(item.text) if item.text in LATER else not_among(item.text, self.words), item)
        return NOBODY

    def _named(self, kind: str, name: Scalar, report: Report) -> Who:
        known = self.catalogue.roles if kind == "role" else self.catalogue.team_roles
        if name.text not in known:
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
            for kind in ("role", "team")
        ]
        return {"oneOf": [{"enum": list(self.words)}, *named]}


def _unknown_role(name: str, known: tuple[str, ...]) -> Problem:
    return unknown(
        "unknown_role",
        _('Nobody has a role "%(name)s" in this company.'),
        _('Nobody has a role "%(name)s" in this company. Did you mean "%(nearest)s"?'),
        name=name,
        known=known,
    )
