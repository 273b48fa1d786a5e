"""A tree as the text it can be read from again."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from .text import _BASES, _RESERVED, _WORDS
from .tree import All, Any, Node, Not, Relative, Test, Value

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
            return f"{field} {operator} {_value(value)}".rstrip()


def _within(node: Node) -> str:
    return show(node) if isinstance(node, Test | Not) else f"({show(node)})"


def _value(value: Value | tuple[Value, ...] | None) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return f"({', '.join(_value(one) for one in value)})"
        case bool():
            return "yes" if value else "no"
        case Relative():
            return _relative(value)
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case str():
            return _text(value)


def _relative(value: Relative) -> str:
    if not value.amount:
        return value.base
    sign, amount = ("-" if value.amount < 0 else "+"), abs(value.amount)
    return f"{value.base} {sign} {amount} {value.unit}{'' if amount == 1 else 's'}"


def _text(value: str) -> str:
    if _BARE.fullmatch(value) and value.lower() not in _RESERVED | _BASES | _WORDS.keys():
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
