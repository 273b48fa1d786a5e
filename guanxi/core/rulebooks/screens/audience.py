"""For whom a clause is, in words; what is more than a few plain tests stands as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base.records import criteria
from guanxi.base.records.criteria import tree
from guanxi.base.records.criteria.fields import Field, Fields

from ..engine.rules import Rule, Who
from ..registry import SUBJECTS

Names = dict[str, str]
# Kinds of units are free words; these are the ones the product itself uses.
UNITS = {"branch": gettext_lazy("Branch"), "company": gettext_lazy("Company"), "department": gettext_lazy("Department")}


def audience_words(rule: Rule, names: Names) -> str:
    subject = SUBJECTS.find(rule.subject)
    if not rule.who or subject is None:
        return rule.who or _("every one")
    said = [_said(part, subject.fields, names) for part in _parts(rule.who)]
    return _("; ").join(text for text in said if text) if all(said) else rule.who


def roles_in(rule: Rule) -> list[Who]:
    """The roles that the audience names, so that they are called by their names."""
    tests = [part for part in _parts(rule.who) if isinstance(part, tree.Test) and part.field == "role"]
    return [Who("role", value) for test in tests for value in _values(test.value) if isinstance(value, str)]


def _parts(text: str) -> Iterator[tree.Node]:
    node = criteria.parse(text) if text else tree.EVERYTHING
    yield from node.parts if isinstance(node, tree.All) else (node,)


def _values(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _said(part: tree.Node, fields: Fields, names: Names) -> str:
    field = fields.find(part.field) if isinstance(part, tree.Test) else None
    if not isinstance(part, tree.Test) or field is None or not field.label:
        return ""
    values = _(" or ").join(_value(one, field, names) for one in _values(part.value))
    match part.operator:
        case tree.Operator.EQ | tree.Operator.IN:
            return f"{field.label}{_(': ')}{values}"
        case tree.Operator.NE | tree.Operator.NOT_IN:
            return _("%(field)s is not %(value)s") % {"field": field.label, "value": values}
        case operator if operator in tree.ORDERING:
            return f"{field.label} {operator} {values}"
    return ""


def _value(value: Any, field: Field, names: Names) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(zip(field.choices, field.labels, strict=False))
    return str(labels.get(str(value)) or names.get(str(value)) or UNITS.get(str(value)) or value)
