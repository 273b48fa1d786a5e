from __future__ import annotations

import pytest

from guanxi.base.org.models import Grant
from guanxi.domain.archive.models import FileForm

pytestmark = [pytest.mark.django_db, pytest.mark.req("FIL-06")]
FORM = {
    "event_name": "秋季健康讲座",
    "completed_on": "2026-11-14",
    "purchased": True,
    "product": "蛋白粉",
    "amount": "880.00",
}


def test_a_form_is_filled_in(call, customer_of, staff):
    customer = customer_of("rep")
    answer = call("rep").post("/file-forms", FORM | {"customer_id": customer.pk, "health": "血压偏高"})
    assert answer.status_code == 201
    told = answer.json()
    assert told["customer"] == {"id": customer.pk, "name": "崔强"}
    assert (told["representative"]["id"], told["amount"], told["health"]) == (staff("rep").id, "880.00", "血压偏高")
    assert call("rep").get(f"/file-forms/{told['id']}").json() == told


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"completed_on": "2026-11-17"}, "completed_on"),
        ({"completed_on": "14.11.2026"}, "completed_on"),
        ({"event_name": ""}, "event_name"),
        ({"product": ""}, "product"),
        ({"amount": -1}, "amount"),
        ({"amount": "1.234"}, "amount"),
        ({"amount": "Infinity"}, "amount"),
        ({"amount": "1" * 14}, "amount"),
        ({"representative_id": 1}, "representative_id"),
        ({"purchased": "often"}, "purchased"),
    ],
)
def test_it_refuses_what_cannot_be(call, customer_of, entry, field):
    answer = call("rep").post("/file-forms", FORM | {"customer_id": customer_of("rep").pk} | entry)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not FileForm.objects.exists()


def test_a_form_of_somebody_elses_customer_is_refused_like_one_of_nobody(call, customer_of):
    foreign = customer_of("stranger")
    answers = [call("rep").post("/file-forms", FORM | {"customer_id": i}) for i in (foreign.pk, 10**9)]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].json() | {"reference": ""} == answers[1].json() | {"reference": ""}


def test_one_form_per_person_event_and_day(call, customer_of):
    body = FORM | {"customer_id": customer_of("rep").pk}
    assert call("rep").post("/file-forms", body).status_code == 201
    assert call("rep").post("/file-forms", body).status_code == 422
    assert call("rep").post("/file-forms", body | {"event_name": "冬季讲座"}).status_code == 201


def test_a_correction_names_its_version(call, customer_of):
    program = call("rep")
    made = program.post("/file-forms", FORM | {"customer_id": customer_of("rep").pk}).json()
    path = f"/file-forms/{made['id']}"
    changed = program.patch(path, {"version": 1, "completed_on": "2026-11-13"}).json()
    assert (changed["completed_on"], changed["version"], changed["product"]) == ("2026-11-13", 2, "蛋白粉")
    stale = program.patch(path, {"version": 1, "completed_on": "2026-11-12"})
    assert (stale.status_code, list(stale.json()["errors"])) == (409, ["completed_on"])
    assert program.patch(path, {"version": 2, "customer_id": 1}).status_code == 422


def test_forms_are_listed_within_the_scope_and_by_customer(call, customer_of):
    one, other, foreign = customer_of("rep"), customer_of("rep", name="吴静"), customer_of("stranger", name="何敏")
    for login, customer in (("rep", one), ("rep", other), ("stranger", foreign)):
        call(login).post("/file-forms", FORM | {"customer_id": customer.pk})
    program = call("rep")
    assert {row["customer"]["name"] for row in program.get("/file-forms").json()["items"]} == {"崔强", "吴静"}
    assert [r["customer"]["id"] for r in program.get(f"/file-forms?customer={one.pk}").json()["items"]] == [one.pk]
    assert program.get(f"/file-forms?customer={foreign.pk}").json()["items"] == []
    assert len(call("gm").get("/file-forms?limit=2").json()["items"]) == 2


@pytest.mark.req("FIL-13")
def test_health_is_shown_to_those_whose_role_reveals_it(call, customer_of):
    body = FORM | {"customer_id": customer_of("rep").pk, "health": "血压偏高"}
    made = call("rep").post("/file-forms", body).json()
    assert call("doctor").get(f"/file-forms/{made['id']}").json()["health"] == "血压偏高"
    Grant.objects.filter(role__key="service-doctor", kind="fileform", verb="reveal").delete()
    told = call("doctor").get(f"/file-forms/{made['id']}").json()
    assert (told["health"], told["masked"]) == (None, ["health"])
    assert call("doctor").patch(f"/file-forms/{made['id']}", {"version": 1, "health": "正常"}).status_code == 422


def test_a_form_is_removed_with_a_reason(call, customer_of):
    made = call("rep").post("/file-forms", FORM | {"customer_id": customer_of("rep").pk}).json()
    path = f"/file-forms/{made['id']}"
    assert call("rep").delete(f"{path}?why=重复").status_code == 403
    assert call("manager").delete(path).status_code == 422
    assert call("manager").delete(f"{path}?why=重复").status_code == 204
    assert call("manager").get(path).status_code == 404
