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
    """`title` may hold %(name)s placeholders of `params`. A value that packs translate is {"zh": ..., "en": ...}.

    `params` may also name `clause` and `article` (the words of the rule) and `link` (the address to open).
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
    """The params in the reader's language."""
    short = (translation.get_language() or "zh")[:2]
    return Spoken(
        {k: v.get(short) or v.get("zh") or "" if isinstance(v, dict) else v for k, v in params.items()}
    )


def title_of(kind: str, params: Mapping[str, Any]) -> str:
    entry = KINDS.find(kind)
    return str(entry.title) % spoken(params) if entry else kind
