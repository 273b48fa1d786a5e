from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.checking import dry_run
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Run, Version
from tests.rulebooks.callbacks import CALLBACKS

from .conftest import duties_of, states_of

pytestmark = pytest.mark.django_db
TEXT = CALLBACKS


def test_before_approval_nothing_is_raised(actor, customer_of, form_of):
    save_draft(TEXT, actor=actor("gm"))
    assert duties_of(form_of("rep", customer_of("rep"))) == []


def test_occurrences_before_the_effective_day_do_not_count_unless_the_approver_says_so(approve, customer_of, form_of):
    form = form_of("rep", customer_of("rep"), completed_on=date(2026, 10, 20))
    approve(TEXT, effective_on=date(2026, 11, 1))
    assert duties_of(form) == []
    approve(TEXT, effective_on=date(2026, 11, 1), anchors_from=date(2026, 10, 1))
    assert [(d.due_on, d.is_caught_up) for d in duties_of(form, clause="buyer-callback")] == [
        (date(2026, 10, 23), True),
        (date(2026, 11, 19), False),
        (date(2026, 12, 19), False),
    ]


def test_past_steps_are_left_out_when_the_approver_chooses(approve, customer_of, form_of):
    form = form_of("rep", customer_of("rep"), completed_on=date(2026, 11, 2))
    approve(TEXT, catch_up="skip")
    assert [d.step for d in duties_of(form, clause="buyer-callback")] == [2, 3]
    clock.advance(days=3)
    run_rules()
    assert [d.step for d in duties_of(form, clause="buyer-callback")] == [2, 3]


def test_it_applies_from_its_effective_day_on(approve, customer_of, form_of):
    approve(TEXT, effective_on=date(2026, 11, 20))
    early = form_of("rep", customer_of("rep"))
    clock.advance(days=4)
    run_rules()
    late = form_of("rep", customer_of("rep", name="夏梅珍"))
    assert (duties_of(early), states_of(late)) == ([], ["open"] * 3)


@pytest.mark.req("POL-09")
def test_a_duty_keeps_the_wording_it_was_raised_under(approve, customer_of, form_of):
    first = approve(TEXT)
    form = form_of("rep", customer_of("rep"))
    second = approve(TEXT.replace("due: 3 days, purpose: 指导服用产品", "due: 5 days, purpose: 指导服用产品"))
    newer = form_of("rep", customer_of("rep", name="夏梅珍"))
    old, new = duties_of(form, clause="buyer-callback")[0], duties_of(newer, clause="buyer-callback")[0]
    assert (old.rule.version, old.due_on) == (first, date(2026, 11, 19))
    assert (new.rule.version, new.due_on) == (second, date(2026, 11, 21))
    assert Duty.objects.filter(subject_id=form.pk).count() == 6
    first.refresh_from_db()
    assert (first.state, second.state) == ("retired", "approved")


def test_duties_of_a_replaced_version_are_still_settled(approve, customer_of, form_of, call):
    approve(TEXT)
    customer = customer_of("rep")
    form = form_of("rep", customer)
    approve(TEXT)
    call("rep", customer)
    assert states_of(form) == ["done", "open", "open"]


@pytest.mark.req("POL-01")
def test_a_rulebook_for_one_unit_leaves_the_others_alone(approve, staff, customer_of, form_of):
    chengdu = staff("rep").posts.get().unit.parent
    approve(TEXT, unit_ids=[chengdu.pk])
    assert states_of(form_of("rep", customer_of("rep"))) == ["open"] * 3
    assert duties_of(form_of("stranger", customer_of("stranger"))) == []


@pytest.mark.req("POL-06")
def test_a_dry_run_counts_what_would_be_raised_and_raises_nothing(customer_of, form_of):
    form_of("rep", customer_of("rep"), completed_on=date(2026, 11, 2))
    form_of("stranger", customer_of("stranger"))
    counts = {found.clause: found.counts for found in dry_run(TEXT, anchors_from=date(2026, 11, 1))}
    assert counts == {
        "buyer-callback": {"raised": 6, "caught_up": 1},
        "non-buyer-callback": {},
        "doctor-callback": {"raised": 6, "without_assignee": 3},
    }
    assert not Duty.objects.exists()


def test_an_approved_version_is_not_approved_again(actor, approve):
    version = approve(TEXT)
    with pytest.raises(Refused):
        approve_version(version.pk, actor=actor("gm"), effective_on=date(2026, 11, 1))


def test_only_who_may_approve_approves(actor):
    draft = save_draft(TEXT, actor=actor("admin"))
    with pytest.raises(NotAllowed):
        approve_version(draft.pk, actor=actor("admin"), effective_on=date(2026, 11, 1))


def test_an_empty_parameter_stands_in_the_way_of_approval(actor):
    text = TEXT.replace("rules:", "parameters: {quick: }\nrules:", 1).replace("due: 3 days", "due: quick", 1)
    draft = save_draft(text, actor=actor("gm"))
    with pytest.raises(Invalid) as refused:
        approve_version(draft.pk, actor=actor("gm"), effective_on=date(2026, 11, 1))
    assert "quick" in str(refused.value.errors["text"][0])


def test_a_second_draft_replaces_the_first(actor):
    save_draft(TEXT, actor=actor("gm"))
    save_draft(TEXT + "\n# more\n", actor=actor("gm"))
    assert Version.objects.get().text.endswith("# more\n")


def test_each_nightly_phase_leaves_its_trail(approve, customer_of, form_of):
    approve(TEXT)
    form_of("rep", customer_of("rep"))
    raised = Run.objects.filter(phase="raise", scope="fileform: 1", rule__clause__key="buyer-callback").get()
    assert raised.counts == {"raised": 3}
    assert Run.objects.filter(scope="everything", phase="climb").count() == 3
