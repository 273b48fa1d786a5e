"""Screens and API read through `visible_to` or `access_<noun>` and write through actions: a scan of their syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from guanxi.base.org.visible import ScopedQuerySet

from .rooms import HOUSE, built, sources

WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save"}
ASKS = {"visible_to", "access"}
MANAGERS = {"objects", "_base_manager", "_default_manager"}
# Reads of scoped records without asking, each with its reason.
APART = {
    "guanxi/core/rulebooks/screens/duty.py: Activity": "contacts of a duty that was fetched through access_duty",
    "guanxi/core/rulebooks/screens/reasons.py: Duty": "what a contact settled that its author has just recorded",
    "guanxi/core/rulebooks/screens/log.py: Activity": "the contact that the action before has just recorded",
    "guanxi/core/activities/screens/coming.py: Coming": "of the customer whose card is open",
    "guanxi/core/rulebooks/screens/board.py: DayCheck": "the reader's own of the day",
    "guanxi/core/privacy/screens/requests.py: Customer": "by number, for the desk that serves every person",
    "guanxi/core/privacy/screens/pages.py: Processor": "told to everybody on the public notice",
    "guanxi/core/activities/screens/log.py: Activity": "the contact that the action before has just recorded",
}


def surface() -> list[Path]:
    """What answers requests."""
    return [path for path in sources(*built()) if "screens" in path.parts or "api" in path.relative_to(HOUSE).parts]


def scoped_models() -> set[str]:
    found = set()
    for model in apps.get_models():
        manager = model._meta.default_manager
        if manager is not None and isinstance(manager.get_queryset(), ScopedQuerySet):
            found.add(model.__name__)
    return found


def chains(tree: ast.AST) -> Iterator[list[str]]:
    """Each dotted chain of attributes and calls from a name on: ["Customer", "objects", "kept", "visible_to"]."""
    inner = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Call | ast.Subscript) and id(node) not in inner:
            names, at = [], node
            while isinstance(at, ast.Attribute | ast.Call | ast.Subscript):
                inner.add(id(at))
                if isinstance(at, ast.Attribute):
                    names.append(at.attr)
                at = at.func if isinstance(at, ast.Call) else at.value
            if isinstance(at, ast.Name):
                yield [at.id, *reversed(names)]


def unasked(text: str, scoped: set[str]) -> list[str]:
    found = []
    for chain in chains(ast.parse(text)):
        is_read = len(chain) > 1 and chain[0] in scoped and chain[1] in MANAGERS
        if is_read and not ASKS & set(chain):
            found.append(chain[0])
    return found


def writing(text: str) -> list[str]:
    found = []
    for chain in chains(ast.parse(text)):
        through_manager = "objects" in chain and WRITES & set(chain[chain.index("objects") :])
        of_record = len(chain) == 2 and chain[-1] in ("save", "delete")
        if through_manager or of_record:
            found.append(".".join(chain))
    return found


def name_of(path: Path) -> str:
    return path.relative_to(HOUSE.parent).as_posix()


def test_there_is_a_surface_to_scan():
    assert len(surface()) > 20
    assert {"Customer", "Activity", "FileForm", "Duty"} <= scoped_models()


def test_scoped_records_are_read_within_the_readers_scope():
    scoped = scoped_models()
    found = {f"{name_of(p)}: {model}" for p in surface() for model in unasked(p.read_text("utf-8"), scoped)}
    assert found - set(APART) == set()
    assert set(APART) - found == set(), "no longer needed"


def test_answers_change_nothing_themselves():
    found = [f"{name_of(p)}: {chain}" for p in surface() for chain in writing(p.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "Customer.objects.all()",
        "Customer.objects.filter(id=1).first()",
        "rows = Customer.objects.kept()[:5]",
        "Customer._base_manager.get(id=1)",
        "def view(request):\n    return [c.name for c in Customer.objects.order_by('id')]",
    ],
)
def test_a_read_without_scope_is_found(text: str):
    assert unasked(text, {"Customer"}) == ["Customer"]


def test_a_read_within_scope_is_left_in_peace():
    text = "Customer.objects.kept().visible_to(actor).filter(id=1)\nUnit.objects.all()"
    assert unasked(text, {"Customer"}) == []


@pytest.mark.parametrize(
    "text", ["Customer.objects.filter(id=1).update(name='x')", "Unit.objects.create(name='x')", "customer.save()"]
)
def test_a_write_is_found(text: str):
    assert writing(text)
