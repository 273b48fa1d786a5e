"""Bad input and conflict: what was wrong is corrected with its reason, and nothing is dropped."""

from datetime import timedelta

import pytest

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.core.activities.actions.activity import remove_activity
from guanxi.core.customers.actions import leave_in_peace, remove_customer
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions.fileform import change_file_form
from guanxi.domain.archive.events import REMOVED
from guanxi.domain.archive.models import FileForm

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
    by: {by}
    steps: [{{due: 3 days, purpose: 指导服用}}]
    evidence: {{activity: [call], with: [result]}}
"""


@pytest.fixture
def small(approve):
    return approve(TEXT.format(by="owner"))


def whys(form: FileForm) -> list[tuple[str, str]]:
    return [(d.state, d.withdrawn_why) for d in duties_of(form, clause="buyer-callback")]


@pytest.fixture
def form(small, customer_of, form_of):
    return form_of("rep", customer_of("rep"))


def corrected(form: FileForm, actor, **values) -> None:
    change_file_form(form.pk, values, version=form.version, actor=actor("gm"))


def test_a_corrected_completion_date_moves_the_deadline(actor, form):
    before = duties_of(form)[0].due_on
    corrected(form, actor, completed_on=form.completed_on - timedelta(days=1))
    assert duties_of(form)[0].due_on == before - timedelta(days=1)


def test_a_buyer_who_bought_nothing_owes_no_buyers_callback(actor, form):
    corrected(form, actor, purchased=False, product="")
    assert whys(form) == [("withdrawn", "audience")]


def test_a_customer_removed_as_a_duplicate_takes_the_duties_along(actor, form):
    remove_customer(form.customer_id, actor=actor("manager"))
    assert whys(form) == [("withdrawn", "removed")]


def test_an_import_undone_says_so_at_its_duties(actor, form):
    FileForm.objects.filter(pk=form.pk).update(removed_at=clock.now())
    events.publish(Event(REMOVED, "fileform", [form.pk], {"why": "undone"}), actor=actor("gm"))
    assert whys(form) == [("withdrawn", "undone")]


def test_a_deleted_activity_opens_its_duty_again(actor, form, call):
    activity = call("rep", form.customer)
    assert states_of(form) == ["done"]
    remove_activity(activity.pk, actor=actor("gm"), why="记错客户")
    assert whys(form) == [("open", "")]


def test_the_dead_are_left_in_peace(actor, form):
    leave_in_peace(form.customer_id, deceased_on=clock.today(), is_do_not_disturb=False, actor=actor("rep"))
    assert whys(form) == [("withdrawn", "deceased")]


@pytest.mark.req("CAR-07")
def test_what_is_recorded_on_a_later_day_settles_where_the_clause_allows_it_and_is_shown_as_such(browse, form, call):
    clock.advance(days=2)
    call("rep", form.customer, happened_at=clock.now() - timedelta(days=1))
    duty = duties_of(form)[0]
    assert (duty.state, duty.is_recorded_later, duty.settled_late) == ("done", True, False)
    pages = [f"/duties/{duty.pk}", "/duties?state=done"]
    assert all("补录" in browse("rep").get(page).content.decode() for page in pages)


def test_what_is_recorded_the_same_day_is_not_marked(browse, form, call):
    call("rep", form.customer)
    duty = duties_of(form)[0]
    assert not duty.is_recorded_later
    assert "补录" not in browse("rep").get(f"/duties/{duty.pk}").content.decode()


@pytest.mark.parametrize("by", ["{team: doctor}", "{role: service-doctor}"])
def test_a_clause_without_anyone_to_act_is_listed_and_given_as_soon_as_somebody_is_found(
    approve, browse, customer_of, form_of, by
):
    approve(TEXT.format(by=by))
    form = form_of("stranger", customer_of("stranger"))
    duty = Duty.objects.get(subject_id=form.pk)
    assert (duty.assignee, duty.state) == (None, "open")
    assert f"/duties/{duty.pk}" in browse("gm").get("/duties?person=nobody&state=coming").content.decode()
    clock.advance(days=5)
    run_rules()
    duty.refresh_from_db()
    assert (duty.state, duty.rung) == ("open", 0)
