"""Requests to one operation: made from the schema alone, and with the ids of real records put in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode

from config.wsgi import application
from guanxi.edge.api import urls  # noqa: F401  (adds the operations)
from guanxi.edge.api.document import document_text
from tests.access.matrix import OPERATIONS
from tests.access.sweep import Cell
from tests.access.world import World

# What a text may hold that a careless program breaks on, in place of any text of the body.
NASTY = [
    "", " ", "\x00", "\ud800", "‮反", "١٢", "＝1+1", "=cmd|' /C calc'!A1", "%(who)s {0} {{7*7}}", "x" * 100_000, "'; --",
    "<script>alert(1)</script>", "𠮷" * 300, "1e309", "-0", "9" * 30, "0001-01-01", "9999-12-31", "2026-02-30", "null",
]  # fmt: skip
ODD = st.sampled_from([*NASTY, None, True, -1, 0, 2**63, 1.5, [], {}, [[]], {"a": {"a": {}}}])


def operations(document: dict[str, Any] | None = None, *, app: Any = application) -> Iterator[APIOperation]:
    schema = schemathesis.openapi.from_dict(document or json.loads(document_text()))
    schema.app = app
    for found in schema.get_all_operations():
        yield found.ok()


def name_of(operation: APIOperation) -> str:
    return str(operation.definition.raw["operationId"])


@dataclass
class Met:
    """What an operation was asked, and how it answered."""

    asked: int = 0
    statuses: set[int] = field(default_factory=set)

    @property
    def was_done(self) -> bool:
        return any(status < 300 for status in self.statuses)


def right(operation: APIOperation, world: World) -> Case:
    """The request that the access matrix knows to succeed."""
    cell = cell_of(operation)
    query = dict(part.split("=") for part in cell.query.removeprefix("?").split("&") if part)
    more = {"body": cell.data(world), "media_type": "application/json"} if cell.data else {}
    return operation.Case(path_parameters=cell.args(world), query=query, **more)


def cell_of(operation: APIOperation) -> Cell:
    return OPERATIONS[name_of(operation)]


def cases(operation: APIOperation, world: World) -> st.SearchStrategy[Case]:
    """Half of the schema alone, half about a real record; of those with a body, some with one entry made odd."""
    cell = cell_of(operation)
    args = cell.args(world)
    kinds = [operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE)]
    kinds += [operation.as_strategy(GenerationMode.POSITIVE, path_parameters=args)] if args else []
    if cell.data:
        kinds += [grounded(operation, world), made_odd(operation, world)]
    return st.one_of(kinds)


def grounded(operation: APIOperation, world: World) -> st.SearchStrategy[Case]:
    """Entries of the schema, with those replaced that must name something real."""
    cell = cell_of(operation)
    known = cell.data(world) if cell.data else {}
    fitting = operation.as_strategy(GenerationMode.POSITIVE, path_parameters=cell.args(world) or None)

    def put_in(case: Case, names: set[str]) -> Case:
        if isinstance(case.body, dict):
            case.body = case.body | {name: known[name] for name in names}
        return case

    return st.builds(put_in, fitting, st.sets(st.sampled_from(sorted(known))))


def made_odd(operation: APIOperation, world: World) -> st.SearchStrategy[Case]:
    cell = cell_of(operation)
    known = cell.data(world) if cell.data else {}
    names = st.sampled_from([*sorted(known), "id", "owner", "owner_id", "is_superuser", "created_at"])

    def spoil(name: str, value: Any) -> Case:
        body = known | {name: value}
        return operation.Case(path_parameters=cell.args(world), body=body, media_type="application/json")

    return st.builds(spoil, names, ODD)


Ask = Callable[[Case], int]
