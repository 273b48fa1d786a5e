"""Whatever rule of the policy is taken away or turned round, the sweep notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pytest

from guanxi.base.org import access as people
from guanxi.base.org import gate, scopes, visible
from guanxi.base.records import reveal
from guanxi.base.records.bulk import access as bulk
from guanxi.base.records.exports import access as exports
from guanxi.base.records.imports import access as imports
from guanxi.base.records.views import access as views
from guanxi.core.customers import access as customers
from guanxi.core.documents import access as documents
from guanxi.core.rulebooks import access as duties
from guanxi.domain.archive import access as archive
from guanxi.edge.api import masking

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS
from .mutants import Mutant, alive, mutants_of
from .sweep import Cell, faults_of
from .test_sweep import placed
from .world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01", "SEC-05")]
POLICY = (
    scopes, visible, people, gate, reveal, bulk, exports, imports, views, customers, documents, duties, archive,
    masking,
)  # fmt: skip
FEW = 5


@cache
def every_mutant() -> list[Mutant]:
    return [mutant for module in POLICY for mutant in mutants_of(module)]


@dataclass
class Hunters:
    """The lines of the matrix, those first that found something last: most mutants die at once."""

    cells: list[Cell] = field(default_factory=lambda: [*CELLS, *map(placed, OPERATIONS.values())])
    given_up: list[str] = field(default_factory=list)

    def kill(self, mutant: Mutant, world: World) -> bool:
        for cell in list(self.cells):
            with alive(mutant):
                is_found = is_wrong(cell, world)
            # Without the mutant nothing may be wrong there, or the find would be somebody else's.
            if is_found and is_wrong(cell, world):
                self.cells.remove(cell)
                self.given_up.append(cell.label)
            elif is_found:
                self.cells.remove(cell)
                self.cells.insert(0, cell)
                return True
        return False


def is_wrong(cell: Cell, world: World) -> bool:
    try:
        return bool(faults_of(cell, world))
    except Exception:
        # A policy that falls over lets nobody in; it is noticed all the same.
        return True


def survivors(mutants: list[Mutant], world: World) -> list[str]:
    hunters = Hunters()
    left = [mutant.label for mutant in mutants if not hunters.kill(mutant, world)]
    # A page that asks again who is there after some minutes is such a one.
    assert len(hunters.given_up) <= FEW, hunters.given_up
    return left


@pytest.mark.parametrize(
    ("name", "what"), [("may", "comparison turned round"), ("ScopedQuerySet.visible_to", "not narrowed")]
)
def test_a_right_turned_round_and_a_filter_taken_away_are_found(name: str, what: str, world: World) -> None:
    mutant = next(mutant for mutant in every_mutant() if (mutant.name, mutant.what) == (name, what))
    assert survivors([mutant], world) == []


@pytest.mark.soak
def test_every_mutant_is_found(world: World) -> None:
    chosen = [mutant for mutant in every_mutant() if not is_known(mutant)]
    assert len(chosen) >= 100
    assert survivors(chosen, world) == []


# Changes that make no difference to who may do what, each with why.
KNOWN = {
    ("posts_of", "always"): "what is kept for the request is read again",
    ("Scope.condition", "never"): "what is lent is seen by the stations (test_stations.py), not by this sweep",
}


def is_known(mutant: Mutant) -> bool:
    return (mutant.name, mutant.what) in KNOWN
