"""Duties through the API: what must be done, by when, and why."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.domain.archive.actions import complete_file_form
from tests.rulebooks.callbacks import CALLBACKS

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-02")]
CALL = {"kind": "call", "result": "reached", "note": "教了怎么服用，约好月底再问"}


@pytest.fixture
def form(actor, customer_of):
    """A buyer's form of the representative, under rulebook 21: callbacks on days 3, 30 and 60."""
    draft = save_draft(CALLBACKS, actor=actor("gm"))
    approve_version(draft.pk, effective_on=date(2026, 11, 1), actor=actor("gm"))
    values = {"event_name": "秋季会", "completed_on": clock.today(), "purchased": True, "product": "蛋白粉"}
    return complete_file_form(customer_of("rep", phone="13877771234").pk, values, actor=actor("rep"))


def first_of(program, state="open"):
    return program.get(f"/duties?state={state}").json()["items"][0]


def test_a_representative_reads_what_is_to_be_done_with_the_clause_that_asks_for_it(call, form):
    told = first_of(call("rep"))
    assert (told["customer"]["name"], told["phone"], told["due_on"]) == ("崔强", "13877771234", "2026-11-19")
    assert (told["step"], told["steps"], told["state"], told["is_late"]) == (1, 3, "open", False)
    assert told["clause"]["rulebook"] == "huixiao-archive"
    assert "回访" in told["clause"]["article"]
    assert (told["subject_kind"], told["subject_id"]) == ("fileform", form.pk)
    assert call("rep").get(f"/duties/{told['id']}").json() == told


@pytest.mark.parametrize(("days", "parts"), [(0, (0, 0, 3)), (3, (0, 1, 2)), (4, (1, 0, 2)), (70, (3, 0, 0))])
def test_the_parts_follow_the_clock(call, form, days, parts):
    clock.advance(days=days)
    program = call("rep")
    found = [len(program.get(f"/duties?state={part}").json()["items"]) for part in ("overdue", "today", "coming")]
    assert tuple(found) == parts


def test_a_duty_is_completed_by_recording_the_contact(call, form):
    program = call("rep")
    duty = first_of(program)
    answer = program.post(f"/duties/{duty['id']}/activities", CALL)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["duty"]["state"], told["duty"]["settled_late"]) == ("done", False)
    assert told["activity"]["file_form"] == form.pk
    assert program.get("/duties?state=done").json()["items"] == [told["duty"]]


@pytest.mark.req("CAR-07")
def test_an_empty_note_is_recorded_and_settles_nothing(call, form):
    program = call("rep")
    duty = first_of(program)
    told = program.post(f"/duties/{duty['id']}/activities", CALL | {"note": ""}).json()
    assert (told["activity"]["note_state"], told["duty"]["state"]) == ("empty", "open")


def test_a_contact_logged_on_the_customer_settles_it_too(call, form):
    program = call("rep")
    program.post(f"/customers/{form.customer_id}/activities", CALL)
    assert len(program.get("/duties?state=done").json()["items"]) == 1


def test_it_is_postponed_with_a_reason(call, form):
    program = call("rep")
    path = f"/duties/{first_of(program)['id']}/postpone"
    assert program.post(path, {"until": "2026-11-25"}).status_code == 422
    assert program.post(path, {"until": "2026-11-18", "why": "出差"}).status_code == 422
    told = program.post(path, {"until": "2026-11-25", "why": "出差"}).json()
    assert (told["due_on"], told["postponed_to"], told["postponed_why"]) == ("2026-11-25", "2026-11-25", "出差")


def test_it_is_handed_over_and_the_colleague_reads_duty_and_customer(call, form, staff):
    duty = first_of(call("rep"))
    body = {"to": staff("colleague").id, "why": "休假"}
    assert call("colleague").get(f"/duties/{duty['id']}").status_code == 404
    told = call("rep").post(f"/duties/{duty['id']}/hand-over", body).json()
    assert told["assignee"] == {"id": staff("colleague").id, "name": "黄娜"}
    assert first_of(call("colleague"))["id"] == duty["id"]
    assert call("colleague").get(f"/customers/{form.customer_id}").status_code == 200
    assert Message.objects.filter(recipient=staff("colleague"), duty_id=duty["id"]).count() == 1
    assert call("supervisor").post(f"/duties/{duty['id']}/hand-over", body | {"to": 10**9}).status_code == 422


