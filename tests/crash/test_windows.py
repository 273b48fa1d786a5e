"""At each named window a process dies; the same command again has one effect, as if nobody had died (F-06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from guanxi.base.audit import trail
from guanxi.base.org.models import Unit
from tests.access.world import actor_of

from . import works
from .carrying import House
from .commands import Command, Stage, calls, thing
from .dying import AFTER, AFTER_COMMIT, BEFORE, Died, Moment
from .house import house_at
from .windows import COMMANDS, RECORD, WINDOWS, Window

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
# So many are asked for (F-06), and each so often.
FEWEST, HITS = 25, 20
# `make test` takes every second one of them.
QUICK = WINDOWS[::2]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_at(tmp_path_factory.mktemp("dying"), django_db_blocker) as made:
        yield made


def named(window: Window) -> str:
    return f"{window.command}: {window.name}"


@pytest.mark.parametrize("window", QUICK, ids=named)
def test_what_was_cut_off_has_one_effect_in_the_end(window: Window, house: House) -> None:
    assert house.faults(window.command, COMMANDS[window.command], window.moment) == []


@pytest.mark.soak
@pytest.mark.parametrize("window", WINDOWS, ids=named)
def test_however_often_it_is_cut_off(window: Window, house: House) -> None:
    """Once, twice or three times in a row at the same place."""
    for hit in range(HITS):
        assert house.faults(window.command, COMMANDS[window.command], window.moment, deaths=1 + hit % 3) == []


def test_there_are_as_many_windows_as_asked_for() -> None:
    assert len(QUICK) >= FEWEST
    assert len({named(window) for window in WINDOWS}) == len(WINDOWS)
    assert {window.command for window in WINDOWS} == set(COMMANDS)


def test_a_command_without_a_key_is_found(house: House) -> None:
    """Planted: a program that gives none."""
    task = {"customer_id": thing("customer"), "purpose": "送月历", "due_on": "2026-11-16"}
    keyless = Command(calls("rep", "/duties", key="", **task))
    found = house.faults("keyless", keyless, Moment(AFTER_COMMIT, RECORD))
    assert any(line.startswith("+1 rulebooks_duty ") for line in found), found


def test_a_command_that_commits_in_two_parts_is_found(house: House) -> None:
    """Planted: its row is there and the trail knows nothing."""
    found = house.faults("in parts", Command(in_two_parts), Moment(BEFORE, RECORD))
    assert [line for line in found if line.startswith("-1 audit_entry ")], found


def in_two_parts(_stage: Stage, _given: Any) -> None:
    if not Unit.objects.filter(code="half").exists():
        unit = Unit.objects.create(code="half", name="半部", kind="department")
        trail.record("unit", unit.pk, actor=actor_of("admin"), name="org:unit:created")


SENDING = "guanxi.core.messaging.channels"
CLAIMED = Moment(AFTER, f"{SENDING}.outbox:claim")
SENT = Moment(AFTER, f"{SENDING}.outbox:send")
NOTED = Moment(AFTER, f"{SENDING}.outbox:settle")


@pytest.mark.parametrize(
    ("moment", "state", "times"),
    [(CLAIMED, "unknown", 0), (SENT, "unknown", 1), (NOTED, "sent", 1)],
    ids=["claimed, not sent", "sent, not noted", "noted"],
)
def test_a_message_is_never_sent_twice_and_what_is_not_known_is_shown(
    moment: Moment, state: str, times: int, house: House
) -> None:
    ground, _nothing = house.begun(Command(works.send_messages, before=works.message_put_in))
    with pytest.raises(Died):
        ground.perform(lambda: works.send_messages(house.stage, None), moment=moment)
    later = ground.perform(lambda: works.told_once_or_not_known(house.stage, None), days=0.01)
    assert later == (state, times)
