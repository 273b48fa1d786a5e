"""What a view or segment says, as it is kept: checked against what its writer may ask, with numbers for names."""

from __future__ import annotations

from collections.abc import Mapping

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid

from ..conditions import understood
from ..criteria import CriteriaError, show
from ..criteria.wording import say
from ..types import RecordType
from . import segments


def kept_words(type_: RecordType, words: Mapping[str, str], actor: Actor) -> dict[str, str]:
    """Without the view it began with; names in the criteria become numbers, so that they outlive a change of name."""
    kept = {key: str(value) for key, value in words.items() if value and key != "view"}
    if kept.get("where"):
        try:
            kept["where"] = settled(type_, kept["where"], actor)
        except CriteriaError as unreadable:
            raise Invalid({"where": [say(unreadable.problem)]}) from None
    return kept


def settled(type_: RecordType, text: str, actor: Actor, *, within: int = 0) -> str:
    """The text as it is kept. Raises CriteriaError."""
    return show(segments.with_numbers(understood(type_, text, actor, within=within).asked, type_.key))
