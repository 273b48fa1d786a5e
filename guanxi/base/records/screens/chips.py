"""What a list is narrowed by, each part with the address that takes it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor

from ..asked import Asked
from ..conditions import understood
from ..criteria import All, CriteriaError, parse, show
from ..types import Filter, Options, RecordType
from ..views.sentences import names_in, sentence


@dataclass(frozen=True)
class Chip:
    label: Any
    text: Any
    without: str


def chips_of(type_: RecordType, asked: Asked, filters: Sequence[tuple[Filter, Options]], actor: Actor) -> list[Chip]:
    found = [Chip(_("Search"), asked.q, asked.address(type_, q=""))] if asked.q else []
    for filter_, options in filters:
        chosen = {str(value): label for value, label in options}.get(asked.filters.get(filter_.key, ""))
        if chosen:
            found.append(Chip(filter_.label, chosen, asked.address(type_, **{filter_.key: ""})))
    parts = parts_of(asked.where)
    words = in_words(type_, asked.where, actor)
    for at, part in enumerate(words if len(words) == len(parts) else parts):
        rest = " and ".join(f"({other})" for i, other in enumerate(parts) if i != at)
        found.append(Chip(_("Condition"), part, asked.address(type_, where=rest)))
    return found


def in_words(type_: RecordType, where: str, actor: Actor) -> list[str]:
    """Each of those conditions as a sentence; none of a text that the reader may not ask."""
    if not where:
        return []
    try:
        found = understood(type_, where, actor)
    except CriteriaError:
        return []
    parts = found.asked.parts if isinstance(found.asked, All) and found.asked.parts else (found.asked,)
    names = names_in([found.asked], found.fields)
    return [sentence(part, found.fields, names) for part in parts]


def parts_of(where: str) -> list[str]:
    """The conditions that all hold, one by one; a text that cannot be read stays whole."""
    if not where:
        return []
    try:
        node = parse(where)
    except CriteriaError:
        return [where]
    return [show(part) for part in node.parts] if isinstance(node, All) and node.parts else [where]