def test_a_superior_withdraws_it_and_the_person_does_not(call, form):
    duty = first_of(call("rep"))
    path = f"/duties/{duty['id']}/withdraw"
    assert call("rep").post(path, {"why": "不想打"}).status_code == 403
    assert call("supervisor").post(path, {"why": "客户已告知"}).json()["state"] == "withdrawn"
    assert call("supervisor").post(path, {"why": "再来一次"}).json()["code"] == "duty_closed"


def test_a_task_is_set_and_ticked_off_and_a_clause_is_not(call, form, staff):
    program = call("rep")
    body = {"customer_id": form.customer_id, "purpose": "送月历", "due_on": "2026-11-20"}
    task = program.post("/duties", body).json()
    assert (task["clause"], task["assignee"]["name"]) == (None, "邱远")
    assert program.post(f"/duties/{task['id']}/finish", {"note": "送到了"}).json()["state"] == "done"
    clause = first_of(program)
    assert program.post(f"/duties/{clause['id']}/finish", {}).json()["code"] == "needs_evidence"
    assert program.post("/duties", body | {"due_on": "2026-11-15"}).status_code == 422
    assert call("colleague").post("/duties", body).status_code == 404


@pytest.mark.req("SHR-02")
def test_everyone_reads_the_duties_of_their_people(call, form):
    def seen(login):
        return {row["assignee"]["name"] for row in call(login).get("/duties?person=all").json()["items"]}

    assert seen("rep") == {"邱远"}
    assert seen("supervisor") == {"邱远"}
    assert seen("gm") == {"邱远", "沈洁"}
    assert seen("doctor") == {"沈洁"}
    assert seen("stranger") == seen("colleague") == set()
    duty = first_of(call("rep"))
    for login in ("colleague", "stranger", "hangzhou"):
        assert call(login).get(f"/duties/{duty['id']}").status_code == 404
        assert call(login).post(f"/duties/{duty['id']}/activities", CALL).status_code == 404


def test_the_list_is_read_page_by_page(call, form):
    program, read, at = call("rep"), [], ""
    while True:
        page = program.get(f"/duties?limit=1&at={at}").json()
        read += [row["due_on"] for row in page["items"]]
        at = page["next"]
        if not at:
            break
    assert read == ["2026-11-19", "2026-12-16", "2027-01-15"]
    assert program.get(f"/customers?at={program.get('/duties?limit=1').json()['next']}").status_code == 422


def test_the_number_of_queries_does_not_grow_with_rows(call, form, actor, customer_of, django_assert_num_queries):
    program = call("rep")
    with django_assert_num_queries(3):
        assert len(program.get("/duties").json()["items"]) == 3
    values = {"event_name": "冬季会", "completed_on": clock.today(), "purchased": True, "product": "茶"}
    for name in ("吴静", "何敏", "白云"):
        complete_file_form(customer_of("rep", name=name).pk, values, actor=actor("rep"))
    with django_assert_num_queries(3):
        assert len(program.get("/duties").json()["items"]) == 12


@pytest.mark.req("POL-09")
def test_the_rulebook_is_read_clause_by_clause(call, form):
    assert [b["key"] for b in call("rep").get("/rulebooks").json()["items"]] == ["huixiao-archive"]
    told = call("rep").get("/rulebooks/huixiao-archive").json()
    assert (told["version"], told["effective_on"], told["approved_by"]["name"]) == (1, "2026-11-01", "何远山")
    assert [c["position"] for c in told["clauses"]] == list(range(1, len(told["clauses"]) + 1))
    assert {"buyer-callback", "doctor-callback"} <= {c["key"] for c in told["clauses"]}
    first = told["clauses"][0]
    assert (first["forbids"], first["permit_by"]) == ([], "")
    assert (told["is_trial"], told["awaits_confirmation"]) == (False, True)
    assert {"label", "text"} == set(first["runs"][0])
    assert call("rep").get("/rulebooks/none").status_code == 404


@pytest.mark.req("POL-02")
def test_each_clause_stands_beside_its_figures(call, form):
    def figures(login, month=""):
        clauses = call(login).get(f"/rulebooks/huixiao-archive?month={month}").json()["clauses"]
        return next(c["figures"] for c in clauses if c["key"] == "buyer-callback")

    assert (figures("rep")["raised"], figures("rep")["still_open"]) == (1, 1)
    call("rep").post(f"/customers/{form.customer_id}/activities", CALL)
    assert (figures("gm")["in_time"], figures("gm", "2026-12")["raised"]) == (1, 1)
    assert figures("stranger")["raised"] == 0
    assert call("rep").get("/rulebooks/huixiao-archive?month=2026-13").status_code == 422
