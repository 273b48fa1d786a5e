"""The one compiler: criteria to a SQL condition on a table alias.

Negation is pushed down to the tests, so the condition never depends on what NULL does under NOT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any as Anything

from . import documents, relations
from .absolute import absolute
from .fields import NOBODY, Field, Fields, Kind, Reader
from .tree import OPPOSITE, All, Any, InSegment, Node, Not, Operator, Related, Test

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


def compile_sql(
    node: Node, fields: Fields, *, alias: str, now: datetime, prefix: str = "c", reader: Reader = NOBODY
) -> Fragment:
    """`prefix` keeps the parameters of several fragments in one statement apart."""
    compiler = _Compiler(fields, alias, Parameters(prefix))
    condition = compiler.node(absolute(node, fields, now=now, reader=reader), negated=False)
    return Fragment(condition, compiler.param.values)


def compile_asked(
    node: Related, fields: Fields, *, alias: str, now: datetime, prefix: str = "c", reader: Reader = NOBODY
) -> Fragment:
    """What `count`, `sum`, `latest` or `earliest` say about a record: an expression, not a condition."""
    whole = absolute(Related(node.what, node.relation, node.field, node.where), fields, now=now, reader=reader)
    assert isinstance(whole, Related)
    compiler = _Compiler(fields, alias, Parameters(prefix))
    return Fragment(relations.asked(whole, compiler.children(whole)), compiler.param.values)


class Parameters:
    """The values of one fragment; called with one, it gives the placeholder."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.values: dict[str, Anything] = {}
        self.aliases = 0

    def __call__(self, value: Anything) -> str:
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def alias(self) -> str:
        self.aliases += 1
        return f"{self.prefix}r{self.aliases}"


class _Compiler:
    def __init__(self, fields: Fields, alias: str, param: Parameters) -> None:
        self.fields = fields
        self.alias = alias
        self.param = param

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
            case Related():
                return relations.condition(node, self.children(node), self.param, negated=negated)
            case InSegment():
                raise TypeError("Segments are put in their place before criteria are compiled.")

    def joined(self, parts: tuple[Node, ...], word: str, negated: bool, *, empty: bool) -> str:
        if not parts:
            return "TRUE" if empty else "FALSE"
        return "(" + word.join(self.node(part, negated=negated) for part in parts) + ")"

    def children(self, node: Related) -> relations.Children:
        relation = self.fields.relation(node.relation)
        assert relation is not None
        alias = self.param.alias()
        parent = (relation.parent or "{t}.id").replace("{t}", self.alias)
        conditions = [f'{alias}."{relation.column}" = {parent}']
        if relation.kept:
            conditions.append(relation.kept.replace("{r}", alias))
        if relation.within:
            conditions.append(relation.within(alias, self.param))
        asked = _Compiler(relation.fields, alias, self.param).node(node.where, negated=False)
        conditions += [] if asked == "TRUE" else [asked]
        column = f'{alias}."{relation.fields[node.field].name}"' if node.field else ""
        return relations.Children(f"{relation.table} {alias}", " AND ".join(conditions), column)

    def test(self, test: Test, negated: bool) -> str:
        operator = test.operator
        if operator in _POSITIVE:
            operator, negated = OPPOSITE[operator], not negated
        field = self.fields[test.field]
        if field.is_own:
            return documents.condition(field, operator, test.value, self.alias, self.param, negated=negated)
        column = f'{field.alias or self.alias}."{field.name}"'
        if operator is Operator.EMPTY:
            return _empty(column, field, negated)
        value: Anything = test.value
        if field.is_many:
            wanted = list(value) if operator is Operator.IN else [value]
            return f"{'NOT ' if negated else ''}COALESCE({column} && {self.param(wanted)}::text[], FALSE)"
        if field.kind is Kind.REFERENCE:
            value = [int(one) for one in value]
        return self.comparison(operator, column, value, negated)

    def comparison(self, operator: Operator, column: str, value: Anything, negated: bool) -> str:
        match operator:
            case Operator.EQ:
                return f"{column} {'IS DISTINCT FROM' if negated else '='} {self.param(value)}"
            case Operator.IN:
                plain, opposite = "= ANY", "<> ALL"
                tail = f"({self.param(list(value))})"
            case Operator.CONTAINS:
                plain, opposite = "ILIKE", "NOT ILIKE"
                tail = f" {self.param('%' + escaped(value) + '%')}"
            case _:
                plain, opposite = operator.value, _REVERSED[operator]
                tail = f" {self.param(value)}"
        return f"({column} {opposite}{tail} OR {column} IS NULL)" if negated else f"{column} {plain}{tail}"


def _empty(column: str, field: Field, negated: bool) -> str:
    if field.is_many:
        return f"COALESCE(cardinality({column}), 0) {'>' if negated else '='} 0"
    if field.kind in {Kind.TEXT, Kind.CHOICE}:
        return f"{column} <> ''" if negated else f"({column} IS NULL OR {column} = '')"
    return f"{column} IS {'NOT ' if negated else ''}NULL"


def escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
