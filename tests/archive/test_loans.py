"""Borrowing a file for a callback and giving it back the same day (FIL-08, FIL-09, RB-21.14, RB-21.16)."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connections

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing, NeedsPermit, NotAllowed, Refused
from guanxi.base.org import permits
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.domain.archive.actions.loan import NewLoan, lend_forms, return_loans
from guanxi.domain.archive.models import Custody, Loan

from .filing import duty_of

RETURN = """
  - id: file-returned
    article: 二.9 借出档案当日归还并详细记录
    topic: lending
    subject: loan
    when: borrowed
    who: purpose = callback
    by: borrower
    steps: [{due: 0 days, purpose: 详细记录回访并归还档案}]
    evidence: {state: [returned], with: [record]}
    ladder:
      - {at: due + 1 day, tell: superior}
"""
OTHER = """
  - id: other-purpose
    article: 二.10 非回访使用须总经理签字
    topic: other-purpose
    subject: file-form
    forbids: [borrow-other]
    unless: {permit: {role: general-manager}}
"""


@pytest.mark.django_db
@pytest.mark.req("FIL-08")
def test_a_file_is_lent_for_a_day_and_the_borrower_holds_it(lent, staff):
    loan = lent()
    form = loan.form
    form.refresh_from_db()
    assert (loan.owner, loan.keeper, loan.due_on) == (staff("rep"), staff("doctor"), date(2026, 11, 16))
    assert (form.custody, form.holder, form.keeper) == (Custody.LENT, staff("rep"), staff("doctor"))


@pytest.mark.django_db
def test_the_page_tells_the_borrower_what_comes_next(lent, browse):
    page = f"/loans/{lent().pk}"
    assert "由其在此办理收回" in browse("rep").get(page).content.decode()
    assert "由其在此办理收回" not in browse("doctor").get(page).content.decode()


@pytest.mark.django_db
def test_a_file_that_is_out_is_not_lent_again(lent, actor, staff):
    loan = lent()
    with pytest.raises(Invalid):
        lend_forms(NewLoan([loan.form_id], staff("colleague")), actor=actor("doctor"))


@pytest.mark.django_db
def test_only_files_the_doctor_keeps_are_lent(filed, actor):
    with pytest.raises(Invalid):
        lend_forms(NewLoan([filed().pk]), actor=actor("rep"))


@pytest.mark.django_db
def test_a_representative_borrows_only_for_himself_and_only_what_he_sees(kept, actor, staff):
    form = kept()
    with pytest.raises(NotAllowed):
        lend_forms(NewLoan([form.pk], staff("colleague")), actor=actor("rep"))
    with pytest.raises(Missing):
        lend_forms(NewLoan([form.pk]), actor=actor("colleague"))
    assert lend_forms(NewLoan([form.pk]), actor=actor("rep"))[0].owner == staff("rep")


@pytest.mark.django_db
def test_the_borrower_does_not_take_back_what_he_borrowed(lent, actor):
    loan = lent()
    with pytest.raises(Refused):
        return_loans([loan.pk], actor=actor("rep"))
    with pytest.raises(Refused):
        return_loans([loan.pk], actor=actor("manager"))
    return_loans([loan.pk], actor=actor("doctor"))
    with pytest.raises(Invalid):
        return_loans([loan.pk], actor=actor("doctor"))


@pytest.mark.django_db
@pytest.mark.req("RB-21.14", "FIL-08", "CAR-07")
def test_recorded_in_detail_and_returned_the_same_day_is_done(clause, lent, recorded, actor, staff):
    clause(RETURN)
    loan = lent()
    duty = duty_of("loan", loan.pk, "file-returned")
    assert (duty.assignee, duty.due_on, duty.state) == (staff("rep"), date(2026, 11, 16), "open")
    recorded("rep", loan.customer_id)
    return_loans([loan.pk], actor=actor("doctor"))
    duty.refresh_from_db()
    assert (duty.state, duty.settled_late) == ("done", False)


@pytest.mark.django_db
@pytest.mark.req("RB-21.14")
def test_returned_without_a_detailed_record_is_not_done_until_there_is_one(clause, lent, recorded, actor):
    clause(RETURN)
    loan = lent()
    recorded("rep", loan.customer_id, note="好")
    return_loans([loan.pk], actor=actor("doctor"))
    duty = duty_of("loan", loan.pk, "file-returned")
    assert duty.state == "open"
    recorded("rep", loan.customer_id)
    duty.refresh_from_db()
    assert duty.state == "done"


@pytest.mark.django_db
@pytest.mark.req("RB-21.14", "FIL-08")
def test_not_returned_by_the_evening_it_is_on_the_overdue_list_and_the_superior_is_told(clause, lent, browse, staff):
    clause(RETURN)
    loan = lent()
    clock.advance(days=2)
    run_rules()
    page = browse("doctor").get("/loans/out?part=overdue").content.decode()
    assert loan.form.number in page
    assert loan.form.number not in browse("hangzhou").get("/loans/out?part=overdue").content.decode()
    assert Message.objects.filter(
        recipient=staff("supervisor"), duty_id=duty_of("loan", loan.pk, "file-returned").pk
    ).exists()


@pytest.mark.django_db
@pytest.mark.req("RB-21.16", "FIL-09")
def test_another_purpose_is_refused_until_the_general_manager_permits_it_once(clause, kept, actor, staff):
    clause(OTHER)
    form = kept()
    wanted = NewLoan([form.pk], purpose="other", reason="财务核对")
    with pytest.raises(NeedsPermit) as refused:
        lend_forms(wanted, actor=actor("rep"))
    assert refused.value.details["clause"].startswith("二.10")
    assert not Loan.objects.exists()
    permits.give(staff("rep").pk, "borrow-other", "fileform", form.pk, given_by=staff("gm").pk)
    loan = lend_forms(wanted, actor=actor("rep"))[0]
    return_loans([loan.pk], actor=actor("doctor"))
    with pytest.raises(NeedsPermit):
        lend_forms(wanted, actor=actor("rep"))


@pytest.mark.django_db
@pytest.mark.req("RB-21.16")
def test_for_a_callback_nobody_needs_a_permit_and_another_purpose_says_what_for(clause, kept, actor):
    clause(OTHER)
    form = kept()
    with pytest.raises(Invalid):
        lend_forms(NewLoan([form.pk], purpose="other"), actor=actor("rep"))
    assert lend_forms(NewLoan([form.pk]), actor=actor("rep"))


@pytest.mark.django_db
def test_several_files_are_lent_and_taken_back_at_once_on_the_pages(kept, browse, staff):
    forms = [kept(), kept()]
    answer = browse("doctor").post(
        "/loans/lend", {"form": [f.pk for f in forms], "borrower": staff("rep").pk, "purpose": "callback"}
    )
    assert answer.status_code == 302
    loans = list(Loan.objects.all())
    assert len(loans) == 2
    page = browse("doctor").post("/loans/out", {"loan": [one.pk for one in loans]}, follow=True).content.decode()
    assert "没有详细回访记录" in page
    assert not Loan.objects.filter(returned_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("ids", [["0"], ["999999999999999999"], ["x"], ["-1"], ["1" * 30], [""]])
def test_odd_ids_are_told_so_and_never_break_the_page(ids, browse, staff):
    for path, name in (("/loans/lend", "form"), ("/loans/out", "loan")):
        answer = browse("doctor").post(path, {name: ids, "borrower": staff("rep").pk, "purpose": "callback"})
        assert answer.status_code in (404, 422)
    assert browse("doctor").get(f"/loans/lend?form={ids[0]}").status_code == 200


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_the_files_out(kept, lent, browse, django_assert_max_num_queries):
    lent()
    client = browse("doctor")
    with django_assert_max_num_queries(40) as few:
        client.get("/loans/out")
    before = len(few.captured_queries)
    for _one in range(3):
        lent()
    with django_assert_max_num_queries(before):
        client.get("/loans/out")


@pytest.mark.usefixtures("company")
@pytest.mark.django_db(transaction=True)
def test_two_who_lend_the_same_file_at_once_end_with_one_loan(kept, actor, staff):
    form, results = kept(), []
    start = threading.Barrier(2)

    def lend(borrower: str) -> None:
        who, wanted = actor("doctor"), NewLoan([form.pk], staff(borrower))
        start.wait()
        try:
            results.append(lend_forms(wanted, actor=who))
        except Invalid as refused:
            results.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=lend, args=[who]) for who in ("rep", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Loan.objects.filter(returned_at=None).count() == 1
    assert sorted(isinstance(one, Invalid) for one in results) == [False, True]
