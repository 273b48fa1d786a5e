"""Criteria about a record type as a reader may ask them: which names there are, who `me` is, what a segment says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import UNITS_BELOW, _array, posts_of, subordinates_of

from .criteria import CriteriaError, Field, Fields, Kind, Mine, Node, Reader, Related, check, compile_sql, parse
from .criteria.tree import Test, leaves_of
from .naming import with_ids
from .relations import relations_for
from .types import REFERENCES, RecordType
from .types import Field as DeclaredField
from .views.segments import expanded

KINDS = {
    "text": Kind.TEXT,
    "longtext": Kind.TEXT,
    "choice": Kind.CHOICE,
    "number": Kind.NUMBER,
    "money": Kind.NUMBER,
    "yesno": Kind.YESNO,
    "date": Kind.DATE,
    "moment": Kind.MOMENT,
    "staff": Kind.REFERENCE,
    "unit": Kind.REFERENCE,
}


@dataclass(frozen=True)
class Understood:
    """Criteria that fit the record type and the reader. `asked` is the text's tree with ids in place of names;
    `node` also has the criteria of segments in their place, and is what is answered."""

    asked: Node
    node: Node
    fields: Fields
    reader: Reader

    def condition(self, node: Node | None = None, *, alias: str = "t") -> tuple[str, list[Any]]:
        """SQL over `alias`, of the whole or of one part of `node`."""
        part = self.node if node is None else node
        return compile_sql(part, self.fields, alias=alias, now=clock.now(), reader=self.reader).positional()


def understood(type_: RecordType, text: str, actor: Actor, *, within: int = 0) -> Understood:
    """Raises CriteriaError with the first problem and its column. `within`: the segment whose text this is."""
    fields = criteria_fields(type_, actor)
    asked = with_ids(parse(text), fields)
    node = expanded(asked, type_.key, lambda one: fitting(with_ids(one, fields), fields), within=within)
    return Understood(asked, fitting(node, fields), fields, reader_of(actor, node))


def criteria_fields(type_: RecordType, actor: Actor) -> Fields:
    """What `actor` may ask: never a field they would see masked, or the answer would give it away."""
    stored = {column.column for column in type_.model._meta.concrete_fields}
    return Fields(
        (
            asked_as(f)
            for f in type_.all_fields
            if f.kind in KINDS and not f.is_derived and not f.is_personal and (f.is_own or f.stored_as in stored)
        ),
        relations_for(type_.key, actor),
    )


def asked_as(declared: DeclaredField) -> Field:
    options = declared.options() if declared.kind == "choice" else []
    return Field(
        declared.key,
        KINDS[declared.kind],
        declared.label,
        declared.stored_as,
        choices=tuple(str(value) for value, _label in options),
        labels=tuple(label for _value, label in options),
        references=declared.kind if declared.kind in REFERENCES else "",
        is_own=declared.is_own,
    )


def fitting(node: Node, fields: Fields) -> Node:
    """The tree, or CriteriaError with its first problem."""
    problems = check(node, fields)
    if problems:
        raise CriteriaError(problems[0])
    return node


def reader_of(actor: Actor, node: Node) -> Reader:
    """Who `me` is, as far as the criteria ask. A program is nobody."""
    if actor.staff_id is None:
        return Reader()
    asked = mine_in(node)
    ids: dict[str, tuple[int, ...]] = {"me": (actor.staff_id,)}
    if "my people" in asked:
        ids["my people"] = (actor.staff_id, *subordinates_of(actor))
    units = sorted({post.unit_id for post in posts_of(actor)}) if asked & {"my unit", "my units"} else []
    ids["my unit"] = tuple(units)
    if "my units" in asked:
        ids["my units"] = tuple(_array(UNITS_BELOW, [units]))
    return Reader(ids)


def mine_in(node: Node) -> set[str]:
    found: set[str] = set()
    for leaf in leaves_of(node):
        if isinstance(leaf, Related):
            found |= mine_in(leaf.where)
        elif isinstance(leaf, Test):
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            found |= {value.what for value in values if isinstance(value, Mine)}
    return found
