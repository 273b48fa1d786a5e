"""The way of a file form: representative, sales manager, doctor (FIL-07, RB-21.6)."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.blockers import held_by
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.actions import cancel_transfer, receive_transfer, send_forms
from guanxi.domain.archive.actions.handover import hand_over_all
from guanxi.domain.archive.models import Custody, FileForm, Moved

from .filing import duty_of

pytestmark = pytest.mark.django_db
TO_MANAGER = """
  - id: file-form-to-manager
    article: 二.5 次日前交销售经理
    topic: handing-over
    subject: file-form
    when: completed
    who: imported = no
    by: owner
    steps: [{due: 1 day, purpose: 交销售经理}]
    evidence: {form: [handed-over]}
    ladder: [{at: due + 1 day, tell: superior}]
  - id: file-form-to-doctor
    article: 二.6 汇总后交顾服主管医生
    topic: handing-over-to-doctor
    subject: file-form
    when: received
    by: receiver
    steps: [{due: 1 day, purpose: 交医生}]
    evidence: {form: [handed-over-to-doctor]}
"""


def test_a_form_filled_in_is_in_the_representatives_hands(filed, staff):
    form = filed()
    assert (form.custody, form.holder, form.version) == (Custody.REPRESENTATIVE, staff("rep"), 1)
    assert [step.moved for step in form.way.all()] == [Moved.COMPLETED]


@pytest.mark.req("FIL-07", "FIL-08")
def test_each_receipt_changes_the_holder_and_the_way_is_kept(filed, hand, staff):
    form = filed()
    hand(form, "rep", "manager")
    assert (form.custody, form.holder, form.received_by) == (Custody.MANAGER, staff("manager"), staff("manager"))
    hand(form, "manager", "doctor")
    assert (form.custody, form.holder, form.keeper) == (Custody.KEPT, staff("doctor"), staff("doctor"))
    way = [(step.moved, step.giver and step.giver.name, step.holder.name) for step in form.way.order_by("id")]
    assert way == [
        ("completed", None, "邱远"),
        ("sent", "邱远", "邱远"),
        ("transferred", "邱远", "林岚"),
        ("sent", "林岚", "林岚"),
        ("transferred", "林岚", "沈洁"),
    ]


def test_a_list_on_the_way_leaves_the_form_with_its_sender(filed, actor, staff):
    form = filed()
    transfer = send_forms(FileForm.KIND, [form.pk], staff("manager"), actor=actor("rep"))
    form.refresh_from_db()
    assert (form.custody, form.holder) == (Custody.TRANSIT, staff("rep"))
    cancel_transfer(transfer.pk, actor=actor("rep"))
    form.refresh_from_db()
    assert (form.custody, form.holder) == (Custody.REPRESENTATIVE, staff("rep"))


def test_a_refused_form_is_where_it_was(filed, actor, staff):
    form = filed()
    transfer = send_forms(FileForm.KIND, [form.pk], staff("manager"), actor=actor("rep"))
    receive_transfer(transfer.pk, refused={form.pk: "缺页"}, actor=actor("manager"))
    form.refresh_from_db()
    assert (form.custody, form.holder) == (Custody.REPRESENTATIVE, staff("rep"))


def test_file_forms_go_to_no_colleague_of_the_same_post(filed, actor, staff):
    with pytest.raises(Invalid, match="invalid"):
        send_forms(FileForm.KIND, [filed().pk], staff("colleague"), actor=actor("rep"))


def test_a_form_that_is_lent_is_not_passed_on(lent, actor, staff):
    loan = lent()
    with pytest.raises(Invalid):
        send_forms(FileForm.KIND, [loan.form_id], staff("manager"), actor=actor("rep"))


@pytest.mark.req("RB-21.6", "FIL-07")
def test_a_form_received_the_next_day_is_in_time_and_the_manager_owes_it_to_the_doctor(clause, filed, hand, staff):
    clause(TO_MANAGER)
    form = filed()
    first = duty_of("fileform", form.pk, "file-form-to-manager")
    assert (first.assignee, first.due_on, first.state) == (staff("rep"), date(2026, 11, 17), "open")
    clock.advance(days=1)
    hand(form, "rep", "manager")
    first.refresh_from_db()
    assert (first.state, first.settled_late) == ("done", False)
    second = duty_of("fileform", form.pk, "file-form-to-doctor")
    assert (second.assignee, second.due_on, second.state) == (staff("manager"), date(2026, 11, 18), "open")
    hand(form, "manager", "doctor")
    second.refresh_from_db()
    assert second.state == "done"


@pytest.mark.req("RB-21.6")
def test_a_list_that_nobody_received_settles_nothing_and_the_form_stands_on_the_late_list(
    clause, filed, actor, staff, browse
):
    clause(TO_MANAGER)
    form = filed()
    send_forms(FileForm.KIND, [form.pk], staff("manager"), actor=actor("rep"))
    clock.advance(days=2)
    duty = duty_of("fileform", form.pk, "file-form-to-manager")
    assert (duty.state, duty.is_late) == ("open", True)
    page = browse("manager").get("/file-registers?part=late").content.decode()
    assert form.number in page
    assert form.number not in browse("hangzhou").get("/file-registers?part=late").content.decode()


def test_straight_to_the_doctor_is_handed_over_and_nobody_owes_it_any_more(clause, filed, hand):
    clause(TO_MANAGER)
    form = filed()
    hand(form, "rep", "doctor")
    assert duty_of("fileform", form.pk, "file-form-to-manager").state == "done"
    assert form.received_at is None


def test_an_imported_form_counts_as_kept_and_raises_no_hand_over(clause, filed):
    form = filed()
    FileForm.objects.filter(pk=form.pk).update(batch_id=7)
    clause(TO_MANAGER)
    assert not Duty.objects.filter(subject_kind="fileform", subject_id=form.pk).exists()


@pytest.mark.req("RB-21.18", "ORG-10")
def test_what_a_leaver_holds_goes_on_one_list_and_blocks_until_it_is_received(filed, actor, staff):
    forms = [filed() for _one in range(3)]
    assert {held.kind: held.count for held in held_by(staff("rep").pk)}["fileform"] == 3
    transfer = hand_over_all(staff("rep").pk, staff("doctor"), actor=actor("manager"))[0]
    assert transfer.items.count() == 3
    assert {held.kind: held.count for held in held_by(staff("rep").pk)}["fileform"] == 3
    receive_transfer(transfer.pk, actor=actor("doctor"))
    assert "fileform" not in {held.kind for held in held_by(staff("rep").pk)}
    assert set(FileForm.objects.filter(pk__in=[f.pk for f in forms]).values_list("custody", flat=True)) == {"kept"}


def test_a_stranger_hands_nothing_of_others_over(filed, actor, staff):
    filed()
    with pytest.raises(Refused):
        hand_over_all(staff("rep").pk, staff("doctor"), actor=actor("colleague"))
    with pytest.raises(Refused):
        hand_over_all(staff("rep").pk, staff("doctor"), actor=actor("hangzhou"))


def test_the_register_counts_by_holder_within_the_readers_scope(filed, kept, browse):
    filed()
    kept()
    page = browse("manager").get("/file-registers").content.decode()
    assert "邱远" in page
    assert "沈洁" in page
    assert "邱远" not in browse("hangzhou").get("/file-registers").content.decode().split("<main")[-1]
