from __future__ import annotations

import pytest

from guanxi.base.audit.models import Entry
from guanxi.core.activities.models import Activity
from guanxi.domain.archive.actions import complete_file_form

pytestmark = [pytest.mark.django_db, pytest.mark.req("ACT-01")]
CALL = {
    "kind": "call",
    "result": "reached",
    "note": "问候了近况，约好下周再谈",
    "happened_at": "2026-11-16T08:30:00+08:00",
}
FORM = dict.fromkeys(("need", "competitor", "difference", "measure", "feedback", "strategy"), "谈过")


def test_a_contact_is_logged(call, customer_of, staff):
    customer = customer_of("rep")
    answer = call("rep").post(f"/customers/{customer.pk}/activities", CALL)
    assert answer.status_code == 201
    told = answer.json()
    assert told["staff"]["id"] == staff("rep").id
    assert (told["happened_at"], told["recorded_at"]) == ("2026-11-16T08:30:00+08:00", "2026-11-16T09:00:00+08:00")
    assert told["note_state"] == "detailed"
    assert Entry.objects.get(kind="activity", subject_id=told["id"]).via == "api"
    assert call("rep").get(f"/customers/{customer.pk}").json()["last_contact_at"] == told["happened_at"]


@pytest.mark.req("CAR-07")
def test_the_same_note_again_is_told_to_be_a_copy(call, customer_of):
    program, customer = call("rep"), customer_of("rep")
    program.post(f"/customers/{customer.pk}/activities", CALL)
    again = program.post(f"/customers/{customer.pk}/activities", CALL).json()
    assert again["note_state"] == "copied"


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"kind": "pigeon"}, "kind"),
        ({"result": "maybe"}, "result"),
        ({"happened_at": "2026-11-17T09:00:00+08:00"}, "happened_at"),
        ({"happened_at": "2026-11-16T08:30:00"}, "happened_at"),
        ({"note": "长" * 4001}, "note"),
        ({"staff_id": 1}, "staff_id"),
        ({"recorded_at": "2026-11-01T08:30:00+08:00"}, "recorded_at"),
        ({"details": {"need": "茶"}}, "details.competitor"),
        ({"details": {"own": "x"}}, "details.own"),
        ({"file_form": 10**12}, "file_form"),
    ],
)
def test_it_refuses_what_cannot_be(call, customer_of, entry, field):
    customer = customer_of("rep")
    answer = call("rep").post(f"/customers/{customer.pk}/activities", CALL | entry)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Activity.objects.exists()


@pytest.mark.req("ACT-05")
def test_a_visit_form_has_six_entries(call, customer_of):
    customer = customer_of("rep")
    told = call("rep").post(f"/customers/{customer.pk}/activities", CALL | {"kind": "visit", "details": FORM}).json()
    assert told["details"] == FORM
    empty = CALL | {"kind": "visit", "details": FORM | {"need": ""}}
    assert call("rep").post(f"/customers/{customer.pk}/activities", empty).status_code == 422


def test_a_contact_is_about_a_form_of_the_same_customer_only(call, customer_of, actor):
    one, other, foreign = customer_of("rep"), customer_of("rep", name="吴静"), customer_of("stranger", name="何敏")
    forms = [
        complete_file_form(c.pk, {"event_name": "秋季会", "completed_on": c.created_at.date()}, actor=actor(login))
        for c, login in ((one, "rep"), (other, "rep"), (foreign, "stranger"))
    ]
    program = call("rep")
    mine = program.post(f"/customers/{one.pk}/activities", CALL | {"file_form": forms[0].pk})
    assert (mine.status_code, mine.json()["file_form"]) == (201, forms[0].pk)
    refusals = [program.post(f"/customers/{one.pk}/activities", CALL | {"file_form": f.pk}) for f in forms[1:]]
    assert [r.json()["errors"] for r in refusals] == [{"file_form": ["该顾客没有这份档案表。"]}] * 2


def test_the_author_mends_the_words_and_nobody_else(call, customer_of):
    customer = customer_of("rep")
    path = f"/activities/{call('rep').post(f'/customers/{customer.pk}/activities', CALL).json()['id']}"
    change = {"version": 1, "note": "问候了近况，约好下下周再谈"}
    assert call("supervisor").get(path).status_code == 200
    assert call("supervisor").patch(path, change).status_code == 403
    assert call("colleague").patch(path, change).status_code == 404
    changed = call("rep").patch(path, change)
    assert (changed.status_code, changed.json()["version"], changed.json()["note"]) == (200, 2, change["note"])
    assert call("rep").patch(path, change | {"note": "另一种说法，完全不同"}).status_code == 409
    assert call("rep").patch(path, {"version": 2, "happened_at": CALL["happened_at"]}).status_code == 422


def test_a_record_is_removed_with_a_reason(call, customer_of):
    customer = customer_of("rep")
    path = f"/activities/{call('rep').post(f'/customers/{customer.pk}/activities', CALL).json()['id']}"
    assert call("rep").delete(path).status_code == 422
    assert call("rep").delete(f"{path}?why=记错人").status_code == 204
    assert call("rep").get(path).status_code == 404


def test_a_customers_contacts_are_read_newest_first_page_by_page(call, customer_of):
    program, customer = call("rep"), customer_of("rep")
    path = f"/customers/{customer.pk}/activities"
    for minute in (10, 30, 20):
        body = CALL | {"happened_at": f"2026-11-16T08:{minute}:00+08:00", "note": f"第{minute}次谈话记录内容"}
        program.post(path, body)
    first = program.get(f"{path}?limit=2").json()
    second = program.get(f"{path}?limit=2&at={first['next']}").json()
    minutes = [row["happened_at"][14:16] for row in first["items"] + second["items"]]
    assert (minutes, second["next"]) == (["30", "20", "10"], "")
    assert call("colleague").get(path).status_code == 404
