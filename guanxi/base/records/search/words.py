"""What was typed into a search box, as a condition over the records of a type that the reader may find by it."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_

from guanxi.base.kernel import pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from ..narrowing import NONE, Condition
from ..reveal import revealed
from ..types import RECORD_TYPES, RecordType
from .within import within_scope

NUMBER = re.compile(r"[A-Za-z]\d{4,}", re.ASCII)
THROUGH = "t.{column} IN (SELECT t.id FROM {table} t WHERE {found})"
LIKE_ESCAPES = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def is_number(type_: RecordType, text: str) -> bool:
    """The whole number that is read out, such as K000123."""
    return bool(type_.number and NUMBER.fullmatch(text))


def found_by(type_: RecordType, text: str, actor: Actor) -> Condition:
    """NONE when nothing is asked or this type is not searched."""
    if text and is_number(type_, text):
        return Condition(f"t.{type_.number} = %s", (text.upper(),))
    if not text or not type_.searchable:
        return NONE
    words = pinyin.search_query(text)
    if not words:
        return Condition("FALSE")
    return _through(type_, words, actor) if type_.found_through else _by_words(type_, words, actor)


def found_in_row(type_: RecordType, text: str, actor: Actor) -> tuple[str, Condition]:
    """The same for one record `w` at a time: where to look, and for what. The index is not asked for each of them."""
    words = pinyin.search_query(text)
    if not type_.found_through or not words or is_number(type_, text):
        return f"{type_.table} t WHERE t.id = w.id", found_by(type_, text, actor)
    column, kind = type_.found_through
    parent = RECORD_TYPES.get(kind)
    place = f"{type_.table} child JOIN {parent.table} t ON t.id = child.{column} WHERE child.id = w.id"
    return place, _in_parent(parent, words, actor)


def _by_words(type_: RecordType, words: pinyin.SearchQuery, actor: Actor) -> Condition:
    parts = [Condition("t.search @@ %s::tsquery", (words.tsquery,))]
    if words.recheck:
        names = " || ' ' || ".join(f"t.{column}" for column in type_.found_by)
        like = f"%{words.recheck.translate(LIKE_ESCAPES)}%"
        parts.append(Condition(f"({names}) LIKE %s", (like,)))
    if words.masked and not scope_of(actor, type_.key, "reveal").everything:
        clear = revealed(type_, actor)
        parts.append(Condition(f"(t.search @@ %s::tsquery OR {clear.sql})", (words.masked, *clear.parameters)))
    return reduce(and_, parts)


def _through(type_: RecordType, words: pinyin.SearchQuery, actor: Actor) -> Condition:
    """By the words of what the record belongs to. A phone finds it only where that lies within the reader's scope."""
    column, kind = type_.found_through or ("", "")
    parent = RECORD_TYPES.get(kind)
    found = _in_parent(parent, words, actor)
    sql = THROUGH.format(column=column, table=parent.table, found=found.sql)
    return Condition(sql, found.parameters)


def _in_parent(parent: RecordType, words: pinyin.SearchQuery, actor: Actor) -> Condition:
    found = _by_words(parent, words, actor)
    return found & within_scope(parent, scope_of(actor, parent.key)) if words.has_phone else found
