"""From what an address asks to conditions, each with the index that answers it."""

from __future__ import annotations

from guanxi.base.kernel.actor import Actor

from .asked import Asked
from .conditions import Understood, understood
from .criteria import All, Node
from .criteria.tree import Test, leaves_of
from .narrowing import NONE, Condition, Narrowing
from .search.words import found_by
from .types import RecordType


def narrow(type_: RecordType, asked: Asked, actor: Actor) -> Narrowing:
    """Unknown filter values are ignored: only declared options reach the query, as parameters. Raises CriteriaError."""
    quick, own, slow_quick = _filters(type_, asked, actor)
    keyed, found, slow = _criteria(type_, asked, actor) if asked.where else (NONE, NONE, NONE)
    rest = slow_quick & slow
    return Narrowing(
        rest.sql, rest.parameters, keyed=quick & keyed, found=found & own & found_by(type_, asked.q, actor)
    )


def _filters(type_: RecordType, asked: Asked, actor: Actor) -> tuple[Condition, Condition, Condition]:
    keyed, found, slow = NONE, NONE, NONE
    for filter_ in type_.all_filters:
        chosen = asked.filters.get(filter_.key)
        if not chosen or chosen not in {str(value) for value, _ in filter_.options(actor)}:
            continue
        condition = Condition(filter_.sql, (chosen,))
        keyed = keyed & condition if filter_.is_indexed else keyed
        found = found & condition if filter_.is_found else found
        slow = slow if filter_.is_indexed or filter_.is_found else slow & condition
    return keyed, found, slow


def _criteria(type_: RecordType, asked: Asked, actor: Actor) -> tuple[Condition, Condition, Condition]:
    """What is joined by "and" at the top is taken apart: keyed by the list indexes, found by an own one, the rest."""
    found = understood(type_, asked.where, actor)
    lists: dict[str, list[Node]] = {"keyed": [], "found": [], "rest": []}
    for part in found.node.parts if isinstance(found.node, All) else (found.node,):
        lists[_answered_by(type_, part)].append(part)
    keyed, searched, rest = (_compiled(nodes, found) for nodes in lists.values())
    return keyed, searched, rest


def _answered_by(type_: RecordType, node: Node) -> str:
    tests = [leaf for leaf in leaves_of(node) if isinstance(leaf, Test)]
    fields = {f.key: f for f in type_.all_fields if f.is_indexed}
    if len(tests) != len(leaves_of(node)) or not all(test.field in fields for test in tests):
        return "rest"
    if not any(fields[test.field].is_own for test in tests):
        return "keyed"
    return "found" if isinstance(node, Test) else "rest"


def _compiled(nodes: list[Node], found: Understood) -> Condition:
    if not nodes:
        return NONE
    sql, values = found.condition(All(tuple(nodes)))
    return Condition(f"({sql})", tuple(values))
