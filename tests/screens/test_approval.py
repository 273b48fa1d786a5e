"""Approving: values as a form, terms, changes; confirming what was read; switching off."""

from __future__ import annotations

import re
from datetime import date

import pytest

from guanxi.core.rulebooks.models import Reading, Version
from tests.rulebooks.callbacks import CALLBACKS

from .conftest import text_of

pytestmark = pytest.mark.django_db
FACE = "/rulebooks/huixiao-archive"
WITH_VALUES = CALLBACKS.replace("due: 3 days", "due: quick", 1).replace(
    "rules:", "parameters:\n  quick:   # the company decides\nrules:", 1
)
ANSWERS = {"effective_on": "2026-11-16", "catch_up": "fold", "on_replace": "keep"}
CONSEQUENCE = CALLBACKS.replace("tell: superior", "propose: {deduct: 20 CNY, confirmed_by: {role: general-manager}}", 1)


def test_a_manager_fills_in_the_values_without_touching_the_text(browse, db):
    client = browse("gm")
    client.post("/rulebooks/new", {"text": WITH_VALUES})
    page = text_of(client.get(f"{FACE}/approve"))
    assert 'name="value-quick"' in page
    assert "the company decides" in page
    refused = client.post(f"{FACE}/approve", ANSWERS)
    assert refused.status_code == 422
    assert "quick" in text_of(refused)
    wrong = client.post(f"{FACE}/values", {"value-quick": "soon"})
    assert wrong.status_code == 422
    assert 'value="soon"' in text_of(wrong)
    assert client.post(f"{FACE}/values", {"value-quick": "4 days"})["Location"] == f"{FACE}/approve"
    assert Version.objects.get().text == WITH_VALUES.replace("quick:   #", "quick: 4 days   #")
    assert client.post(f"{FACE}/approve", ANSWERS)["Location"] == FACE


@pytest.mark.req("POL-01")
def test_the_terms_are_kept_and_shown(browse, staff):
    client, branch = browse("gm"), staff("rep").posts.get().unit.parent
    client.post("/rulebooks/new", {"text": CALLBACKS})
    client.post(f"{FACE}/approve", ANSWERS | {"until_on": "2027-12-31", "is_trial": "on", "unit_ids": [branch.pk]})
    version = Version.objects.get()
    assert (str(version.until_on), version.is_trial, version.unit_ids) == ("2027-12-31", True, [branch.pk])
    page = text_of(client.get(FACE))
    for said in ("试行", "成都分公司", "2027", "何远山", "起草和批准为同一人"):
        assert said in page


def test_terms_that_cannot_be_come_back_with_what_was_chosen(browse, staff):
    client, unit = browse("gm"), staff("rep").posts.get().unit
    client.post("/rulebooks/new", {"text": CALLBACKS})
    answer = client.post(f"{FACE}/approve", ANSWERS | {"until_on": "2026-01-01", "unit_ids": [unit.pk]})
    assert answer.status_code == 422
    assert f'value="{unit.pk}" selected' in text_of(answer)
    for bad in ({"unit_ids": ["x"]}, {"unit_ids": ["9" * 30]}, {"until_on": "soon"}, {"on_replace": "x"}):
        assert client.post(f"{FACE}/approve", ANSWERS | bad).status_code == 422


@pytest.mark.req("POL-06")
def test_the_dry_run_counts_consequences_and_says_what_is_missing(browse, customer_of, form_of):
    form_of("rep", customer_of("rep"), completed_on=date(2026, 11, 2))
    client = browse("gm")
    client.post("/rulebooks/new", {"text": CONSEQUENCE})
    part = ANSWERS | {"part": "figures", "anchors_from": "2026-11-01"}
    page = text_of(client.get(f"{FACE}/approve", part, headers={"HX-Request": "true"}))
    assert re.findall(r'class="num[^"]*"[^>]*>(\d+)<', page)[-1] == "1"
    client.post(f"{FACE}/draft", {"text": WITH_VALUES})
    page = text_of(client.get(f"{FACE}/approve", part, headers={"HX-Request": "true"}))
    assert "须先填写参数：quick" in page


