"""Whatever is changed from a version that is no longer the record's is answered 409, for every form and operation.

Those are found in the matrix: all that send a version. Two people at once are in tests/crash/test_conflicts.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS
from .sweep import Cell, undone
from .test_sweep import placed
from .twice import differing, prints_of, send, tables
from .world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
SAYS_NO = 409
APART = frozenset({"version", "kind", "field", "step"})


def versioned() -> list[Cell]:
    """What creates has no version before it."""
    cells = [cell for cell in CELLS if cell.method == "POST" and not cell.route.endswith("-new")]
    return cells + [placed(cell) for cell in OPERATIONS.values() if cell.data]


def data_of(cell: Cell, world: World) -> dict[str, Any]:
    return cell.data(world) if cell.data else {}


def test_a_change_from_an_old_version_is_asked_about(world: World):
    asked, wrong = [], []
    for cell in versioned():
        typed = data_of(cell, world)
        if "version" not in typed or min(cell.ok) >= 400:
            continue
        first, second, changed = sent_both(cell, world, typed)
        if second == SAYS_NO:
            asked.append(cell.label)
        elif first not in cell.ok or changed:
            wrong.append(f"{cell.label}: {first}, then {second}, which changed {sorted(changed)}")
    assert wrong == []
    assert len(asked) >= 15, asked


def sent_both(cell: Cell, world: World, typed: dict[str, Any]) -> tuple[int, int, set[str]]:
    """The second, from the version before the first and with other words, is asked about; or it wants what is so."""
    who, names = sorted(cell.may)[0], [name for name in tables() if name != "audit_operation"]
    with undone():
        first = send(replace(cell, data=lambda _world: typed), world, who)
        before = prints_of(names)
        second = send(replace(cell, data=lambda _world: other(typed)), world, who, key="another-key")
        return first.status_code, second.status_code, differing(before, prints_of(names))


def other(typed: dict[str, Any]) -> dict[str, Any]:
    return {name: altered(value) if name not in APART else value for name, value in typed.items()}


def altered(value: Any) -> Any:
    return f"{value}二" if isinstance(value, str) and not value.isascii() else value


def test_a_form_that_takes_any_version_is_found(monkeypatch: pytest.MonkeyPatch, world: World):
    monkeypatch.setattr("guanxi.core.customers.actions.customer.refuse_stale", lambda *_given: None)
    cell = next(cell for cell in versioned() if cell.route == "customers:customer-edit")
    first, second, changed = sent_both(cell, world, data_of(cell, world))
    assert (first, second) == (302, 302)
    assert "customers_customer" in changed
