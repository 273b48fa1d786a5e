"""Later, somebody else, or not at all: each with its reason, and never beyond one's reach."""

from __future__ import annotations

import pytest

from guanxi.base.kernel import clock
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.models import Duty

from .conftest import NOTE, in_row, rows_of, text_of

pytestmark = pytest.mark.django_db


def test_postponing_shows_the_new_day_in_the_row(browse, desk):
    duty = desk()
    answer = in_row(browse("rep"), duty, "postpone", until="2026-11-30", why="客户外出")
    duty.refresh_from_db()
    assert str(duty.due_on) == "2026-11-30"
    assert rows_of(answer) == [duty.pk]
    assert "已延期" in text_of(answer)


def test_postponing_asks_for_a_reason_and_keeps_the_day(browse, desk):
    duty = desk()
    answer = in_row(browse("rep"), duty, "postpone", until="2026-11-30", why="")
    assert answer.status_code == 422
    assert 'value="2026-11-30"' in text_of(answer)


def test_the_receiver_sees_the_duty_and_a_message(browse, desk, staff):
    duty = desk()
    answer = in_row(browse("rep"), duty, "hand-over", to=staff("stranger").pk, why="我在杭州会场")
    assert rows_of(answer) == []
    receiver = browse("stranger")
    assert duty.pk in rows_of(receiver.get("/"))
    message = Message.objects.get(recipient=staff("stranger"), duty_id=duty.pk)
    assert f"/duties/{message.duty_id}" in text_of(receiver.get("/messages"))
    assert receiver.get(f"/duties/{duty.pk}").status_code == 200
    assert duty.pk not in rows_of(browse("rep").get("/"))


def test_the_receiver_can_settle_it(browse, desk, staff):
    duty = desk()
    in_row(browse("rep"), duty, "hand-over", to=staff("stranger").pk, why="我在杭州会场")
    in_row(browse("stranger"), duty, "log", kind="call", result="reached", note=NOTE)
    duty.refresh_from_db()
    assert duty.state == "done"


def test_handing_over_from_a_page_goes_where_the_giver_may_still_look(browse, desk, staff):
    duty = desk()
    values = {"to": staff("stranger").pk, "why": "我在杭州会场"}
    assert browse("rep").post(f"/duties/{duty.pk}/hand-over", values)["Location"] == "/"


def test_only_people_with_duties_are_offered(browse, desk):
    page = text_of(browse("rep").get(f"/duties/{desk().pk}/hand-over"))
    assert "黄娜" in page
    assert "管理员" not in page


def test_a_superior_withdraws_with_a_reason_and_the_assignee_cannot(browse, desk):
    duty = desk()
    refused = in_row(browse("rep"), duty, "withdraw", why="不想打")
    in_row(browse("supervisor"), duty, "withdraw", why="客户已由总部接洽")
    duty.refresh_from_db()
    assert refused.status_code == 403
    assert (duty.state, duty.withdrawn_why) == ("withdrawn", "by_hand")


@pytest.mark.parametrize("verb", ["", "/log", "/postpone", "/hand-over", "/withdraw"])
def test_a_stranger_finds_nothing_there(browse, desk, verb):
    duty = desk()
    assert browse("stranger").get(f"/duties/{duty.pk}{verb}").status_code == 404
    assert browse("rep").get(f"/duties/{duty.pk}{verb}").status_code == 200


def test_a_task_for_a_colleague_arrives_on_their_desk(browse, customer_of, staff):
    customer = customer_of("supervisor")
    values = {"customer": customer.pk, "purpose": "送说明书", "due_on": "2026-11-17", "to": staff("rep").pk}
    answer = browse("supervisor").post("/duties/new", values)
    assert answer["Location"] == f"/customers/{customer.pk}"
    assert "送说明书" in text_of(browse("rep").get("/"))


def test_a_task_needs_words_and_a_day(browse, db):
    answer = browse("rep").post("/duties/new", {"purpose": "", "due_on": "2026-11-01"})
    assert answer.status_code == 422
    assert not Duty.objects.exists()


def test_nobody_sets_a_task_about_a_customer_out_of_reach(browse, customer_of):
    customer = customer_of("stranger")
    assert browse("rep").get(f"/duties/new?customer={customer.pk}").status_code == 404


def test_the_page_of_a_duty_tells_ladder_series_and_what_was_tried(browse, desk):
    duty = desk()
    clock.advance(hours=2)
    in_row(browse("rep"), duty, "log", kind="call", result="reached", note="没接")
    page = text_of(browse("rep").get(f"/duties/{duty.pk}"))
    for words in ("告知上级", "征询意见", "了解服用效果", "内容太短", "会销客户档案管理制度"):
        assert words in page
