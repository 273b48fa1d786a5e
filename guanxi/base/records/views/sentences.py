"""Criteria as a sentence people read, in their language. Names stand where the text has numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff, Unit
from guanxi.base.ui import formats

from ..criteria import (
    EVERYTHING,
    Aggregate,
    All,
    Field,
    Fields,
    InSegment,
    Mine,
    Node,
    Not,
    Operator,
    Reference,
    Related,
    Relative,
    Test,
)
from ..criteria import (
    Any as Either,
)
from ..criteria import (
    Unit as TimeUnit,
)
from ..criteria.tree import Leaf, leaves_of
from .models import Segment

Names = Mapping[tuple[str, int], str]


def sentence(node: Node, fields: Fields, names: Names | None = None) -> str:
    known = names_in([node], fields) if names is None else names
    if node == EVERYTHING:
        return _("all of them")
    return _said(node, fields, known)


def _said(node: Node, fields: Fields, names: Names) -> str:
    match node:
        case All(parts):
            return _joined([_part(part, fields, names) for part in parts], _("%(first)s and %(second)s"))
        case Either(parts):
            return _joined([_part(part, fields, names) for part in parts], _("%(first)s or %(second)s"))
        case Not(Related(what=Aggregate.EXISTS) as part):
            return _related(part, fields, names, has=_("has no %(what)s"))
        case Not(part):
            return _("not (%(condition)s)") % {"condition": _said(part, fields, names)}
        case Test():
            return _test(node, fields, names)
        case Related():
            return _related(node, fields, names)
        case InSegment(segment):
            named = names.get(("segment", segment.id), f"#{segment.id}") if isinstance(segment, Reference) else segment
            return _("in the segment “%(name)s”") % {"name": named}


def _joined(parts: list[str], pair: str) -> str:
    return reduce(lambda first, second: pair % {"first": first, "second": second}, parts) if parts else ""


def _part(node: Node, fields: Fields, names: Names) -> str:
    said = _said(node, fields, names)
    return _("(%(condition)s)") % {"condition": said} if isinstance(node, All | Either) else said


def _test(test: Test, fields: Fields, names: Names) -> str:
    field = fields.find(test.field)
    if field is None:
        return test.field
    return compared(str(field.label or field.key), test.operator, test.value, field, names)


def compared(label: str, operator: Operator, value: Any, field: Field | None, names: Names) -> str:
    kind = "time" if field and field.kind in ("date", "moment") else ""
    text = TIMES.get(operator) if kind else None
    said = _window(value) if operator is Operator.WITHIN else value_of(value, field, names)
    return (text or COMPARISONS[operator])() % {"field": label, "value": said}


COMPARISONS: dict[Operator, Callable[[], str]] = {
    Operator.EQ: lambda: _("%(field)s is %(value)s"),
    Operator.NE: lambda: _("%(field)s is not %(value)s"),
    Operator.LT: lambda: _("%(field)s is below %(value)s"),
    Operator.LE: lambda: _("%(field)s is at most %(value)s"),
    Operator.GT: lambda: _("%(field)s is above %(value)s"),
    Operator.GE: lambda: _("%(field)s is at least %(value)s"),
    Operator.IN: lambda: _("%(field)s is one of %(value)s"),
    Operator.NOT_IN: lambda: _("%(field)s is none of %(value)s"),
    Operator.CONTAINS: lambda: _("%(field)s contains %(value)s"),
    Operator.NOT_CONTAINS: lambda: _("%(field)s does not contain %(value)s"),
    Operator.EMPTY: lambda: _("%(field)s is empty"),
    Operator.NOT_EMPTY: lambda: _("%(field)s is filled in"),
    Operator.WITHIN: lambda: _("%(field)s is within %(value)s"),
}
TIMES: dict[Operator, Callable[[], str]] = {
    Operator.LT: lambda: _("%(field)s is before %(value)s"),
    Operator.LE: lambda: _("%(field)s is on or before %(value)s"),
    Operator.GT: lambda: _("%(field)s is after %(value)s"),
    Operator.GE: lambda: _("%(field)s is on or after %(value)s"),
    Operator.WITHIN: lambda: _("%(field)s is within %(value)s"),
}
UNITS: dict[TimeUnit, Callable[[], tuple[str, str, str, str]]] = {
    TimeUnit.MINUTE: lambda: (
        _("%(n)s minutes ago"),
        _("in %(n)s minutes"),
        _("the last %(n)s minutes"),
        _("the next %(n)s minutes"),
    ),
    TimeUnit.HOUR: lambda: (
        _("%(n)s hours ago"),
        _("in %(n)s hours"),
        _("the last %(n)s hours"),
        _("the next %(n)s hours"),
    ),
    TimeUnit.DAY: lambda: (_("%(n)s days ago"), _("in %(n)s days"), _("the last %(n)s days"), _("the next %(n)s days")),
    TimeUnit.WEEK: lambda: (
        _("%(n)s weeks ago"),
        _("in %(n)s weeks"),
        _("the last %(n)s weeks"),
        _("the next %(n)s weeks"),
    ),
    TimeUnit.MONTH: lambda: (
        _("%(n)s months ago"),
        _("in %(n)s months"),
        _("the last %(n)s months"),
        _("the next %(n)s months"),
    ),
    TimeUnit.YEAR: lambda: (
        _("%(n)s years ago"),
        _("in %(n)s years"),
        _("the last %(n)s years"),
        _("the next %(n)s years"),
    ),
}


def value_of(value: Any, field: Field | None, names: Names) -> str:
    match value:
        case tuple():
            return _joined([value_of(one, field, names) for one in value], _("%(first)s, %(second)s"))
        case bool():
            return _("Yes") if value else _("No")
        case Relative():
            return _moved(value)
        case Mine(what):
            return MINE[what]()
        case Reference(number):
            return names.get((field.references if field else "", number), f"#{number}")
        case datetime():
            return formats.moment(value if value.tzinfo else value.replace(tzinfo=clock.ZONE))
        case date():
            return formats.day(value)
        case Decimal():
            return f"{value:f}"
        case str() if field and value in field.choices and field.labels:
            return str(field.labels[field.choices.index(value)])
        case None:
            return ""
        case _:
            return _("“%(text)s”") % {"text": value}


MINE: dict[str, Callable[[], str]] = {
    "me": lambda: _("me"),
    "my people": lambda: _("me and my people"),
    "my unit": lambda: _("my unit"),
    "my units": lambda: _("my unit and those below"),
}


def _moved(value: Relative) -> str:
    if not value.amount:
        return _("now") if value.base == "now" else _("today")
    past, future, _last, _next = UNITS[value.unit]()
    return (past if value.amount < 0 else future) % {"n": abs(value.amount)}


def _window(value: Relative) -> str:
    _past, _future, last, coming = UNITS[value.unit]()
    return (coming if value.amount > 0 else last) % {"n": abs(value.amount)}


def _related(node: Related, fields: Fields, names: Names, *, has: str = "") -> str:
    relation = fields.relation(node.relation)
    if relation is None:
        return node.relation
    what = str(relation.label or relation.key)
    if node.where != EVERYTHING:
        what = _("%(what)s (%(condition)s)") % {"what": what, "condition": _said(node.where, relation.fields, names)}
    if node.what is Aggregate.EXISTS or node.operator is None:
        return (has or _("has %(what)s")) % {"what": what}
    field = relation.fields.find(node.field)
    params = {"what": what, "field": str(field.label if field else node.field)}
    label = AGGREGATES[node.what]() % params
    return compared(label, node.operator, node.value, field, names)


AGGREGATES: dict[Aggregate, Callable[[], str]] = {
    Aggregate.COUNT: lambda: _("the number of %(what)s"),
    Aggregate.SUM: lambda: _("the sum of %(field)s over %(what)s"),
    Aggregate.LATEST: lambda: _("the latest %(field)s of %(what)s"),
    Aggregate.EARLIEST: lambda: _("the earliest %(field)s of %(what)s"),
}


def names_in(nodes: list[Node], fields: Fields) -> dict[tuple[str, int], str]:
    """At most three queries for any number of trees."""
    ids: dict[str, set[int]] = {"staff": set(), "unit": set(), "segment": set()}
    for node in nodes:
        for leaf in leaves_of(node):
            _collect(leaf, fields, ids)
    models: dict[str, Any] = {"staff": Staff, "unit": Unit, "segment": Segment}
    return {
        (kind, number): name
        for kind, numbers in ids.items()
        if numbers
        for number, name in models[kind].objects.filter(id__in=numbers).values_list("id", "name")
    }


def _collect(leaf: Leaf, fields: Fields, ids: dict[str, set[int]]) -> None:
    if isinstance(leaf, Related):
        if relation := fields.relation(leaf.relation):
            for child in leaves_of(leaf.where):
                _collect(child, relation.fields, ids)
    elif isinstance(leaf, InSegment):
        ids["segment"] |= {leaf.segment.id} if isinstance(leaf.segment, Reference) else set()
    elif (field := fields.find(leaf.field)) and field.references in ids:
        values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
        ids[field.references] |= {value.id for value in values if isinstance(value, Reference)}
