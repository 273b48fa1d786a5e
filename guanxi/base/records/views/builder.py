"""What the builder on screen works with: names, operators and values to choose from, and the tree as plain data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff, Unit

from ..criteria import (
    Aggregate,
    All,
    Field,
    Fields,
    InSegment,
    Kind,
    Node,
    Not,
    Operator,
    Reference,
    Related,
    Test,
    written,
)
from ..criteria import Any as Either
from ..criteria.checks import EQUALITY, OPERATORS, ORDERING, OWN
from ..criteria.tree import EVERYTHING
from .models import Segment
from .sentences import MINE

MOST_OFFERED = 500
TEXTS = (Kind.TEXT, Kind.CHOICE)


def catalogue(fields: Fields, kind: str, actor: Actor) -> dict[str, Any]:
    """For `criteria.js`. Three queries: colleagues, units, segments."""
    segments = Segment.objects.filter(kind=kind).order_by("name").values_list("id", "name")[:MOST_OFFERED]
    return {
        "fields": [described(field) for field in fields],
        "relations": [
            {"key": one.key, "label": str(one.label), "fields": [described(field) for field in one.fields]}
            for one in fields.relations
        ],
        "segments": [[str(number), name] for number, name in segments],
        "people": offered(),
        "operators": operators(),
        "asked": {one.value: label for one, label in asked().items()},
        "comparisons": [one.value for one in sorted(ORDERING | EQUALITY)],
        "words": words(),
    }


def described(field: Field) -> dict[str, Any]:
    known = [one for one in Operator if one in OPERATORS[field.kind]]
    return {
        "key": field.key,
        "label": str(field.label or field.key),
        "kind": field.kind.value,
        "operators": [one.value for one in (*known, Operator.EMPTY, Operator.NOT_EMPTY)],
        "choices": [[value, str(label)] for value, label in zip(field.choices, field.labels, strict=False)],
        "references": field.references,
    }


def offered() -> dict[str, list[list[str]]]:
    """Colleagues who work here and units, after the words for the reader's own."""
    staff = Staff.objects.filter(left_on=None).order_by("pinyin").values_list("id", "name")[:MOST_OFFERED]
    units = Unit.objects.filter(closed_on=None).order_by("name").values_list("id", "name")[:MOST_OFFERED]
    return {
        kind: [[word, MINE[word]()] for word in OWN[kind]] + [[f"#{number}", name] for number, name in rows]
        for kind, rows in (("staff", staff), ("unit", units))
    }


def operators() -> dict[str, list[str]]:
    """Operator to its words, for times and for everything else."""
    plain = {
        "=": _("is"),
        "!=": _("is not"),
        "<": _("below"),
        "<=": _("at most"),
        ">": _("above"),
        ">=": _("at least"),
        "in": _("is one of"),
        "not in": _("is none of"),
        "contains": _("contains"),
        "not contains": _("does not contain"),
        "within": _("within"),
        "is empty": _("is empty"),
        "is not empty": _("is filled in"),
    }
    times = {"<": _("before"), "<=": _("on or before"), ">": _("after"), ">=": _("on or after")}
    return {key: [label, times.get(key, label)] for key, label in plain.items()}


def asked() -> dict[Aggregate, str]:
    return {
        Aggregate.EXISTS: _("has"),
        Aggregate.COUNT: _("number of"),
        Aggregate.SUM: _("sum over"),
        Aggregate.LATEST: _("latest of"),
        Aggregate.EARLIEST: _("earliest of"),
    }


def words() -> dict[str, str]:
    return {
        "all": _("All of these"),
        "any": _("At least one of these"),
        "none": _("Not all of these"),
        "none_any": _("None of these"),
        "holds": _("holds"),
        "not": _("does not hold"),
        "condition": _("Add a condition"),
        "group": _("Add a group"),
        "remove": _("Take this away"),
        "field": _("Field"),
        "fields": _("Fields"),
        "related": _("What belongs to it"),
        "segments": _("Segments"),
        "in_segment": _("in a segment"),
        "where": _("where"),
        "yes": _("Yes"),
        "no": _("No"),
        "day": _("the day"),
        "ago": _("ago"),
        "ahead": _("from now"),
        "last": _("the last"),
        "next": _("the next"),
        "minute": _("minutes"),
        "hour": _("hours"),
        "week": _("weeks"),
        "days": _("days"),
        "month": _("months"),
        "year": _("years"),
        "value": _("Value"),
        "operator": _("Comparison"),
        "several": _("several, with commas"),
    }


def plain(node: Node, fields: Fields) -> dict[str, Any]:
    """A group at the top, so that a condition can be put beside the only one."""
    found = _plain(node, fields)
    return found if found["t"] in ("all", "any") else {"t": "all", "not": False, "parts": [found]}


def _plain(node: Node, fields: Fields) -> dict[str, Any]:
    match node:
        case Not(part):
            inner = _plain(part, fields)
            return {**inner, "not": not inner["not"]}
        case All(parts) | Either(parts):
            kind = "all" if isinstance(node, All) else "any"
            return {"t": kind, "not": False, "parts": [_plain(part, fields) for part in parts]}
        case Test(name, operator, value):
            field = fields.find(name)
            return {
                "t": "test",
                "not": False,
                "field": name,
                "op": operator.value,
                "value": _value(operator, value, field),
            }
        case Related():
            return _related(node, fields)
        case InSegment(segment):
            named = str(segment.id) if isinstance(segment, Reference) else segment
            return {"t": "segment", "not": False, "id": named}


def _related(node: Related, fields: Fields) -> dict[str, Any]:
    relation = fields.relation(node.relation)
    inner = relation.fields if relation else Fields()
    where = {"t": "all", "not": False, "parts": []} if node.where == EVERYTHING else plain(node.where, inner)
    value = _value(node.operator, node.value, inner.find(node.field)) if node.operator else ""
    return {
        "t": "related",
        "not": False,
        "what": node.what.value,
        "relation": node.relation,
        "field": node.field,
        "op": node.operator.value if node.operator else "",
        "value": value,
        "where": where,
    }


def _value(operator: Operator, value: Any, field: Field | None) -> Any:
    """Texts as they are; everything else as the text form writes it."""
    if isinstance(value, tuple):
        return [_value(operator, one, field) for one in value]
    if operator is Operator.WITHIN:
        return written_window(value)
    if isinstance(value, str):
        return value
    return written(value)


def written_window(value: Any) -> str:
    return (
        f"{'next ' if value.amount > 0 else ''}{abs(value.amount)} {value.unit}{'' if abs(value.amount) == 1 else 's'}"
    )
