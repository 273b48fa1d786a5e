"""Why a record is, or is not, in a view or segment: each condition, whether it holds, and what the record says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.ui import formats

from ..conditions import Understood
from ..criteria import All, Node, Not, Related, Test, compile_asked, standing_in_the_way
from ..criteria import Any as Either
from ..criteria.tree import Aggregate, Leaf
from ..reveal import reveals
from ..types import RecordType
from ..values import shown
from .sentences import names_in, sentence


@dataclass(frozen=True)
class Standing:
    """`stands` in the way: it is because of this condition that the record is not in."""

    condition: str
    is_met: bool
    actual: Any
    stands: bool


@dataclass(frozen=True)
class Explained:
    is_in: bool
    standings: list[Standing]


def explain(type_: RecordType, found: Understood, record: Any, actor: Actor) -> Explained:
    """One query, however many conditions."""
    asked = dict(_as_wanted(found.node))
    leaves = list(asked)
    answers, figures = _asked(type_, found, leaves, record.pk)
    in_the_way = dict(standing_in_the_way(found.node, lambda leaf: answers[leaf]))
    names = names_in([found.node], found.fields)
    may_see = reveals(actor, type_.key, record, type_.owner, type_.unit)
    standings = [
        Standing(
            sentence(leaf if asked[leaf] else Not(leaf), found.fields, names),
            answers[leaf] is asked[leaf],
            _actual(type_, leaf, record, figures, may_see=may_see),
            leaf in in_the_way,
        )
        for leaf in leaves
    ]
    return Explained(not in_the_way, standings)


def _as_wanted(node: Node, *, wanted: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Each condition, and whether it is to hold or, under a "not", to fail."""
    match node:
        case Not(part):
            yield from _as_wanted(part, wanted=not wanted)
        case All(parts) | Either(parts):
            for part in parts:
                yield from _as_wanted(part, wanted=wanted)
        case _:
            yield node, wanted


def _asked(
    type_: RecordType, found: Understood, leaves: list[Leaf], record_id: int
) -> tuple[dict[Leaf, bool], dict[Leaf, Any]]:
    """Whether each condition holds, and the figure of those about children."""
    related = [leaf for leaf in leaves if isinstance(leaf, Related)]
    parts = [found.condition(leaf) for leaf in leaves]
    parts += [
        compile_asked(_figure(leaf), found.fields, alias="t", now=clock.now(), reader=found.reader).positional()
        for leaf in related
    ]
    columns = ", ".join(f"({sql})" for sql, _params in parts) or "TRUE"
    with connection.cursor() as cursor:
        sql = f"SELECT {columns} FROM {type_.table} t WHERE t.id = %s"  # noqa: S608 (conditions hold parameters only)
        cursor.execute(sql, [value for _sql, params in parts for value in params] + [record_id])
        row = cursor.fetchone()
    answers = {leaf: bool(value) for leaf, value in zip(leaves, row, strict=False)}
    return answers, dict(zip(related, row[len(leaves) :], strict=False))


def _figure(node: Related) -> Related:
    return Related(Aggregate.COUNT, node.relation, "", node.where) if node.what is Aggregate.EXISTS else node


def _actual(type_: RecordType, leaf: Leaf, record: Any, figures: dict[Leaf, Any], *, may_see: bool) -> Any:
    if isinstance(leaf, Test):
        field = type_.field(leaf.field)
        value = field.value_of(record)
        return str(shown(field, value, may_reveal=may_see)) if value not in (None, "") else ""
    return formats.moment(figures[leaf]) if hasattr(figures[leaf], "astimezone") else figures[leaf]
