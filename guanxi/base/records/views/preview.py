"""What criteria find: how many, and the first few, within the reader's own scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused

from ..asked import Asked
from ..conditions import Understood, understood
from ..criteria import CriteriaError
from ..listing import Listed, list_page
from ..types import RecordType
from .opening import said_with_place
from .patience import within_seconds
from .sentences import sentence

SAMPLE = 10


@dataclass(frozen=True)
class Preview:
    """`problem` instead of an answer; `understood` is None when the text cannot be read."""

    asked: Asked
    understood: Understood | None = None
    sentence: str = ""
    problem: str = ""
    listed: Listed | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int | None:
        return self.listed.count if self.listed else None


def preview(type_: RecordType, text: str, actor: Actor) -> Preview:
    asked = Asked.of(type_, {"where": text})
    try:
        # As the list reads it: cut where it is too long.
        found = understood(type_, asked.where, actor)
    except CriteriaError as unreadable:
        return Preview(asked, problem=said_with_place(unreadable))
    said = sentence(found.asked, found.fields)
    try:
        with within_seconds():
            listed = list_page(type_, asked, actor, size=SAMPLE)
    except Refused as slow:
        return Preview(asked, found, said, problem=str(slow.message))
    if getattr(listed, "too_broad", False):
        return Preview(asked, found, said, problem=too_broad())
    return Preview(asked, found, said, listed=listed)


def too_broad() -> str:
    return _("More than 10,000 records would have to be looked into. Narrow first, for example by status or owner.")
