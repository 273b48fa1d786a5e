"""A version approved while duties of the one before are open; one that ends; one on trial."""

from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Rule, Version
from guanxi.core.rulebooks.phases.running import running_rules

from .conftest import duties_of, states_of

pytestmark = pytest.mark.django_db
TEXT = """
rulebook: small
title: 小制度
rules:
  - id: buyer-callback
    article: 购买顾客三日内回访
    topic: callback
    subject: file-form
    when: completed
    who: purchased = yes
    by: owner
    steps: [{due: 3 days, purpose: 指导服用}, {due: 30 days, purpose: 征询意见}]
    evidence: {activity: [call], with: [result]}
    ladder: [{at: due - 1 day, remind: assignee}]
"""
LATER = TEXT.replace("due: 3 days, purpose: 指导服用", "due: 5 days, purpose: 当面指导")


@pytest.fixture
def form(approve, customer_of, form_of):
    approve(TEXT)
    return form_of("rep", customer_of("rep"))


def test_open_duties_stay_under_the_wording_they_were_raised_under(approve, form):
    approve(LATER)
    assert [(d.purpose, d.due_on) for d in duties_of(form)] == [
        ("指导服用", date(2026, 11, 19)),
        ("征询意见", date(2026, 12, 16)),
    ]


@pytest.mark.req("POL-09")
def test_or_are_withdrawn_and_raised_anew_where_the_approver_says_so(approve, form):
    clock.advance(days=2)
    run_rules()
    assert duties_of(form)[0].rung == 1
    version = approve(LATER, on_replace="renew")
    first = duties_of(form)[0]
    assert (first.purpose, first.due_on, first.rule.version, first.state, first.withdrawn_why, first.rung) == (
        "当面指导",
        date(2026, 11, 21),
        version,
        "open",
        "",
        0,
    )
    assert {d.rule.version for d in duties_of(form)} == {version}


def test_what_was_done_stays_done_under_its_old_wording(approve, form, call):
    first = duties_of(form)[0]
    call("rep", form.customer)
    approve(LATER, on_replace="renew")
    assert states_of(form) == ["done", "open"]
    assert duties_of(form)[0].purpose == first.purpose


def test_a_clause_the_new_version_left_out_takes_its_open_duties_along(approve, form):
    approve(TEXT.replace("buyer-callback", "buyer-visit"), on_replace="renew")
    assert {(d.state, d.withdrawn_why) for d in duties_of(form, clause="buyer-callback")} == {("withdrawn", "renewed")}
    assert states_of(form, "buyer-visit") == ["open", "open"]


def test_a_shorter_time_in_the_new_version_makes_nobody_late(approve, form):
    clock.advance(days=2)
    approve(TEXT.replace("due: 3 days", "due: 1 day"), on_replace="renew")
    first = duties_of(form)[0]
    assert (first.due_on, first.is_caught_up, first.is_late) == (date(2026, 11, 17), True, False)


def test_renewing_once_is_enough(approve, form):
    approve(LATER, on_replace="renew")
    before = list(Duty.objects.order_by("id").values())
    run_rules()
    assert list(Duty.objects.order_by("id").values()) == before


@pytest.mark.req("POL-01")
def test_after_its_last_day_a_version_raises_nothing_and_what_is_open_can_be_done(approve, customer_of, form_of, call):
    approve(TEXT, until_on=date(2026, 11, 16))
    customer = customer_of("rep")
    form = form_of("rep", customer)
    clock.advance(days=1)
    run_rules()
    later = form_of("rep", customer_of("rep", name="夏梅珍"))
    assert (states_of(form), states_of(later)) == (["open", "open"], [])
    call("rep", customer)
    assert states_of(form) == ["done", "open"]
    assert Version.objects.get().state == "approved"


def test_a_version_on_trial_runs_as_such(approve):
    approve(TEXT, is_trial=True)
    rule = next(rule for rule in running_rules() if rule.spec.id == "buyer-callback")
    assert (rule.is_trial, Rule.objects.count()) == (True, 1)
