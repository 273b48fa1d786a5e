from datetime import date

import pytest
from django.db import connection

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.phases import run
from guanxi.domain.archive.events import COMPLETED
from guanxi.domain.archive.models import FileForm

from .conftest import duties_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rulebook_21")]


def test_a_rule_that_fails_keeps_no_other_from_running(monkeypatch, customer_of, form_of):
    form = form_of("rep", customer_of("rep"))
    duties = duties_of(form)
    for duty in duties:
        duty.delete()

    def fail_for_buyers(rule, scope):
        if rule.spec.id == "buyer-callback":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return raising(rule, scope)

    raising = run.PHASES["raise"]
    monkeypatch.setitem(run.PHASES, "raise", fail_for_buyers)
    with pytest.raises(ExceptionGroup) as failed:
        run_rules()
    assert len(failed.value.exceptions) == 1
    assert {d.clause.key for d in duties_of(form)} == {"doctor-callback"}


def test_the_night_raises_what_no_event_told_of(customer_of, form_of):
    form = form_of("rep", customer_of("rep"), purchased=False)
    FileForm.objects.filter(pk=form.pk).update(purchased=True)
    run_rules()
    assert {(d.clause.key, d.state) for d in duties_of(form)} == {
        ("non-buyer-callback", "withdrawn"),
        ("buyer-callback", "open"),
        ("doctor-callback", "open"),
    }


@pytest.mark.parametrize(("choice", "steps"), [("skip", [2, 3]), ("fold", [1, 2, 3])])
def test_who_brings_old_forms_chooses_what_becomes_of_steps_long_past(actor, customer_of, form_of, choice, steps):
    now = clock.now()
    form = FileForm.objects.create(
        customer=customer_of("rep"),
        event_name="旧活动",
        completed_on=date(2026, 11, 2),
        purchased=True,
        created_at=now,
        updated_at=now,
    )
    events.publish(Event(COMPLETED, "fileform", [form.pk], {"catch_up": choice}), actor=actor("manager"))
    run_rules()
    assert [d.step for d in duties_of(form, clause="buyer-callback")] == steps
    clock.advance(days=30)
    run_rules()
    assert [d.step for d in duties_of(form, clause="buyer-callback")] == steps
