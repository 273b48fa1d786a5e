"""Does a tree fit the fields of a record type? Every problem is told, each with its column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from .fields import Field, Fields, Kind, Relation
from .problems import Problem, _, unknown
from .tree import (
    LISTING,
    ORDERING,
    UNARY,
    Aggregate,
    InSegment,
    Leaf,
    Mine,
    Node,
    Operator,
    Reference,
    Related,
    Relative,
    Test,
    Unit,
    Value,
    leaves_of,
)

EQUALITY = frozenset({Operator.EQ, Operator.NE})
WITHIN_TEXT = frozenset({Operator.CONTAINS, Operator.NOT_CONTAINS})
TIMES = EQUALITY | ORDERING | {Operator.WITHIN}
OPERATORS = {
    Kind.TEXT: EQUALITY | LISTING | WITHIN_TEXT,
    Kind.CHOICE: EQUALITY | LISTING,
    Kind.NUMBER: EQUALITY | LISTING | ORDERING,
    Kind.YESNO: EQUALITY,
    Kind.DATE: TIMES,
    Kind.MOMENT: TIMES,
    Kind.REFERENCE: EQUALITY | LISTING,
}
WANTED = {
    Kind.TEXT: _('"%(name)s" is a text: put the value in quotes.'),
    Kind.CHOICE: _('"%(name)s" is one of %(choices)s.'),
    Kind.NUMBER: _('"%(name)s" is a number.'),
    Kind.YESNO: _('"%(name)s" is yes or no.'),
    Kind.DATE: _('"%(name)s" is a day, such as 2026-09-27 or today - 30 days.'),
    Kind.MOMENT: _('"%(name)s" is a time, such as 2026-09-27 or now - 30 days.'),
    Kind.REFERENCE: _('"%(name)s" is a name in quotes, a number such as #12, or %(own)s.'),
}
OWN = {"staff": ("me", "my people"), "unit": ("my unit", "my units")}
MOST_COUNTED = 1000
# What is asked of which kind of field of a child, with a sentence for any other.
AGGREGATED = {
    Aggregate.SUM: ({Kind.NUMBER}, _('Only a number can be summed, and "%(name)s" is none.')),
    Aggregate.LATEST: ({Kind.DATE, Kind.MOMENT}, _('"%(name)s" is no day or time, so none of them is the latest.')),
    Aggregate.EARLIEST: ({Kind.DATE, Kind.MOMENT}, _('"%(name)s" is no day or time, so none of them is the earliest.')),
}


def check(node: Node, fields: Fields) -> list[Problem]:
    return [problem for leaf in leaves_of(node) for problem in _problems(leaf, fields)]


def _problems(leaf: Leaf, fields: Fields) -> Iterator[Problem]:
    match leaf:
        case Test():
            if problem := _check_test(leaf, fields):
                yield problem.at(1, leaf.position + 1)
        case Related():
            for problem in _check_related(leaf, fields):
                yield problem if problem.column else problem.at(1, leaf.position + 1)
        case InSegment(segment):
            # Whoever keeps segments has put their criteria in the place of those it knows.
            text = _('There is no segment "%(name)s" here.')
            name = segment.id if isinstance(segment, Reference) else segment
            yield Problem("unknown_segment", text, {"name": name}).at(1, leaf.position + 1)


def _check_test(test: Test, fields: Fields) -> Problem | None:
    field = fields.find(test.field)
    if field is None:
        return _unknown_field(test.field, fields)
    return _check_value(field, test.operator, test.value)


def _unknown_field(name: str, fields: Fields) -> Problem:
    return unknown(
        "unknown_field",
        _('There is no field "%(name)s" here.'),
        _('There is no field "%(name)s" here. Did you mean "%(nearest)s"?'),
        name=name,
        known=fields.keys(),
    )


def _check_value(field: Field, operator: Operator, value: Value | tuple[Value, ...] | None) -> Problem | None:
    if operator not in OPERATORS[field.kind] | UNARY:
        text = _('"%(operator)s" cannot be asked of "%(name)s".')
        return Problem("operator_misfit", text, {"operator": operator.value, "name": field.key})
    values = value if isinstance(value, tuple) else (value,)
    if operator in UNARY or all(one is not None and _fits(one, field) for one in values):
        return None
    own = ", ".join(OWN.get(field.references, ()))
    return Problem(
        "value_misfit", WANTED[field.kind], {"name": field.key, "choices": ", ".join(field.choices), "own": own}
    )


def _check_related(node: Related, fields: Fields) -> Iterator[Problem]:
    relation = fields.relation(node.relation)
    if relation is None:
        yield unknown(
            "unknown_relation",
            _('Nothing called "%(name)s" is related to this.'),
            _('Nothing called "%(name)s" is related to this. Did you mean "%(nearest)s"?'),
            name=node.relation,
            known=[one.key for one in fields.relations],
        )
        return
    yield from check(node.where, relation.fields)
    problem = _check_field(node, relation) if node.what in AGGREGATED else _check_count(node)
    if problem:
        yield problem


def _check_count(node: Related) -> Problem | None:
    params = {"what": node.what.value, "relation": node.relation, "field": node.field}
    if node.field:
        text = _('Write %(what)s(%(relation)s): no field belongs here, so leave "%(field)s" out.')
        return Problem("relation_field", text, params)
    if node.operator is None:
        return None
    whole = isinstance(node.value, Decimal) and node.value == int(node.value) and 0 <= node.value <= MOST_COUNTED
    if node.operator in ORDERING | EQUALITY and whole:
        return None
    text = _("A count is compared with a whole number from 0 to %(most)s.")
    return Problem("count_misfit", text, {"most": MOST_COUNTED})


def _check_field(node: Related, relation: Relation) -> Problem | None:
    params = {"what": node.what.value, "relation": node.relation}
    if not node.field:
        text = _("Say of which field, as in %(what)s(%(relation)s.name).")
        return Problem("relation_field", text, params)
    field = relation.fields.find(node.field)
    if field is None:
        return _unknown_field(node.field, relation.fields)
    kinds, text = AGGREGATED[node.what]
    if field.kind not in kinds:
        return Problem("relation_field", text, {"name": field.key})
    assert node.operator is not None
    if node.what is Aggregate.SUM and node.operator not in ORDERING | EQUALITY:
        text = _('"%(operator)s" cannot be asked of "%(name)s".')
        return Problem("operator_misfit", text, {"operator": node.operator.value, "name": node.what.value})
    return _check_value(field, node.operator, node.value)


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
        case Kind.REFERENCE:
            if isinstance(value, Mine):
                return value.what in OWN.get(field.references, ())
            return isinstance(value, Reference)


def _is_day(value: Value) -> bool:
    if isinstance(value, Relative):
        return value.unit not in {Unit.MINUTE, Unit.HOUR}
    return isinstance(value, date) and not isinstance(value, datetime)
