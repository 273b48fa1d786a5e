"""From what an address asks to conditions, each with the index that answers it."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_

from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import scope_of

from .asked import Asked
from .conditions import criteria_fields, fitting
from .criteria import All, Fields, Node, compile_sql, parse
from .criteria.tree import Test, leaves_of
from .narrowing import NONE, Condition, Narrowing
from .reveal import revealed
from .types import RecordType

NUMBER = re.compile(r"[A-Za-z]\d{4,}", re.ASCII)
LIKE_ESCAPES = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def narrow(type_: RecordType, asked: Asked, actor: Actor) -> Narrowing:
    """Unknown filter values are ignored: only declared options reach the query, as parameters. Raises CriteriaError."""
    quick, slow_quick = _filters(type_, asked, actor)
    keyed, found, slow = _criteria(type_, asked, actor) if asked.where else (NONE, NONE, NONE)
    rest = slow_quick & slow
    return Narrowing(rest.sql, rest.parameters, keyed=quick & keyed, found=found & _search(type_, asked, actor))


def _filters(type_: RecordType, asked: Asked, actor: Actor) -> tuple[Condition, Condition]:
    quick, slow = NONE, NONE
    for filter_ in type_.filters:
        chosen = asked.filters.get(filter_.key)
        if chosen and chosen in {value for value, _ in filter_.options(actor)}:
            condition = Condition(filter_.sql, (chosen,))
            quick, slow = (quick & condition, slow) if filter_.is_indexed else (quick, slow & condition)
    return quick, slow


def _criteria(type_: RecordType, asked: Asked, actor: Actor) -> tuple[Condition, Condition, Condition]:
    """What is joined by "and" at the top is taken apart: keyed by the list indexes, found by an own one, the rest."""
    fields = criteria_fields(type_, actor)
    node = fitting(parse(asked.where), fields)
    lists: dict[str, list[Node]] = {"keyed": [], "found": [], "rest": []}
    for part in node.parts if isinstance(node, All) else (node,):
        lists[_answered_by(type_, part)].append(part)
    keyed, found, rest = (_compiled(nodes, fields) for nodes in lists.values())
    return keyed, found, rest


def _answered_by(type_: RecordType, node: Node) -> str:
    tests = [leaf for leaf in leaves_of(node) if isinstance(leaf, Test)]
    fields = {f.key: f for f in type_.all_fields if f.is_indexed}
    if len(tests) != len(leaves_of(node)) or not all(test.field in fields for test in tests):
        return "rest"
    if not any(fields[test.field].is_own for test in tests):
        return "keyed"
    return "found" if isinstance(node, Test) else "rest"


def _compiled(nodes: list[Node], fields: Fields) -> Condition:
    if not nodes:
        return NONE
    sql, values = compile_sql(All(tuple(nodes)), fields, alias="t", now=clock.now()).positional()
    return Condition(f"({sql})", tuple(values))


def _search(type_: RecordType, asked: Asked, actor: Actor) -> Condition:
    if asked.q and type_.number and NUMBER.fullmatch(asked.q):
        return Condition(f"t.{type_.number} = %s", (asked.q.upper(),))
    if not asked.q or not type_.searchable:
        return NONE
    words = pinyin.search_query(asked.q)
    if not words:
        return Condition("FALSE")
    parts = [Condition("t.search @@ %s::tsquery", (words.tsquery,))]
    if words.recheck:
        like = f"%{words.recheck.translate(LIKE_ESCAPES)}%"
        parts.append(Condition(f"({_names(type_)}) LIKE %s", (like,)))
    if words.masked and not scope_of(actor, type_.key, "reveal").everything:
        clear = revealed(type_, actor)
        parts.append(Condition(f"(t.search @@ %s::tsquery OR {clear.sql})", (words.masked, *clear.parameters)))
    return reduce(and_, parts)


def _names(type_: RecordType) -> str:
    return " || ' ' || ".join(f"t.{column}" for column in type_.found_by)
