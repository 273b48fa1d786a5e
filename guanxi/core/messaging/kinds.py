"""The sentences of the message centre. Rooms register theirs; `params` are looked up, never formatted by users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise

from guanxi.base.kernel.registry import Registry


@dataclass(frozen=True)
class MessageKind:
    """`title` may hold %(name)s placeholders of `params`; a name with a second one in `..._en` is shown in English.

    `params` may also name `article` (the words of the rule) and `link` (the address to open).
    """

    key: str
    title: str | Promise
    is_late: bool = False


KINDS: Registry[MessageKind] = Registry("message kinds")


class Spoken(dict[str, Any]):
    """Missing names read as a dash: a message must show even when what it spoke of is gone."""

    def __missing__(self, key: str) -> str:
        return "–"


def spoken(params: Mapping[str, Any]) -> Spoken:
    """The params in the reader's language: `purpose_en` stands in for `purpose` when that is English."""
    english = (translation.get_language() or "").startswith("en")
    return Spoken({k: (params.get(f"{k}_en") or v) if english else v for k, v in params.items()})


def title_of(kind: str, params: Mapping[str, Any]) -> str:
    entry = KINDS.find(kind)
    return str(entry.title) % spoken(params) if entry else kind
