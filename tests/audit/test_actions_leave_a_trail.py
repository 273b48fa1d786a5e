"""Whatever changes something says so, in the same transaction, or does not happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from guanxi.base.audit import events, operations, trail
from guanxi.base.audit.models import Entry, EventRow, Operation
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org.models import Unit

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]
WHO = Actor.system("test rule")


@pytest.fixture
def name() -> Iterator[str]:
    yield "test:thing:done"
    trail.NAMES.remove("test:thing:done")


def test_an_action_without_a_word_in_the_trail_is_rolled_back(name: str) -> None:
    @trail.action(name, "%(who)s did a thing.")
    def forgetful(*, actor: Actor) -> None:
        Unit.objects.create(name="x", code="forgotten")

    with pytest.raises(trail.TrailMissing):
        forgetful(actor=WHO)
    assert not Unit.objects.filter(code="forgotten").exists()


def test_an_action_wants_to_know_who_acts(name: str) -> None:
    @trail.action(name, "%(who)s did a thing.")
    def nobody(*, actor: Actor | None = None) -> None:
        trail.unchanged()

    with pytest.raises(TypeError, match="actor"):
        nobody()


def test_the_entry_reads_as_a_sentence_and_keeps_personal_values_apart(name: str) -> None:
    @trail.action(name, "%(who)s did a thing.")
    def does(*, actor: Actor) -> None:
        trail.record("thing", 7, actor=actor, changes={"grade": ["A", "B"]}, personal={"phone": ["1", "2"]})

    does(actor=WHO)
    entry = Entry.objects.get(name=name)
    assert trail.sentence_of(entry) == "test rule did a thing."
    assert "phone" not in entry.changes
    assert entry.personal == {"phone": ["1", "2"]}


def test_a_failing_subscriber_takes_the_change_back_with_it(name: str) -> None:
    def refuses(event: events.Event, actor: Actor) -> None:
        raise Refused("no")

    events.subscribe("test:refused", refuses)

    @trail.action(name, "%(who)s did a thing.")
    def does(*, actor: Actor) -> None:
        trail.record("thing", 7, actor=actor)
        events.publish(events.Event("test:refused", "thing", [7]), actor=actor)

    with pytest.raises(Refused):
        does(actor=WHO)
    assert not Entry.objects.filter(name=name).exists()
    assert not EventRow.objects.filter(name="test:refused").exists()


def test_a_command_repeated_with_its_key_has_one_effect() -> None:
    done: list[int] = []

    def perform() -> dict[str, int]:
        done.append(1)
        return {"id": len(done)}

    def send(payload: dict[str, str]) -> operations.Answer:
        return operations.once("key-1", actor=WHO, name="test", payload=payload, perform=perform)

    first, second = send({"a": "1"}), send({"a": "1"})
    assert (first.data, first.repeated) == ({"id": 1}, False)
    assert (second.data, second.repeated) == ({"id": 1}, True)
    with pytest.raises(Refused):
        send({"a": "2"})
    assert done == [1]


def test_a_command_that_failed_may_be_sent_again_with_the_same_key() -> None:
    def fails() -> dict[str, int]:
        raise Refused("not now")

    with pytest.raises(Refused):
        operations.once("key-2", actor=WHO, name="test", payload={}, perform=fails)
    assert not Operation.objects.filter(key="key-2").exists()
    assert operations.once("key-2", actor=WHO, name="test", payload={}, perform=lambda: {"id": 1}).data == {"id": 1}


def test_the_cast_is_known_to_the_trail(actor: Callable[[str], Actor]) -> None:
    entry = trail.record("thing", 1, actor=actor("rep"), name="test:spoken")
    assert (entry.who, entry.via) == ("邱远", "web")


def test_the_way_back_does_not_double_what_a_person_sends_again() -> None:
    done: list[int] = []

    def send(key: str, payload: dict[str, str]) -> operations.Answer:
        return operations.once(
            key,
            actor=WHO,
            name="task:new",
            payload=payload,
            same_within=operations.WAY_BACK,
            perform=lambda: {"id": done.append(1) or len(done)},
        )

    assert send("first", {"a": "1"}).data == {"id": 1}
    again = send("second", {"a": "1"})
    assert (again.data, again.repeated) == ({"id": 1}, True)
    assert send("third", {"a": "2"}).data == {"id": 2}
    clock.advance(minutes=11)
    assert send("fourth", {"a": "1"}).data == {"id": 3}
