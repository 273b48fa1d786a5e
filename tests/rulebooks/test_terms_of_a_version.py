"""Who approves a version, for which units and until when; what it forbids while it holds; who has read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, NeedsPermit, NotAllowed, Refused
from guanxi.base.org import gate, permits
from guanxi.base.org.models import Post, Restriction, Role
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import approve_version, confirm_reading, save_draft, switch_off
from guanxi.core.rulebooks.gates import set_restrictions
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Reading
from guanxi.core.rulebooks.readers import awaited_of, concerned, not_yet
from guanxi.core.rulebooks.registry import GATES, Gate

from .conftest import at, duties_of, move_to

pytestmark = pytest.mark.django_db
TEXT = """rulebook: care
title: 档案管理办法
title_en: Care of files
rules:
  - id: call
    article: 第一条 三日内回访
    topic: callback
    subject: file-form
    when: completed
    by: owner
    steps:
      - {due: 3 days, purpose: 回访}
    evidence: {activity: [call]}
  - id: no-showing
    article: 第二条 档案不得外借
    article_en: Art. 2 Files are not lent out
    topic: copies
    subject: file-form
    forbids: [test-lend]
"""
PERMITTED = TEXT.replace("[test-lend]", "[test-lend]\n    unless: {permit: {role: general-manager}}")
LEND = "test-lend"


@pytest.fixture(autouse=True)
def lending() -> Iterator[None]:
    """A step of the archive that clauses may forbid."""
    GATES.add(Gate("file-form", LEND, kind="fileform", label="lend"))
    yield
    GATES.remove(f"file-form:{LEND}")


def lend(actor, form_id: int = 1) -> None:
    gate.ask_rules(actor, LEND, "fileform", form_id)


@pytest.mark.req("RB-21.17", "RB-21.16")
def test_what_a_clause_forbids_is_refused_with_its_words(approve, actor):
    lend(actor("rep"))
    approve(TEXT)
    with pytest.raises(NotAllowed) as refused:
        lend(actor("rep"))
    assert "档案不得外借" in str(refused.value.message)


@pytest.mark.req("RB-21.16")
def test_a_permit_of_the_role_named_lets_it_happen_once(approve, actor, staff):
    approve(PERMITTED)
    with pytest.raises(NeedsPermit) as wanted:
        lend(actor("rep"))
    assert wanted.value.details["role"] == "general-manager"
    permits.give(staff("rep").pk, LEND, "fileform", 1, given_by=staff("gm").pk)
    lend(actor("rep"))
    with pytest.raises(NeedsPermit):
        lend(actor("rep"))


def test_nothing_is_forbidden_before_the_day_and_after_the_end(approve, actor):
    approve(TEXT, effective_on=date(2026, 11, 18), until_on=date(2026, 11, 19))
    lend(actor("rep"))
    move_to(at(11, 18, 1))
    run_rules()
    with pytest.raises(NotAllowed):
        lend(actor("rep"))
    move_to(at(11, 20, 0, 1))
    lend(actor("rep"))
    run_rules()
    assert not Restriction.objects.exists()


def test_a_later_version_without_the_clause_frees_what_was_forbidden(approve, actor):
    approve(TEXT)
    approve(TEXT[: TEXT.index("  - id: no-showing")])
    lend(actor("rep"))
    assert not Restriction.objects.exists()


def test_setting_the_restrictions_again_changes_nothing(approve):
    approve(TEXT)
    before = list(Restriction.objects.values())
    assert set_restrictions() == 0
    assert list(Restriction.objects.values()) == before
    Restriction.objects.filter(rule_id__isnull=False).update(verb="other")
    assert set_restrictions() == 2
    assert [one.verb for one in Restriction.objects.all()] == [LEND]


def test_a_restriction_that_people_set_is_left_alone(approve, staff):
    mine = Restriction.objects.create(kind="fileform", subject_id=7, verb="*", reason="争议")
    approve(TEXT)
    approve(TEXT[: TEXT.index("  - id: no-showing")])
    assert list(Restriction.objects.all()) == [mine]


@pytest.mark.req("POL-01")
def test_a_clause_for_one_branch_forbids_nothing_in_another(approve, actor, staff):
    chengdu = staff("rep").posts.get().unit.parent
    approve(TEXT, unit_ids=[chengdu.pk])
    lend(actor("stranger"))
    with pytest.raises(NotAllowed):
        lend(actor("rep"))


@pytest.mark.req("POL-01")
def test_switched_off_it_raises_and_forbids_nothing_and_says_why(approve, actor, customer_of, form_of):
    version = approve(TEXT)
    kept = form_of("rep", customer_of("rep"))
    switch_off(version.pk, actor=actor("gm"), last_on=clock.today() - timedelta(days=1), why="公司停止会销")
    run_rules()
    lend(actor("rep"))
    later = form_of("rep", customer_of("rep", name="夏梅珍"))
    assert (len(duties_of(kept)), duties_of(later)) == (1, [])
    entry = Entry.objects.get(name="rulebooks:version:switched_off")
    assert entry.changes["why"] == [None, "公司停止会销"]


def test_switching_off_wants_a_reason_a_day_to_come_and_the_right(approve, actor):
    version = approve(TEXT)
    with pytest.raises(Invalid) as refused:
        switch_off(version.pk, actor=actor("gm"), last_on=date(2026, 11, 1), why=" ")
    assert set(refused.value.errors) == {"last_on", "why"}
    with pytest.raises(NotAllowed):
        switch_off(version.pk, actor=actor("admin"), last_on=clock.today(), why="x")
    draft = save_draft(TEXT, actor=actor("gm"))
    with pytest.raises(Refused):
        switch_off(draft.pk, actor=actor("gm"), last_on=clock.today(), why="x")


def test_another_than_the_drafter_approves_where_there_is_one(actor, staff):
    draft = save_draft(TEXT, actor=actor("gm"))
    assert draft.drafted_by == staff("gm")
    role = Role.objects.get(key="general-manager")
    Post.objects.create(
        staff=staff("hangzhou"), unit=staff("gm").posts.get().unit, role=role, starts_on=clock.today(), is_main=False
    )
    with pytest.raises(Refused) as refused:
        approve_version(draft.pk, actor=actor("gm"), effective_on=clock.today())
    assert refused.value.code == "own_draft"
    assert approve_version(draft.pk, actor=actor("hangzhou"), effective_on=clock.today()).state == "approved"


def test_the_only_approver_may_approve_an_own_draft(actor, staff):
    draft = save_draft(TEXT, actor=actor("gm"))
    version = approve_version(draft.pk, actor=actor("gm"), effective_on=clock.today())
    assert version.drafted_by_id == version.approved_by_id == staff("gm").pk


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"until_on": date(2026, 10, 31)}, "until_on"),
        ({"until_on": date(2026, 11, 10)}, "until_on"),
        ({"unit_ids": [987654]}, "unit_ids"),
        ({"on_replace": "burn"}, "on_replace"),
        ({"catch_up": "burn"}, "catch_up"),
        ({"anchors_from": date(2026, 11, 2)}, "anchors_from"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(actor, terms, field):
    draft = save_draft(TEXT, actor=actor("gm"))
    with pytest.raises(Invalid) as refused:
        approve_version(draft.pk, actor=actor("gm"), **({"effective_on": date(2026, 11, 1)} | terms))
    assert list(refused.value.errors) == [field]


@pytest.mark.req("POL-09")
def test_open_duties_stay_or_are_raised_anew_as_the_approver_chose(approve, customer_of, form_of):
    approve(TEXT)
    form = form_of("rep", customer_of("rep"))
    approve(TEXT.replace("3 days", "5 days"))
    assert [d.due_on for d in duties_of(form)] == [date(2026, 11, 19)]
    approve(TEXT.replace("3 days", "7 days"), on_replace="renew", anchors_from=date(2026, 11, 1))
    assert [d.due_on for d in Duty.objects.open().filter(subject_id=form.pk)] == [date(2026, 11, 23)]


@pytest.mark.req("POL-10")
def test_everybody_concerned_is_asked_once_and_can_confirm(approve, actor, staff):
    version = approve(TEXT)
    told = Message.objects.filter(kind="rulebooks:version:to_read")
    assert set(told.values_list("recipient_id", flat=True)) == set(
        concerned(version).exclude(id=staff("gm").pk).values_list("id", flat=True)
    )
    assert awaited_of(actor("rep")) == [version.pk]
    confirm_reading(version.pk, actor=actor("rep"))
    confirm_reading(version.pk, actor=actor("rep"))
    assert Reading.objects.filter(staff=staff("rep")).count() == 1
    assert Entry.objects.filter(name="rulebooks:version:read").count() == 1
    assert awaited_of(actor("rep")) == []
    assert staff("rep") not in not_yet(version)
    assert staff("colleague") in not_yet(version)


@pytest.mark.req("POL-10")
def test_a_new_version_wants_to_be_read_again(approve, actor):
    confirm_reading(approve(TEXT).pk, actor=actor("rep"))
    second = approve(TEXT.replace("3 days", "5 days"))
    assert awaited_of(actor("rep")) == [second.pk]


@pytest.mark.req("POL-10")
def test_only_those_of_its_units_are_asked(approve, actor, staff):
    version = approve(TEXT, unit_ids=[staff("stranger").posts.get().unit.pk])
    assert set(concerned(version)) == {staff("stranger"), staff("hangzhou")}
    assert awaited_of(actor("rep")) == []


def test_a_draft_cannot_be_confirmed_as_read(actor):
    with pytest.raises(Refused):
        confirm_reading(save_draft(TEXT, actor=actor("gm")).pk, actor=actor("rep"))
