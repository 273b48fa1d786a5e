"""Contacts are recorded, and their notes weighed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Stale
from guanxi.core.activities.actions import change_activity, log_activity, remove_activity
from guanxi.core.activities.actions.activity import VISIT_FORM, NewActivity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db
Make = Callable[[str], Actor]
CustomerOf = Callable[..., Customer]
NOTE = "顾客按量服用，睡眠好转，周末请再联系。"


def call(note: str = NOTE, **more: object) -> NewActivity:
    return NewActivity(kind="call", note=note, result="reached", **more)  # type: ignore[arg-type]  # test values


@pytest.mark.req("ACT-02", "ACT-03")
def test_a_call_is_on_the_timeline_and_is_the_last_contact(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    log_activity(customer.pk, call(), actor=actor("rep"))
    customer.refresh_from_db()
    assert customer.last_contact_at == clock.now()
    activity = customer.activities.get()
    assert (activity.staff.name, activity.direction, activity.note_state) == ("邱远", "out", "detailed")


@pytest.mark.req("CAR-07")
@pytest.mark.parametrize(
    ("note", "state"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("。。。", "empty"),
        ("已回访", "short"),
        ("好好好好好好好好好好好好", "short"),
        (NOTE, "detailed"),
    ],
)
def test_a_note_is_weighed_by_what_it_says(customer_of: CustomerOf, actor: Make, note: str, state: str) -> None:
    assert log_activity(customer_of("rep").pk, call(note), actor=actor("rep")).note_state == state


@pytest.mark.req("CAR-07")
def test_the_same_text_again_is_a_copy_even_with_other_punctuation(customer_of: CustomerOf, actor: Make) -> None:
    log_activity(customer_of("rep").pk, call(), actor=actor("rep"))
    copied = log_activity(customer_of("rep").pk, call(NOTE.replace("，", ", ") + "!"), actor=actor("rep"))
    assert copied.note_state == "copied"


@pytest.mark.req("CAR-07")
def test_a_text_of_a_removed_record_or_half_a_year_ago_may_be_used_again(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    first = log_activity(customer.pk, call(), actor=actor("rep"))
    remove_activity(first.pk, actor=actor("rep"), why="记错人")
    assert log_activity(customer.pk, call(), actor=actor("rep")).note_state == "detailed"
    clock.advance(days=181)
    assert log_activity(customer.pk, call(), actor=actor("rep")).note_state == "detailed"


@pytest.mark.req("ACT-05")
def test_a_visit_form_is_closed_only_with_all_six_entries(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    details = dict.fromkeys(VISIT_FORM, "写明")
    with pytest.raises(Invalid) as refused:
        log_activity(customer.pk, NewActivity("visit", NOTE, details=details | {"strategy": " "}), actor=actor("rep"))
    assert list(refused.value.errors) == ["details.strategy"]
    assert log_activity(customer.pk, NewActivity("visit", NOTE, details=details), actor=actor("rep")).details == details


def test_what_has_not_happened_yet_is_refused(customer_of: CustomerOf, actor: Make) -> None:
    with pytest.raises(Invalid):
        log_activity(customer_of("rep").pk, call(happened_at=clock.now() + timedelta(days=1)), actor=actor("rep"))


def test_an_earlier_contact_recorded_later_does_not_move_the_last_contact_back(
    customer_of: CustomerOf, actor: Make
) -> None:
    customer = customer_of("rep")
    log_activity(customer.pk, call(), actor=actor("rep"))
    log_activity(
        customer.pk,
        call("昨天上门送资料，本人不在家。", happened_at=clock.now() - timedelta(days=1)),
        actor=actor("rep"),
    )
    customer.refresh_from_db()
    assert customer.last_contact_at == clock.now()


def test_removing_the_latest_contact_brings_the_earlier_one_back(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    earlier = log_activity(customer.pk, call(), actor=actor("rep"))
    clock.advance(days=1)
    later = log_activity(customer.pk, call("今天再次电话，约好周六见面。"), actor=actor("rep"))
    remove_activity(later.pk, actor=actor("rep"), why="打错电话")
    customer.refresh_from_db()
    assert customer.last_contact_at == earlier.happened_at


def test_words_are_changed_by_their_author_and_weighed_again(customer_of: CustomerOf, actor: Make) -> None:
    activity = log_activity(customer_of("rep").pk, call("已回访"), actor=actor("rep"))
    with pytest.raises(NotAllowed):
        change_activity(activity.pk, {"note": NOTE}, version=1, actor=actor("supervisor"))
    assert change_activity(activity.pk, {"note": NOTE}, version=1, actor=actor("rep")).note_state == "detailed"
    with pytest.raises(Stale):
        change_activity(activity.pk, {"note": "别的内容别的内容"}, version=1, actor=actor("rep"))


def test_a_stranger_can_neither_see_nor_add(customer_of: CustomerOf, actor: Make) -> None:
    customer = customer_of("rep")
    log_activity(customer.pk, call(), actor=actor("rep"))
    with pytest.raises(Missing):
        log_activity(customer.pk, call("别的内容别的内容"), actor=actor("stranger"))
    assert not Activity.objects.visible_to(actor("stranger")).exists()
    assert Activity.objects.visible_to(actor("gm")).exists()


def test_the_note_is_not_in_the_open_part_of_the_trail(customer_of: CustomerOf, actor: Make) -> None:
    log_activity(customer_of("rep").pk, call(), actor=actor("rep"))
    assert NOTE not in str(Entry.objects.get(name="activities:activity:logged").changes)


@pytest.mark.req("ACT-02")
def test_a_contact_of_which_nothing_is_said_is_refused(customer_of: CustomerOf, actor: Make) -> None:
    with pytest.raises(Invalid) as refused:
        log_activity(customer_of("rep").pk, NewActivity("call", note=" 。"), actor=actor("rep"))
    assert list(refused.value.errors) == ["note"]
