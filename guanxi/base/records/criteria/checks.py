"""Does a tree fit the fields of a record type? Every problem is told, each with its column."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from .fields import Field, Fields, Kind
from .problems import Problem, _, unknown
from .tree import LISTING, ORDERING, UNARY, Node, Operator, Relative, Test, Unit, Value, tests_of

EQUALITY = frozenset({Operator.EQ, Operator.NE})
WITHIN_TEXT = frozenset({Operator.CONTAINS, Operator.NOT_CONTAINS})
OPERATORS = {
    Kind.TEXT: EQUALITY | LISTING | WITHIN_TEXT,
    Kind.CHOICE: EQUALITY | LISTING,
    Kind.NUMBER: EQUALITY | LISTING | ORDERING,
    Kind.YESNO: EQUALITY,
    Kind.DATE: EQUALITY | ORDERING,
    Kind.MOMENT: EQUALITY | ORDERING,
}
WANTED = {
    Kind.TEXT: _('"%(name)s" is a text: put the value in quotes.'),
    Kind.CHOICE: _('"%(name)s" is one of %(choices)s.'),
    Kind.NUMBER: _('"%(name)s" is a number.'),
    Kind.YESNO: _('"%(name)s" is yes or no.'),
    Kind.DATE: _('"%(name)s" is a day, such as 2026-09-27 or today - 30 days.'),
    Kind.MOMENT: _('"%(name)s" is a time, such as 2026-09-27 or now - 30 days.'),
}


def check(node: Node, fields: Fields) -> list[Problem]:
    return [problem.at(1, test.position + 1) for test in tests_of(node) if (problem := _check_test(test, fields))]


def _check_test(test: Test, fields: Fields) -> Problem | None:
    field = fields.find(test.field)
    if field is None:
        return unknown(
            "unknown_field",
            _('There is no field "%(name)s" here.'),
            _('There is no field "%(name)s" here. Did you mean "%(nearest)s"?'),
            name=test.field,
            known=fields.keys(),
        )
    if test.operator not in OPERATORS[field.kind] | UNARY:
        text = _('"%(operator)s" cannot be asked of "%(name)s".')
        return Problem("operator_misfit", text, {"operator": test.operator.value, "name": field.key})
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    if test.operator in UNARY or all(value is not None and _fits(value, field) for value in values):
        return None
    params = {"name": field.key, "choices": ", ".join(field.choices)}
    return Problem("value_misfit", WANTED[field.kind], params)


def _fits(value: Value, field: Field) -> bool:
    match field.kind:
        case Kind.TEXT:
            return isinstance(value, str) and value != ""
        case Kind.CHOICE:
            return isinstance(value, str) and value != "" and (not field.choices or value in field.choices)
        case Kind.NUMBER:
            return isinstance(value, Decimal)
        case Kind.YESNO:
            return isinstance(value, bool)
        case Kind.DATE:
            return _is_day(value)
        case Kind.MOMENT:
            return isinstance(value, date | Relative)


def _is_day(value: Value) -> bool:
    if isinstance(value, Relative):
        return value.unit not in {Unit.MINUTE, Unit.HOUR}
    return isinstance(value, date) and not isinstance(value, datetime)
