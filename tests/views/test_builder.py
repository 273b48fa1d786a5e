"""The page where criteria are put together, and the page that says why a record is in a list or not."""

import json
import re
from html import unescape

import pytest

from guanxi.base.kernel import clock
from guanxi.base.records.conditions import understood
from guanxi.base.records.views.actions import create_view
from guanxi.base.records.views.builder import plain
from guanxi.base.records.views.explaining import explain
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = pytest.mark.django_db
NESTED = (
    "status = potential and (grade in (A, B) or not exists(activity where kind = call, happened_at within 30 days))"
)


@pytest.mark.req("CUS-03")
def test_the_page_answers_with_a_count_a_sample_and_a_sentence(browse, customer_of):
    customer_of("rep", name="甲一", grade="A")
    customer_of("colleague", name="乙二", grade="A")
    page = browse("rep").get("/customers/criteria", {"where": NESTED}).content.decode()
    assert "甲一" in page
    assert "乙二" not in page
    assert "状态为潜在" in page


def test_a_part_of_the_page_is_the_answer_alone(browse):
    part = browse("rep").get("/customers/criteria", {"where": "grade = A"}, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="criteria-answer"')


@pytest.mark.parametrize(
    "text",
    [
        "grade = ",
        "name > 2026-01-01",
        "phone = 138",
        "exists(activity where exists(duty))",
        "' or 1=1 --",
        "name = 'x'; drop table customers_customer",
        'name contains "%(c0)s %s"',
        "\x00",
        "(" * 100,
        "a" * 9000,
        "segment(99999999999999999999)",
        "owner = #999999999999999999",
        "created_at within 99999 years",
        "created_at < now - 99999 years",
        "count(activity) > 3.7",
        "sum(fileform.amount) > 99999999999999999999999999999",
        "\U0001f600 = 1",
        "[status = active]",
    ],
)
def test_hostile_text_is_answered_with_a_sentence_never_an_error(browse, text):
    page = browse("rep").get("/customers/criteria", {"where": text})
    assert page.status_code == 200
    listed = browse("rep").get("/customers", {"where": text})
    assert listed.status_code in (200, 422)


def test_comparing_a_text_with_a_date_says_where(browse):
    page = browse("rep").get("/customers/criteria", {"where": "grade = A and name > 2026-01-01"}).content.decode()
    assert "第 15 个字符" in page


def test_the_names_offered_hold_nothing_personal(browse):
    page = browse("gm").get("/customers/criteria").content.decode()
    block = re.search(r"data-criteria-catalogue>(.*?)</script>", page, re.S)
    catalogue = json.loads(unescape(block[1]))
    keys = {field["key"] for field in catalogue["fields"]}
    assert {"name", "status", "owner", "last_contact_at"} <= keys
    assert not keys & {"phone", "address", "birth_on", "remark"}
    inner = {one["key"]: {field["key"] for field in one["fields"]} for one in catalogue["relations"]}
    assert "health" not in inner["fileform"]
    assert "note" not in inner["activity"]


def test_the_tree_for_the_screen_holds_all_of_the_text(actor):
    found = understood(CUSTOMERS, NESTED, actor("rep"))
    tree = plain(found.asked, found.fields)
    either = tree["parts"][1]
    assert (tree["t"], either["t"]) == ("all", "any")
    assert either["parts"][0]["value"] == ["A", "B"]
    related = either["parts"][1]
    assert (related["not"], related["what"], related["relation"]) == (True, "exists", "activity")
    assert related["where"]["parts"][1]["value"] == "30 days"


@pytest.mark.req("CUS-27")
def test_it_says_which_condition_a_record_does_not_meet(browse, actor, customer_of):
    customer = customer_of("rep", name="崔强", grade="B", status="active")
    call = NewActivity(kind="call", result="reached", note="问候近况", happened_at=clock.now())
    log_activity(customer.pk, call, actor=actor("rep"))
    found = understood(CUSTOMERS, "grade = A and status = active and count(activity) >= 2", actor("rep"))
    explained = explain(CUSTOMERS, found, customer, actor("rep"))
    assert not explained.is_in
    assert [(one.is_met, str(one.actual)) for one in explained.standings] == [
        (False, "B"),
        (True, "合作中"),
        (False, "1"),
    ]
    view = create_view(CUSTOMERS, "重点", {"where": "grade = A"}, actor=actor("rep"))
    page = browse("rep").get(f"/customers/{customer.pk}/why?of=view-{view.pk}").content.decode()
    assert "等级为A" in page
    assert "不符合" in page
    assert browse("stranger").get(f"/customers/{customer.pk}/why?of=view-{view.pk}").status_code == 404
    assert browse("colleague").get(f"/customers/{customer.pk}/why").status_code == 404


def test_explaining_costs_one_query_however_many_conditions(actor, customer_of, django_assert_num_queries):
    customer, who = customer_of("rep"), actor("rep")
    text = " and ".join(f"count(activity where happened_at within {days} days) < 3" for days in range(1, 12))
    found = understood(CUSTOMERS, text, who)
    explain(CUSTOMERS, found, customer, who)
    with django_assert_num_queries(1):
        assert explain(CUSTOMERS, found, customer, who).is_in


def test_the_lists_of_nobody_and_nothing_are_missing(browse):
    assert browse("rep").get("/nothing/criteria").status_code == 404
    assert browse("admin").get("/customers/criteria").status_code == 404
    assert browse("rep").get("/views/new?kind=rulebook").status_code == 404
