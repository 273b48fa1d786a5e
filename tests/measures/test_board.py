"""The board of the day: callbacks by representative, guidance, and the check that closes the day (CAR-06, 21.13)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions.check import close_day, guide
from guanxi.core.rulebooks.models import DayCheck, Guidance
from guanxi.core.rulebooks.queries.boards import board_of
from tests.rulebooks.conftest import at, duties_of, move_to

pytestmark = [pytest.mark.req("CAR-06"), pytest.mark.req("RB-21.13")]
THURSDAY = date(2026, 11, 19)


@pytest.fixture
def day(rulebook_21: Any, form_of: Any, customer_of: Any, call: Any) -> Any:
    """Thursday 19 November: the representative has one callback late by a day, one due, one done this morning."""
    late = form_of("rep", customer_of("rep", name="迟某"), completed_on=date(2026, 11, 15))
    due = form_of("rep", customer_of("rep", name="崔某"))
    done = form_of("rep", customer_of("rep", name="毕某"))
    far = form_of("stranger", customer_of("stranger", name="杭某"))
    move_to(at(11, 19, 10))
    call("rep", done.customer, note="早晚各服一次，未见不适，约好下周再谈")
    return {"late": late, "due": due, "done": done, "far": far}


def first_of(form: Any) -> Any:
    return duties_of(form, clause="buyer-callback")[0]


def test_the_doctor_sees_each_representative_of_the_branch_with_what_is_late_due_and_done(
    day: Any, actor: Any, browse: Any, staff: Any
) -> None:
    found = board_of(actor("doctor"), THURSDAY)
    (rep,) = [person for person in found.people if person.id == staff("rep").pk]
    assert (rep.late, rep.due, rep.done) == (1, 1, 1)
    assert staff("colleague").pk in [person.id for person in found.idle]
    assert staff("stranger").pk not in [person.id for person in found.people]
    html = browse("doctor").get("/board").content.decode()
    for text in ("迟某", "崔某", "毕某", "早晚各服一次", "邱远", "黄娜"):
        assert text in html
    assert "杭某" not in html


def test_yesterday_shows_what_was_open_then_and_done_since(day: Any, call: Any, actor: Any, staff: Any) -> None:
    move_to(at(11, 20, 9))
    call("rep", day["due"].customer)
    found = board_of(actor("doctor"), THURSDAY)
    (rep,) = [person for person in found.people if person.id == staff("rep").pk]
    assert (rep.late, rep.due, rep.done, rep.afterwards) == (1, 0, 1, 1)


def test_guidance_is_told_and_stands_at_the_duty(day: Any, actor: Any, staff: Any, browse: Any) -> None:
    duty = first_of(day["due"])
    client = browse("doctor")
    response = client.post(f"/board/duties/{duty.pk}", {"text": "先问血压，再谈用量"})
    assert response.status_code == 302
    told = Message.objects.get(kind="rulebooks:duty:guided")
    assert (told.recipient_id, told.duty_id) == (staff("rep").pk, duty.pk)
    assert "血压" not in str(told.params)
    assert "先问血压" in browse("rep").get(f"/duties/{duty.pk}").content.decode()
    assert "先问血压" in client.get("/board").content.decode()
    entry = Entry.objects.get(name="rulebooks:duty:guided")
    assert (entry.changes, entry.subject_id) == ({}, duty.pk)


def test_guidance_is_for_duties_on_ones_board_and_says_something(day: Any, actor: Any) -> None:
    with pytest.raises(Missing):
        guide(first_of(day["far"]).pk, text="看看", actor=actor("doctor"))
    with pytest.raises(NotAllowed):
        guide(first_of(day["due"]).pk, text="看看", actor=actor("rep"))
    for text in ("  ", "长" * 501):
        with pytest.raises(Invalid):
            guide(first_of(day["due"]).pk, text=text, actor=actor("doctor"))
    assert not Guidance.objects.exists()


def test_the_day_is_closed_once_with_what_the_board_showed(day: Any, actor: Any, browse: Any) -> None:
    client = browse("doctor")
    assert client.post("/board/check", {"day": str(THURSDAY), "remark": "已提醒邱远"}).status_code == 302
    check = DayCheck.objects.get()
    assert (check.counts["late"], check.counts["due"], check.counts["done"]) == (1, 1, 1)
    assert not check.is_afterwards
    assert Entry.objects.filter(name="rulebooks:daycheck:closed").count() == 1
    with pytest.raises(Refused):
        close_day(THURSDAY, remark="", actor=actor("doctor"))
    assert "已提醒邱远" in client.get("/board").content.decode()
    assert "已提醒邱远" in client.get("/board/checks").content.decode()
    assert "已提醒邱远" in browse("gm").get("/board/checks").content.decode()
    assert "已提醒邱远" not in browse("manager").get("/board/checks").content.decode()


def test_a_day_closed_later_says_so_and_a_day_to_come_cannot_be(day: Any, actor: Any, browse: Any) -> None:
    move_to(at(11, 20, 8))
    assert close_day(THURSDAY, remark="", actor=actor("doctor")).is_afterwards
    assert "补录" in browse("doctor").get(f"/board?day={THURSDAY}").content.decode()
    with pytest.raises(Invalid):
        close_day(clock.today() + timedelta(days=1), remark="", actor=actor("doctor"))
    assert browse("doctor").post("/board/check", {"day": str(THURSDAY), "remark": "字" * 501}).status_code == 422
    assert browse("doctor").post("/board/check", {"day": "x"}).status_code == 404


SUPERVISION = """
rulebook: board-test
title: 当日检查
source: 测试
rules:
  - id: supervision
    article: "一 每日检查"
    topic: supervision
    subject: staff
    when: workday
    who: role = "service-doctor"
    by: owner
    steps: [{due: 0 days, purpose: 检查当日回访}]
    evidence: {form: [day-check]}
"""


def test_closing_the_day_settles_the_duty_to_check_it(approve: Any, actor: Any, staff: Any) -> None:
    from guanxi.core.rulebooks.models import Duty

    approve(SUPERVISION, effective_on=date(2026, 11, 16))
    (duty,) = Duty.objects.filter(clause__key="supervision", assignee=staff("doctor"))
    close_day(clock.today(), remark="", actor=actor("doctor"))
    duty.refresh_from_db()
    assert (duty.state, duty.settled_late, duty.evidence_key) == ("done", False, "day-check")


def test_a_day_checked_on_the_next_day_settles_it_late(approve: Any, actor: Any, staff: Any) -> None:
    from guanxi.core.rulebooks.models import Duty

    approve(SUPERVISION, effective_on=date(2026, 11, 16))
    clock.advance(days=1)
    close_day(date(2026, 11, 16), remark="", actor=actor("doctor"))
    duty = Duty.objects.get(clause__key="supervision", assignee=staff("doctor"), occurrence="2026-11-16")
    assert (duty.state, duty.settled_late) == ("done", True)


def test_the_board_asks_the_same_number_of_questions_for_any_number_of_people(day: Any, browse: Any) -> None:
    client = browse("doctor")
    client.get("/board")
    with CaptureQueriesContext(connection) as queries:
        client.get("/board")
    assert len(queries) <= 12, [q["sql"][:90] for q in queries]


@pytest.mark.parametrize("query", ["day=x", "day=0001-01-01", "day=2199-12-31", "person=x", "person=999999"])
def test_odd_questions_are_answered(query: str, day: Any, browse: Any) -> None:
    assert browse("doctor").get(f"/board?{query}").status_code == 200
