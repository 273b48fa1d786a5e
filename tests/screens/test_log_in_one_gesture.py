"""A contact logged in the row settles its duty in the same transaction, or the page says why not (CAR-07)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from guanxi.base.kernel import clock
from guanxi.core.activities.models import Activity
from guanxi.core.rulebooks.models import Duty

from .conftest import NOTE, in_row, rows_of, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.req("CAR-02", "CAR-07")
def test_a_detailed_record_settles_the_duty_and_its_row_leaves(browse, desk):
    duty = desk()
    answer = in_row(browse("rep"), duty, "log", kind="call", result="reached", note=NOTE, next_on="2026-11-25")
    duty.refresh_from_db()
    assert (answer.status_code, rows_of(answer)) == (200, [])
    assert "duties-changed" in answer["HX-Trigger"]
    assert "toasts" in answer["HX-Trigger"]
    assert duty.state == "done"
    assert duty.settled_activity.note == NOTE
    assert str(duty.settled_activity.next_on) == "2026-11-25"


@pytest.mark.req("CAR-07")
@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"note": ""}, "没有写内容"),
        ({"note": "没接"}, "内容太短"),
        ({"result": ""}, "没有选择结果"),
        ({"kind": "email"}, "“电子邮件”在这里不算数"),
    ],
)
def test_what_does_not_settle_is_kept_and_the_reason_is_told(browse, desk, entries, told):
    duty = desk()
    values = {"kind": "call", "result": "reached", "note": NOTE} | entries
    answer = in_row(browse("rep"), duty, "log", **values)
    duty.refresh_from_db()
    assert duty.state == "open"
    assert told in text_of(answer)
    assert rows_of(answer) == [duty.pk]
    kept = Activity.objects.get()
    assert kept.note == values["note"]
    assert f'name="activity" value="{kept.pk}"' in text_of(answer)


@pytest.mark.req("CAR-07")
def test_a_copied_note_does_not_settle(browse, desk):
    first, second = desk(name="甲"), desk(name="乙")
    client = browse("rep")
    in_row(client, first, "log", kind="call", result="reached", note=NOTE)
    answer = in_row(client, second, "log", kind="call", result="reached", note=NOTE + "。")
    second.refresh_from_db()
    assert second.state == "open"
    assert "与您以前的一条记录相同" in text_of(answer)


def test_completing_the_same_record_settles_without_a_second_one(browse, desk):
    duty = desk()
    client = browse("rep")
    in_row(client, duty, "log", kind="call", result="reached", note="没接")
    kept = Activity.objects.get()
    answer = in_row(client, duty, "log", activity=kept.pk, version=kept.version, result="reached", note=NOTE)
    duty.refresh_from_db()
    assert rows_of(answer) == []
    assert duty.state == "done"
    assert duty.settled_activity_id == kept.pk
    assert Activity.objects.count() == 1


def test_sent_twice_it_is_recorded_once(browse, desk):
    duty = desk()
    client = browse("rep")
    values = {"op_key": str(uuid4()), "kind": "call", "result": "reached", "note": NOTE}
    first, second = in_row(client, duty, "log", **values), in_row(client, duty, "log", **values)
    assert first.content == second.content
    assert Activity.objects.count() == 1


def test_without_scripts_the_form_is_a_page_and_leads_back(browse, desk):
    duty = desk()
    client = browse("rep")
    assert "办结条件" in text_of(client.get(f"/duties/{duty.pk}/log"))
    values = {"op_key": str(uuid4()), "kind": "call", "result": "reached", "note": NOTE, "next": "/"}
    answer = client.post(f"/duties/{duty.pk}/log", values)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_address_elsewhere_is_never_followed(browse, desk):
    duty = desk()
    values = {"kind": "call", "result": "reached", "note": NOTE, "next": "//evil.example"}
    answer = browse("rep").post(f"/duties/{duty.pk}/log", values)
    assert answer["Location"] == f"/duties/{duty.pk}"


def test_a_record_by_somebody_else_says_whose_duty_it_is(browse, desk):
    duty = desk()
    answer = in_row(browse("supervisor"), duty, "log", kind="call", result="reached", note=NOTE)
    assert "只有负责人邱远本人的记录才算数" in text_of(answer)


def test_the_step_that_was_served_instead_is_named(browse, desk):
    first = desk()
    second = Duty.objects.get(clause__key="buyer-callback", step=2)
    clock.advance(days=5)  # the first is late, the second has opened
    answer = in_row(browse("rep"), second, "log", kind="call", result="reached", note=NOTE)
    assert "它先办结了另一步：“指导服用产品”" in text_of(answer)
    assert f'<li id="duty-{first.pk}" hx-swap-oob="delete">' in text_of(answer)


def test_faulty_entries_come_back_with_what_was_typed(browse, desk):
    duty = desk()
    answer = in_row(browse("rep"), duty, "log", kind="call", result="reached", note=NOTE, next_on="昨天吧")
    assert answer.status_code == 422
    assert NOTE in text_of(answer)
    assert not Activity.objects.exists()


def test_a_session_that_ended_says_so_and_changes_nothing(client, desk):
    duty = desk()
    answer = in_row(client, duty, "log", kind="call", result="reached", note=NOTE)
    assert answer.status_code == 401
    assert "session-ended" in answer["HX-Trigger"]
    assert not Activity.objects.exists()


def test_a_task_is_finished_by_saying_so(browse, db):
    client = browse("rep")
    client.post("/duties/new", {"purpose": "把产品说明书送到家里", "due_on": "2026-11-16"})
    task = Duty.objects.get()
    answer = in_row(client, task, "log", note="已送到")
    task.refresh_from_db()
    assert (task.state, task.settled_note, rows_of(answer)) == ("done", "已送到", [])
