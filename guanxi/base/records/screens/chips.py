"""What a list is narrowed by, each part with the address that takes it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ..asked import Asked
from ..criteria import All, CriteriaError, parse, show
from ..types import Filter, Options, RecordType


@dataclass(frozen=True)
class Chip:
    label: Any
    text: Any
    without: str


def chips_of(type_: RecordType, asked: Asked, filters: Sequence[tuple[Filter, Options]]) -> list[Chip]:
    found = [Chip(_("Search"), asked.q, asked.address(type_, q=""))] if asked.q else []
    for filter_, options in filters:
        chosen = {str(value): label for value, label in options}.get(asked.filters.get(filter_.key, ""))
        if chosen:
            found.append(Chip(filter_.label, chosen, asked.address(type_, **{filter_.key: ""})))
    parts = parts_of(asked.where)
    for at, part in enumerate(parts):
        rest = " and ".join(f"({other})" for i, other in enumerate(parts) if i != at)
        found.append(Chip(_("Condition"), part, asked.address(type_, where=rest)))
    return found


def parts_of(where: str) -> list[str]:
    """The conditions that all hold, one by one; a text that cannot be read stays whole."""
    if not where:
        return []
    try:
        node = parse(where)
    except CriteriaError:
        return [where]
    return [show(part) for part in node.parts] if isinstance(node, All) and node.parts else [where]