@pytest.mark.req("POL-06")
def test_what_arises_with_the_duty_is_counted_for_each(browse, customer_of, form_of, call):
    customer = customer_of("rep")
    form_of("rep", customer)
    call("rep", customer)
    client = browse("gm")
    at_once = CONSEQUENCE.replace("at: due + 1 day", "at: raised", 1)
    at_once = at_once.replace("      - {at: due - 1 day, remind: assignee}\n", "", 1)
    client.post("/rulebooks/new", {"text": at_once})
    part = ANSWERS | {"part": "figures", "anchors_from": "2026-11-01"}
    page = text_of(client.get(f"{FACE}/approve", part, headers={"HX-Request": "true"}))
    assert re.findall(r'class="num[^"]*"[^>]*>(\d+)<', page)[-1] == "3"


@pytest.mark.req("POL-09")
def test_what_changed_against_the_version_before_is_told_clause_by_clause(browse, rulebook_21):
    client = browse("gm")
    text = CALLBACKS.replace("due: 3 days, purpose: 指导服用产品", "due: 5 days, purpose: 指导服用产品")
    client.post(f"{FACE}/draft", {"text": text[: text.index("  # 21.11")]})
    page = text_of(client.get(f"{FACE}/approve"))
    assert "与上一版本的不同" in page
    assert re.search(r"<del>[^<]*3 天[^<]*</del>.*<ins>[^<]*5 天[^<]*</ins>", page, re.DOTALL)
    assert "已移除" in page
    client.post(f"{FACE}/approve", ANSWERS)
    assert "与上一版本的不同" in text_of(browse("rep").get(FACE))


@pytest.mark.req("POL-10")
def test_whoever_is_concerned_confirms_by_the_button_alone(browse, rulebook_21, staff):
    client = browse("rep")
    page = text_of(client.get(FACE))
    assert "我已阅读" in page
    assert "待阅读确认" in text_of(client.get("/rulebooks"))
    client.get(f"{FACE}/read")
    assert not Reading.objects.filter(staff=staff("rep")).exists()
    client.post(f"{FACE}/read", {"version": "1"})
    assert Reading.objects.filter(staff=staff("rep")).count() == 1
    assert "我已阅读" not in text_of(client.get(FACE))
    page = text_of(browse("gm").get(f"{FACE}/readers"))
    assert page.index("黄娜") < page.index("邱远")
    assert browse("rep").get(f"{FACE}/readers").status_code == 403


def test_odd_versions_are_missing(browse, rulebook_21):
    for number in ("9", "x", "9" * 40, "-1"):
        assert browse("gm").get(f"{FACE}/readers", {"version": number}).status_code == 404
    assert browse("rep").post(f"{FACE}/read", {"version": "7"}).status_code == 404
    assert browse("gm").get("/rulebooks/none/switch-off").status_code == 404


@pytest.mark.req("POL-01")
def test_switching_off_wants_a_reason_and_is_told_on_the_page(browse, rulebook_21):
    client = browse("gm")
    assert "停用" in text_of(client.get(FACE))
    refused = client.post(f"{FACE}/switch-off", {"last_on": "2026-11-15", "why": " "})
    assert refused.status_code == 422
    assert client.post(f"{FACE}/switch-off", {"last_on": "2026-11-15", "why": "停办会销"})["Location"] == FACE
    page = text_of(client.get(FACE))
    assert "该制度已停用" in page
    assert browse("admin").get(f"{FACE}/switch-off").status_code == 403


def test_a_clause_that_forbids_is_shown_with_what_it_forbids(browse, approve):
    approve(
        CALLBACKS
        + "  - id: no-copies\n    article: 二.13 不得复印\n    topic: copies\n    subject: file-form\n"
        + "    forbids: [print, copy]\n    unless: {permit: {role: general-manager}}\n"
    )
    page = text_of(browse("rep").get(FACE))
    assert "该条款为禁止性条款" in page
    assert "总经理" in page


def test_who_writes_but_does_not_approve_is_led_to_the_rulebook(browse):
    assert browse("gm").post("/rulebooks/new", {"text": CALLBACKS}).headers["Location"] == f"{FACE}/approve"
    answer = browse("admin").post(f"{FACE}/draft", {"text": CALLBACKS})
    assert answer.headers["Location"] == FACE
    assert browse("admin").get(FACE).status_code == 200
