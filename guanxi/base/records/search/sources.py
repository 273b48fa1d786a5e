"""What the search box looks through: every searchable record type, and what rooms register beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry
from guanxi.base.org.scopes import may

from ..screens.lists import cell_maker
from ..types import RECORD_TYPES, ListColumn, RecordType
from .finding import Finding
from .marking import marked

MOST = 8


@dataclass(frozen=True)
class Hit:
    url: str
    title: Any
    sub: Any = ""
    hint: Any = ""


@dataclass(frozen=True)
class Group:
    """`more`: the address with all of them, when there are more than shown."""

    key: str
    label: Any
    hits: list[Hit] = field(default_factory=list)
    more: str = ""


@dataclass(frozen=True)
class Source:
    """Something found that is no record type: `find(actor, text, limit)` gives hits within the actor's rights.

    It is asked for one more than is shown. `more(text)` is the address with all of them.
    """

    key: str
    label: Any
    find: Callable[[Actor, str, int], list[Hit]]
    more: Callable[[str], str] = lambda text: ""
    order: int = 50


SEARCH_SOURCES: Registry[Source] = Registry("search sources")


def groups_for(actor: Actor, text: str) -> list[Group]:
    """Those with at least one hit."""
    types = [t for t in RECORD_TYPES if t.searchable and may(actor, t.key, "read")]
    sources = sorted(SEARCH_SOURCES, key=lambda source: source.order)
    groups = [*(of_type(t, text, actor) for t in types), *(of_source(s, text, actor) for s in sources)]
    return [group for group in groups if group.hits]


def of_type(type_: RecordType, text: str, actor: Actor) -> Group:
    finding = Finding.of(type_, text, actor, most=MOST + 1)
    known = type_.all_columns
    columns = [known[key] for key in type_.usual_columns]
    rows = finding.rows(columns) if finding else []
    makers = [cell_maker(type_, column, actor) for column in columns]
    hits = [
        hit_of(type_, row, columns, [make(row, row[i + 4]) for i, make in enumerate(makers)], text)
        for row in rows[:MOST]
    ]
    more = f"/{type_.path}?{urlencode({'q': text})}" if len(rows) > MOST else ""
    return Group(type_.key, type_.plural, hits, more)


def hit_of(type_: RecordType, row: tuple[Any, ...], columns: list[ListColumn], cells: list[Any], text: str) -> Hit:
    """The first column is the title; two more that are plain words tell which of them it is."""
    rest = [str(cell) for cell, column in zip(cells[1:], columns[1:], strict=True) if cell and not column.choices]
    return Hit(f"/{type_.path}/{row[0]}", marked(str(cells[0]), text), marked(" · ".join(rest[:2]), text))


def of_source(source: Source, text: str, actor: Actor) -> Group:
    hits = source.find(actor, text, MOST + 1)
    return Group(source.key, source.label, hits[:MOST], source.more(text) if len(hits) > MOST else "")
