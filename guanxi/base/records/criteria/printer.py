"""A tree as the text it can be read from again."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from .text import _BASES, _RESERVED, _WORDS
from .tree import (
    EVERYTHING,
    Aggregate,
    All,
    Any,
    InSegment,
    Mine,
    Node,
    Not,
    Operator,
    Reference,
    Related,
    Relative,
    Test,
    Value,
)

_KEPT = _RESERVED | _BASES | _WORDS.keys() | {"me"}
_BARE = re.compile(r"[^\W\d]\w*(\.\w+)*")


def show(node: Node) -> str:
    match node:
        case All(parts):
            return " and ".join(_within(part) for part in parts)
        case Any(parts):
            return " or ".join(_within(part) for part in parts)
        case Not(part):
            return f"not {_within(part)}"
        case Test(field, operator, value):
            return f"{field} {_compared(operator, value)}"
        case Related():
            return _related(node)
        case InSegment(segment):
            return f"segment({segment.id if isinstance(segment, Reference) else _text(segment)})"


def _within(node: Node) -> str:
    return f"({show(node)})" if isinstance(node, All | Any) else show(node)


def _related(node: Related) -> str:
    of = f"{node.relation}.{node.field}" if node.field else node.relation
    where = "" if node.where == EVERYTHING else f" where {show(node.where)}"
    asked = f"{node.what}({of}{where})"
    if node.what is Aggregate.EXISTS or node.operator is None:
        return asked
    return f"{asked} {_compared(node.operator, node.value)}"


def _compared(operator: Operator, value: Value | tuple[Value, ...] | None) -> str:
    if operator is Operator.WITHIN and isinstance(value, Relative):
        return f"within {'next ' if value.amount > 0 else ''}{abs(value.amount)} {_units(value)}"
    return f"{operator} {written(value)}".rstrip()


def written(value: Value | tuple[Value, ...] | None) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return f"({', '.join(written(one) for one in value)})"
        case bool():
            return "yes" if value else "no"
        case Relative():
            return _relative(value)
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case Reference():
            return f"#{value.id}"
        case Mine():
            return value.what
        case str():
            return _text(value)


def _relative(value: Relative) -> str:
    if not value.amount:
        return value.base
    return f"{value.base} {'-' if value.amount < 0 else '+'} {abs(value.amount)} {_units(value)}"


def _units(value: Relative) -> str:
    return f"{value.unit}{'' if abs(value.amount) == 1 else 's'}"


def _text(value: str) -> str:
    if _BARE.fullmatch(value) and value.lower() not in _KEPT:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
