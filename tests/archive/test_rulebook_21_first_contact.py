"""Clauses 21.1 to 21.4 of the shipped rulebook, each played from what triggers it to what follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NeedsPermit, NotAllowed
from guanxi.base.org import gate
from guanxi.base.org.actions.permit import ask_permit, grant_permit
from guanxi.base.org.models import Staff
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.packs import pack_text
from guanxi.domain.archive.actions import (
    allocate_forms,
    cancel_transfer,
    create_contact_form,
    open_sealed,
    receive_transfer,
    remove_contact_form,
    seal_forms,
    send_forms,
    sign_contact_form,
    void_signature,
)
from guanxi.domain.archive.actions.allocation import Decision
from guanxi.domain.archive.models import ContactForm

from .conftest import answers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_force")]
Acting = Callable[[str], Actor]
Person = Callable[[str], Staff]
Forms = Callable[..., ContactForm]
KIND = ContactForm.KIND


@pytest.fixture
def in_force(actor: Acting) -> None:
    draft = save_draft(pack_text("huixiao-archive"), actor=actor("admin"))
    approve_version(draft.pk, effective_on=date(2026, 11, 1), actor=actor("gm"))
    run_rules()


def duty_of(form: ContactForm, clause: str) -> Duty:
    return Duty.objects.get(subject_kind=KIND, subject_id=form.pk, clause__key=clause)


def stands(form: ContactForm, clause: str) -> tuple[str, int | None, date]:
    duty = duty_of(form, clause)
    last_day = duty.due_at.astimezone(clock.ZONE).date()
    return duty.state, duty.assignee_id, last_day


def is_told(staff: Staff, form: ContactForm, clause: str) -> bool:
    about = {"recipient": staff, "kind": "rulebooks:duty:late", "duty_id": duty_of(form, clause).pk}
    return Message.objects.filter(**about).count() == 1


@pytest.mark.req("RB-21.1")
def test_21_1_collected_it_is_signed_the_same_day_or_the_superior_is_told(actor: Acting, staff: Person) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    clause = "first-contact-signed"
    assert stands(form, clause) == ("open", staff("rep").pk, date(2026, 11, 17))
    late = create_contact_form(answers(phone="13800010002"), actor=actor("colleague"))
    sign_contact_form(form.pk, name="邱远", actor=actor("rep"))
    assert duty_of(form, clause).state == "done"
    assert not duty_of(form, clause).settled_late
    clock.advance(days=3)
    run_rules()
    assert duty_of(late, clause).state == "open"
    assert is_told(staff("supervisor"), late, clause)


@pytest.mark.req("RB-21.1")
def test_21_1_a_signature_taken_back_opens_it_again_and_a_removed_draft_ends_it(actor: Acting) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    sign_contact_form(form.pk, name="邱远", actor=actor("rep"))
    void_signature(form.pk, why="区域写错", actor=actor("rep"))
    assert duty_of(form, "first-contact-signed").state == "open"
    remove_contact_form(form.pk, why="重复", actor=actor("rep"))
    assert duty_of(form, "first-contact-signed").state == "withdrawn"


@pytest.mark.req("RB-21.1")
def test_21_1_unsigned_it_is_not_accepted(actor: Acting, staff: Person) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    assert "没有签名的调查表不予接收" in str(refused.value.errors["forms"][0])
    with pytest.raises(NotAllowed):
        gate.ask_rules(actor("gm"), "accept-unsigned", KIND, form.pk)


@pytest.mark.req("RB-21.2")
def test_21_2_signed_it_goes_to_the_sales_manager_with_a_list(signed: Forms, actor: Acting, staff: Person) -> None:
    form, kept = signed("rep"), signed("colleague")
    clause = "first-contact-handed-over"
    assert stands(form, clause) == ("open", staff("rep").pk, date(2026, 11, 17))
    sent = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    assert duty_of(form, clause).state == "done"
    cancel_transfer(sent.pk, actor=actor("rep"))
    assert duty_of(form, clause).state == "open"
    again = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    receive_transfer(again.pk, refused={form.pk: "缺页"}, actor=actor("manager"))
    assert duty_of(form, clause).state == "open"
    third = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    receive_transfer(third.pk, actor=actor("manager"))
    assert duty_of(form, clause).state == "done"
    clock.advance(days=3)
    run_rules()
    assert duty_of(kept, clause).state == "open"
    assert is_told(staff("supervisor"), kept, clause)


@pytest.mark.req("RB-21.3")
def test_21_3_received_it_is_allocated_within_the_time_the_company_set(
    received: Forms, actor: Acting, staff: Person
) -> None:
    form, forgotten = received("rep", name="甲一"), received("rep", name="乙二")
    clause = "first-contact-allocated"
    assert stands(form, clause) == ("open", staff("manager").pk, date(2026, 11, 19))
    made = allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    assert duty_of(form, clause).state == "done"
    assert made.items.get().form_id == form.pk
    clock.advance(days=5)
    run_rules()
    assert duty_of(forgotten, clause).state == "open"
    assert is_told(staff("gm"), forgotten, clause)


@pytest.mark.req("RB-21.4")
def test_21_4_allocated_it_is_passed_on_sealed_and_opened_only_with_the_general_managers_permit(
    received: Forms, actor: Acting, staff: Person
) -> None:
    form = received("rep")
    allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    assert stands(form, "first-contact-passed-on") == ("open", staff("manager").pk, date(2026, 11, 19))
    sent = send_forms(KIND, [form.pk], staff("service"), actor=actor("manager"))
    assert duty_of(form, "first-contact-passed-on").state == "done"
    receive_transfer(sent.pk, actor=actor("service"))
    assert stands(form, "first-contact-sealed") == ("open", staff("service").pk, date(2026, 11, 19))
    seal_forms([form.pk], actor=actor("service"))
    assert duty_of(form, "first-contact-sealed").state == "done"
    with pytest.raises(NeedsPermit) as needed:
        open_sealed(form.pk, purpose="核对身份", actor=actor("service"))
    assert "未经总经理批准不得启封" in str(needed.value.details["clause"])
    request = ask_permit("open-sealed", KIND, form.pk, purpose="核对身份", actor=actor("service"))
    grant_permit(request.pk, actor=actor("gm"))
    assert open_sealed(form.pk, purpose="核对身份", actor=actor("service")).allowed_by_id == staff("gm").pk


@pytest.mark.req("RB-21.4")
def test_21_4_what_is_not_sealed_in_time_is_told(received: Forms, actor: Acting, staff: Person) -> None:
    form = received("rep")
    allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
    sent = send_forms(KIND, [form.pk], staff("service"), actor=actor("manager"))
    receive_transfer(sent.pk, actor=actor("service"))
    clock.advance(days=5)
    run_rules()
    assert duty_of(form, "first-contact-sealed").state == "open"
    assert is_told(staff("gm"), form, "first-contact-sealed")


@pytest.mark.req("RB-21.1", "RB-21.4")
def test_a_form_of_before_the_rulebook_raises_nothing(actor: Acting) -> None:
    form = create_contact_form(answers(collected_on=date(2026, 10, 1)), actor=actor("rep"))
    assert not Duty.objects.filter(subject_kind=KIND, subject_id=form.pk).exists()
