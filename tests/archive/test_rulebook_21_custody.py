"""Clauses 21.5, 21.6, 21.12 and 21.14 to 21.17 of the shipped rulebook, each from what triggers it to what follows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import NeedsPermit
from guanxi.base.org.actions.permit import ask_permit, grant_permit
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Proposal
from guanxi.core.rulebooks.packs import pack_text
from guanxi.domain.archive.actions.attendance import Gathering, take_attendance
from guanxi.domain.archive.actions.callback import ask_doctor
from guanxi.domain.archive.actions.copies import copy_form
from guanxi.domain.archive.actions.incident import NewIncident, confirm_replacement, report_incident
from guanxi.domain.archive.actions.loan import NewLoan, lend_forms, return_loans
from guanxi.domain.archive.models import FileForm

from .filing import duty_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]


@pytest.fixture
def in_force(actor) -> None:
    draft = save_draft(pack_text("huixiao-archive"), actor=actor("admin"))
    approve_version(draft.pk, effective_on=date(2026, 11, 1), actor=actor("gm"))
    run_rules()


def is_told_of_lateness(staff, duty: Duty) -> bool:
    return Message.objects.filter(recipient=staff, kind="rulebooks:duty:late", duty_id=duty.pk).exists()


@pytest.mark.req("RB-21.5")
def test_21_5_who_came_has_a_file_form_the_same_day_or_the_superior_is_told(actor, staff, customer_of, filed):
    first, second = customer_of("rep"), customer_of("rep")
    come = take_attendance(Gathering("健康讲座", clock.today(), [first.pk, second.pk]), actor=actor("rep"))
    filed(customer=first)
    done, open_one = (duty_of("attendance", one.pk, "file-form-of-the-day") for one in come)
    assert (done.state, open_one.state, open_one.assignee) == ("done", "open", staff("rep"))
    clock.advance(days=2)
    run_rules()
    assert is_told_of_lateness(staff("supervisor"), open_one)
    assert not is_told_of_lateness(staff("supervisor"), done)


@pytest.mark.req("RB-21.6")
def test_21_6_the_form_goes_to_the_manager_and_on_to_the_doctor(filed, hand, staff):
    form, forgotten = filed(), filed()
    hand(form, "rep", "manager")
    assert duty_of("fileform", form.pk, "file-form-to-manager").state == "done"
    to_doctor = duty_of("fileform", form.pk, "file-form-to-doctor")
    assert (to_doctor.state, to_doctor.assignee) == ("open", staff("manager"))
    hand(form, "manager", "doctor")
    to_doctor.refresh_from_db()
    assert to_doctor.state == "done"
    clock.advance(days=3)
    run_rules()
    assert is_told_of_lateness(staff("supervisor"), duty_of("fileform", forgotten.pk, "file-form-to-manager"))


@pytest.mark.req("RB-21.12")
def test_21_12_the_doctor_calls_a_non_buyer_on_request(actor, staff, customer_of, recorded):
    customer = customer_of("rep")
    request = ask_doctor(customer.pk, clock.today(), "想了解用法", actor=actor("manager"))
    duty = duty_of("callbackrequest", request.pk, "doctor-on-request")
    assert duty.assignee == staff("doctor")
    recorded("doctor", customer.pk)
    duty.refresh_from_db()
    assert duty.state == "done"


@pytest.mark.req("RB-21.14")
def test_21_14_a_borrowed_file_comes_back_the_same_day_with_a_record(lent, recorded, actor, staff):
    back, out = lent(), lent()
    recorded("rep", back.customer_id)
    return_loans([back.pk], actor=actor("doctor"))
    assert duty_of("loan", back.pk, "file-returned").state == "done"
    clock.advance(days=2)
    run_rules()
    late = duty_of("loan", out.pk, "file-returned")
    assert late.is_late
    assert is_told_of_lateness(staff("doctor"), late)
    assert is_told_of_lateness(staff("supervisor"), late)


@pytest.mark.req("RB-21.15")
def test_21_15_a_lost_file_is_replaced_at_once_and_a_deduction_by_severity_is_proposed(kept, actor, staff):
    new = NewIncident("lost", staff("rep"), "回访途中遗失", "severe")
    incident = report_incident(kept().pk, new, actor=actor("doctor"))
    duty = duty_of("incident", incident.pk, "loss-replaced")
    proposal = Proposal.objects.get(duty=duty)
    assert (duty.assignee, proposal.staff, proposal.amount) == (staff("rep"), staff("rep"), Decimal(500))
    assert (proposal.least, proposal.most, proposal.confirmer) == (Decimal(50), Decimal(500), staff("gm"))
    confirm_replacement(incident.pk, "D00000088", actor=actor("doctor"))
    duty.refresh_from_db()
    assert duty.state == "done"


@pytest.mark.req("RB-21.16")
def test_21_16_another_purpose_waits_for_the_general_manager(kept, actor):
    form = kept()
    wanted = NewLoan([form.pk], purpose="other", reason="财务核对")
    with pytest.raises(NeedsPermit):
        lend_forms(wanted, actor=actor("rep"))
    asked = ask_permit("borrow-other", FileForm.KIND, form.pk, purpose="财务核对", actor=actor("rep"))
    grant_permit(asked.pk, actor=actor("gm"))
    assert lend_forms(wanted, actor=actor("rep"))


@pytest.mark.req("RB-21.17")
def test_21_17_nobody_copies_or_prints_without_consent(kept, actor, browse):
    form = kept()
    with pytest.raises(NeedsPermit):
        copy_form(form.pk, copies=1, purpose="备份", actor=actor("doctor"))
    assert browse("doctor").get(f"/file-forms/{form.pk}/print").status_code == 409
    asked = ask_permit("copy", FileForm.KIND, form.pk, purpose="备份", actor=actor("doctor"))
    grant_permit(asked.pk, actor=actor("gm"))
    entry = copy_form(form.pk, copies=2, purpose="备份", actor=actor("doctor"))
    assert (entry.copied, entry.copies) == ("copy", 2)
