"""A restore shortens the trail, and the heads say so; what is cut off otherwise is found as before (OPS-13)."""

from __future__ import annotations

import pytest

from guanxi.base.audit.heads import Heads, Returned
from guanxi.base.audit.models import Seal
from guanxi.base.audit.restores import Restored
from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.audit.verifying import verify
from guanxi.edge.ops.backups.afterwards import note_in_trail, return_heads
from tests.audit.conftest import WHO, say
from tests.audit.test_planted_alterations import forget_from

pytestmark = [pytest.mark.django_db, pytest.mark.req("OPS-13")]
RESTORED = Restored("20261116T010000Z-full-aaaaaa", "2026-11-16T01:00:00+00:00", "2026-11-16T02:00:00+00:00")


def restore_to(seal: int) -> None:
    """As after a restore: the database is of an earlier time, the file of heads is not."""
    forget_from(seal + 1)
    return_heads(RESTORED)
    note_in_trail(RESTORED, actor=WHO)
    say(900)
    seal_waiting()


def what() -> list[tuple[str, int]]:
    return [(fault.what, fault.seal) for fault in verify().faults]


@pytest.mark.parametrize("seal", [5, 2, 0])
def test_an_honest_restore_is_no_cut(history: list[int], seal: int) -> None:
    restore_to(seal)
    assert what() == []
    assert Heads().last() == seal + 1


def test_without_the_note_it_is_one(history: list[int]) -> None:
    """The planted hole: the same, put back by hand."""
    forget_from(4)
    say(900)
    seal_waiting()
    assert ("head", 4) in what()
    assert ("cut", 5) in what()


def test_a_note_excuses_nothing_before_the_seal_it_names(history: list[int]) -> None:
    restore_to(4)
    forget_from(3)
    assert {("cut", 4), ("cut", 5)} <= set(what())


def test_a_cut_after_a_restore_is_found(history: list[int]) -> None:
    restore_to(3)
    say(901)
    seal_waiting()
    forget_from(5)
    assert what() == [("cut", 5)]


def test_a_note_that_names_another_seal_is_found(history: list[int]) -> None:
    forget_from(5)
    Heads().note_restore(Returned(4, "0" * 64, RESTORED.at, RESTORED.set))
    assert ("head", 4) in what()


def test_a_second_restore_further_back_takes_the_first_back_too(history: list[int]) -> None:
    restore_to(5)
    restore_to(2)
    assert what() == []
    restore_to(3)
    assert what() == []


def test_a_restore_that_is_finished_twice_is_noted_once(history: list[int]) -> None:
    forget_from(4)
    for _ in range(2):
        return_heads(RESTORED)
        note_in_trail(RESTORED, actor=WHO)
    seal_waiting()
    assert what() == []
    lines = [line for line in Heads().lines() if isinstance(line, Returned)]
    assert [line.seal for line in lines] == [3]
    assert Seal.objects.count() == 4
