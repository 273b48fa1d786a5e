"""Names in criteria become ids when they are read: a text that is kept outlives a change of name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from guanxi.base.org.models import Staff, Unit

from .criteria import CriteriaError, Field, Fields, Kind, Node, Problem, Reference, Related, Test
from .criteria.problems import _
from .criteria.tree import Leaf, leaves_of, replaced

MODELS: dict[str, Any] = {"staff": Staff, "unit": Unit}
Names = dict[tuple[str, str], list[int]]


def with_ids(node: Node, fields: Fields) -> Node:
    """Raises CriteriaError for a name that nobody has, or more than one."""
    named = set(_named(node, fields))
    if not named:
        return node
    known = _ids(named)
    return _replaced(node, fields, known)


def _named(node: Node, fields: Fields) -> Iterable[tuple[str, str]]:
    for leaf in leaves_of(node):
        if isinstance(leaf, Related):
            if relation := fields.relation(leaf.relation):
                yield from _named(leaf.where, relation.fields)
        elif isinstance(leaf, Test) and (field := _reference(leaf, fields)):
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            yield from ((field.references, value) for value in values if isinstance(value, str))


def _reference(test: Test, fields: Fields) -> Field | None:
    field = fields.find(test.field)
    return field if field and field.kind is Kind.REFERENCE and field.references in MODELS else None


def _ids(named: set[tuple[str, str]]) -> Names:
    """Two queries at most, however many names."""
    found: Names = {}
    for references, model in MODELS.items():
        names = [name for kind, name in named if kind == references]
        rows = model.objects.filter(name__in=names).values_list("name", "id") if names else []
        for name, record_id in rows:
            found.setdefault((references, name), []).append(record_id)
    return found


def _replaced(node: Node, fields: Fields, known: Names) -> Node:
    def change(leaf: Leaf) -> Node:
        if isinstance(leaf, Related) and (relation := fields.relation(leaf.relation)):
            return replace(leaf, where=_replaced(leaf.where, relation.fields, known))
        if isinstance(leaf, Test) and (field := _reference(leaf, fields)):
            return _with_ids(leaf, field, known)
        return leaf

    return replaced(node, change)


def _with_ids(test: Test, field: Field, known: Names) -> Test:
    def one(value: Any) -> Any:
        return Reference(_only(value, field, known, test)) if isinstance(value, str) else value

    value = tuple(map(one, test.value)) if isinstance(test.value, tuple) else one(test.value)
    return replace(test, value=value)


def _only(name: str, field: Field, known: Names, test: Test) -> int:
    ids = known.get((field.references, name), [])
    if len(ids) == 1:
        return ids[0]
    params = {"name": name, "numbers": ", ".join(f"#{one}" for one in sorted(ids)[:5])}
    text = _('Nobody and nothing here is called "%(name)s".')
    if ids:
        text = _('More than one is called "%(name)s": write which by number, %(numbers)s.')
    raise CriteriaError(Problem("unknown_name", text, params, line=1, column=test.position + 1))
