"""Conditions about the children of a record, written so that an index on the child can answer them.

`EXISTS` wherever the question allows: none at all, at least one, the latest before or after a bound.
"""

# ruff: noqa: S608 (the parts are ours alone; what users bring is a parameter)
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .tree import Aggregate, Operator, Related

_NONE = {(Operator.EQ, 0), (Operator.LT, 1), (Operator.LE, 0)}
_SOME = {(Operator.GE, 1), (Operator.GT, 0), (Operator.NE, 0)}
_SIGNS = {Operator.NE: "<>"}


@dataclass(frozen=True)
class Children:
    """`table` with its alias, the `where` that picks the children asked about, and the `column` asked for."""

    table: str
    where: str
    column: str = ""

    def any(self, more: str = "") -> str:
        return f"EXISTS (SELECT 1 FROM {self.table} WHERE {self.where}{f' AND {more}' if more else ''})"

    def none(self, more: str = "") -> str:
        return f"NOT {self.any(more)}"


def condition(node: Related, children: Children, param: Callable[[Any], str], *, negated: bool) -> str:
    """Never NULL, so that NOT may stand before it."""
    found = _positive(node, children, param)
    return f"NOT {found}" if negated else found


def asked(node: Related, children: Children) -> str:
    """The figure itself, for explaining."""
    what = {
        Aggregate.SUM: f"COALESCE(sum({children.column}), 0)",
        Aggregate.LATEST: f"max({children.column})",
        Aggregate.EARLIEST: f"min({children.column})",
    }.get(node.what, "count(*)")
    return f"(SELECT {what} FROM {children.table} WHERE {children.where})"


def _positive(node: Related, children: Children, param: Callable[[Any], str]) -> str:
    match node.what:
        case Aggregate.EXISTS:
            return children.any()
        case Aggregate.COUNT:
            return _count(node, children)
        case Aggregate.SUM:
            assert node.operator is not None
            sign = _SIGNS.get(node.operator, node.operator.value)
            return f"({asked(node, children)} {sign} {param(node.value)})"
        case _:
            return _bound(node, children, param)


def _count(node: Related, children: Children) -> str:
    assert node.operator is not None
    number = int(node.value)  # type: ignore[arg-type]  # checks.py let only whole numbers through
    if (node.operator, number) in _NONE:
        return f"({children.none()})"
    if (node.operator, number) in _SOME:
        return children.any()
    # One more than the bound decides; nobody counts a thousand children to learn that there are three.
    few = f"SELECT 1 FROM {children.table} WHERE {children.where} LIMIT {number + 1}"
    return f"((SELECT count(*) FROM ({few}) few) {_SIGNS.get(node.operator, node.operator.value)} {number})"


def _bound(node: Related, children: Children, param: Callable[[Any], str]) -> str:
    """The latest is after a bound when any is; before it when there is one and none lies on or after it."""
    column, operator = children.column, node.operator
    if operator is Operator.EMPTY:
        return f"({children.none(f'{column} IS NOT NULL')})"
    if operator is Operator.NOT_EMPTY:
        return children.any(f"{column} IS NOT NULL")
    is_latest = node.what is Aggregate.LATEST
    outward = {Operator.GT, Operator.GE} if is_latest else {Operator.LT, Operator.LE}
    value = param(node.value)
    if operator in outward:
        return children.any(f"{column} {operator} {value}")
    beyond = ">" if is_latest else "<"
    if operator in {Operator.EQ, Operator.NE}:
        same = f"({children.any(f'{column} = {value}')} AND {children.none(f'{column} {beyond} {value}')})"
        return same if operator is Operator.EQ else f"(NOT {same})"
    # Strictly before: none on or after. Before or on: none after.
    on_or_beyond = beyond + ("=" if operator in {Operator.LT, Operator.GT} else "")
    return f"({children.any(f'{column} IS NOT NULL')} AND {children.none(f'{column} {on_or_beyond} {value}')})"
