"""The one compiler: criteria to a SQL condition on a table alias.

Negation is pushed down to the tests, so the condition never depends on what NULL does under NOT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Anything

from .absolute import absolute
from .fields import Field, Fields, Kind
from .tree import OPPOSITE, All, Any, Node, Not, Operator, Test

_NAMED = re.compile(r"%\((\w+)\)s")
_REVERSED = {Operator.LT: ">=", Operator.LE: ">", Operator.GT: "<=", Operator.GE: "<"}
_POSITIVE = {Operator.NE, Operator.NOT_IN, Operator.NOT_CONTAINS, Operator.NOT_EMPTY}


@dataclass(frozen=True)
class Fragment:
    """`sql` with named parameters, ready for `WHERE`."""

    sql: str
    params: dict[str, Anything]

    def positional(self) -> tuple[str, list[Anything]]:
        """The same for callers whose statement counts its parameters (`%s`)."""
        return _NAMED.sub("%s", self.sql), [self.params[name] for name in _NAMED.findall(self.sql)]


def compile_sql(node: Node, fields: Fields, *, alias: str, now: datetime, prefix: str = "c") -> Fragment:
    """`prefix` keeps the parameters of several fragments in one statement apart."""
    compiler = _Compiler(fields, alias, prefix)
    return Fragment(compiler.node(absolute(node, fields, now=now), negated=False), compiler.params)


class _Compiler:
    def __init__(self, fields: Fields, alias: str, prefix: str) -> None:
        self.fields = fields
        self.alias = alias
        self.prefix = prefix
        self.params: dict[str, Anything] = {}

    def node(self, node: Node, *, negated: bool) -> str:
        match node:
            case Not(part):
                return self.node(part, negated=not negated)
            case All(parts):
                return self.joined(parts, " OR " if negated else " AND ", negated, empty=not negated)
            case Any(parts):
                return self.joined(parts, " AND " if negated else " OR ", negated, empty=negated)
            case Test():
                return self.test(node, negated)

    def joined(self, parts: tuple[Node, ...], word: str, negated: bool, *, empty: bool) -> str:
        if not parts:
            return "TRUE" if empty else "FALSE"
        return "(" + word.join(self.node(part, negated=negated) for part in parts) + ")"

    def test(self, test: Test, negated: bool) -> str:
        operator = test.operator
        if operator in _POSITIVE:
            operator, negated = OPPOSITE[operator], not negated
        field = self.fields[test.field]
        column = f'{field.alias or self.alias}."{field.name}"'
        if operator is Operator.EMPTY:
            return _empty(column, field, negated)
        return self.comparison(operator, column, test.value, negated)

    def comparison(self, operator: Operator, column: str, value: Anything, negated: bool) -> str:
        match operator:
            case Operator.EQ:
                return f"{column} {'IS DISTINCT FROM' if negated else '='} {self.param(value)}"
            case Operator.IN:
                plain, opposite = "= ANY", "<> ALL"
                tail = f"({self.param(list(value))})"
            case Operator.CONTAINS:
                plain, opposite = "ILIKE", "NOT ILIKE"
                tail = f" {self.param('%' + _escaped(value) + '%')}"
            case _:
                plain, opposite = operator.value, _REVERSED[operator]
                tail = f" {self.param(value)}"
        return f"({column} {opposite}{tail} OR {column} IS NULL)" if negated else f"{column} {plain}{tail}"

    def param(self, value: Anything) -> str:
        name = f"{self.prefix}{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"


def _empty(column: str, field: Field, negated: bool) -> str:
    if field.kind in {Kind.TEXT, Kind.CHOICE}:
        return f"{column} <> ''" if negated else f"({column} IS NULL OR {column} = '')"
    return f"{column} IS {'NOT ' if negated else ''}NULL"


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
