"""Files and forms that somebody tries to get rid of, to have twice, or to have although they should not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org import permits
from guanxi.base.org.actions.permit import ask_permit
from guanxi.base.org.actions.staff import end_employment
from guanxi.base.org.blockers import held_by
from guanxi.base.org.models import Post, Restriction, Staff, Unit
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.actions import (
    allocate_forms,
    create_contact_form,
    receive_transfer,
    remove_contact_form,
    remove_file_form,
    send_forms,
)
from guanxi.domain.archive.actions.allocation import Decision
from guanxi.domain.archive.actions.incident import NewIncident, assess_incident, report_incident
from guanxi.domain.archive.actions.loan import NewLoan, lend_forms, return_loans
from guanxi.domain.archive.actions.sealing import open_sealed, seal_forms
from guanxi.domain.archive.models import ContactForm, Custody, FileForm, Incident, Loan, Transfer, TransferItem
from tests.archive.conftest import answers, filed, hand, kept, lent, received, signed

__all__ = ["filed", "hand", "kept", "lent", "received", "signed"]
pytestmark = [pytest.mark.django_db]
ActorOf = Callable[[str], Actor]
StaffOf = Callable[[str], Staff]


@pytest.mark.req("FIL-08")
def test_a_file_that_is_lent_or_on_the_way_is_not_removed(
    lent: Callable[..., Loan], filed: Callable[..., FileForm], actor: ActorOf, staff: StaffOf
) -> None:
    loan, form = lent(), filed()
    send_forms(FileForm.KIND, [form.pk], staff("manager"), actor=actor("rep"))
    for form_id in (loan.form_id, form.pk):
        with pytest.raises(Refused):
            remove_file_form(form_id, why="重复", actor=actor("manager"))


@pytest.mark.req("FIL-10", "ORG-10")
def test_who_has_an_incident_open_does_not_leave(
    filed: Callable[..., FileForm], actor: ActorOf, staff: StaffOf
) -> None:
    """Else whoever leaves would only have to call every form lost."""
    form = filed()
    report_incident(form.pk, NewIncident("lost", staff("rep"), "在公交车上丢了"), actor=actor("rep"))
    Customer.objects.update(owner=staff("colleague"))
    assert [one.kind for one in held_by(staff("rep").pk)] == [Incident.KIND]
    with pytest.raises(Refused):
        end_employment(staff("rep").pk, on=clock.today(), actor=actor("admin"))


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "49.99", "500.01", "0", "-200"])
def test_an_amount_out_of_bounds_is_refused_in_words(
    kept: Callable[..., FileForm], actor: ActorOf, staff: StaffOf, amount: str
) -> None:
    new = NewIncident("lost", staff("rep"), "在公交车上丢了", penalty=Decimal(amount))
    with pytest.raises(Invalid):
        report_incident(kept().pk, new, actor=actor("doctor"))


def test_who_reported_somebody_else_does_not_assess_a_case_of_their_own(
    kept: Callable[..., FileForm], actor: ActorOf, staff: StaffOf
) -> None:
    made = report_incident(kept().pk, NewIncident("lost", staff("manager"), "在办公室丢了"), actor=actor("doctor"))
    with pytest.raises(NotAllowed):
        assess_incident(made.pk, "minor", None, actor=actor("manager"))


@pytest.mark.req("FIL-07")
def test_a_list_whose_receiver_is_no_manager_any_more_is_not_received(
    filed: Callable[..., FileForm], signed: Callable[..., ContactForm], actor: ActorOf, staff: StaffOf
) -> None:
    lists = [
        send_forms(FileForm.KIND, [filed().pk], staff("manager"), actor=actor("rep")),
        send_forms(ContactForm.KIND, [signed().pk], staff("manager"), actor=actor("rep")),
    ]
    rep_role = Post.objects.get(staff=staff("rep")).role
    Post.objects.filter(staff=staff("manager")).update(role=rep_role)
    for one in lists:
        with pytest.raises((Refused, NotAllowed)):
            receive_transfer(one.pk, actor=actor("manager"))


def test_a_list_on_which_a_form_was_lost_is_received_without_it(
    filed: Callable[..., FileForm], actor: ActorOf, staff: StaffOf
) -> None:
    good, gone = filed(), filed()
    one = send_forms(FileForm.KIND, [good.pk, gone.pk], staff("manager"), actor=actor("rep"))
    report_incident(gone.pk, NewIncident("lost", staff("rep"), "在公交车上丢了"), actor=actor("supervisor"))
    with pytest.raises(Refused):
        receive_transfer(one.pk, actor=actor("manager"))
    receive_transfer(one.pk, refused={gone.pk: "遗失"}, actor=actor("manager"))
    gone.refresh_from_db()
    good.refresh_from_db()
    assert (gone.custody, gone.holder, good.custody) == (Custody.LOST, None, Custody.MANAGER)


def test_the_borrower_gives_nothing_back_to_themselves(lent: Callable[..., Loan], actor: ActorOf) -> None:
    loan = lent("rep")
    with pytest.raises(NotAllowed):
        return_loans([loan.pk], actor=actor("rep"))


@pytest.fixture
def sealed(received: Callable[..., ContactForm], actor: ActorOf, staff: StaffOf) -> Callable[..., ContactForm]:
    def make(**more: Any) -> ContactForm:
        form = received(**more)
        allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
        one = send_forms(ContactForm.KIND, [form.pk], staff("service"), actor=actor("manager"))
        receive_transfer(one.pk, actor=actor("service"))
        seal_forms([form.pk], actor=actor("service"))
        form.refresh_from_db()
        return form

    return make


@pytest.mark.req("FIL-05")
def test_a_permit_that_ran_out_does_not_stand_in_the_way_of_a_new_one(
    sealed: Callable[..., ContactForm], actor: ActorOf, staff: StaffOf
) -> None:
    form = sealed()
    Restriction.objects.create(
        kind=ContactForm.KIND, verb="open-sealed", needs_permit=True, permit_role="general-manager",
        clause="密封后未经总经理批准不得拆封。", reason="",
    )  # fmt: skip
    giver = staff("gm").pk
    permits.give(
        staff("service").pk, "open-sealed", ContactForm.KIND, form.pk, given_by=giver,
        until=clock.now() - timedelta(days=1),
    )  # fmt: skip
    permits.give(staff("service").pk, "open-sealed", ContactForm.KIND, form.pk, given_by=giver)
    assert open_sealed(form.pk, purpose="核对", actor=actor("service")).allowed_by_id == giver


CANARIES = ("金丝雀名", "13899990001", "金丝雀路", "金丝雀病", "金丝雀药", "金丝雀愁")
PLACES = (
    "/contact-forms", "/contact-forms?q=13899990001", "/contact-forms?q=金丝雀名", "/contact-forms/{id}",
    "/contact-forms/{id}/edit", "/contact-forms/{id}/print", "/contact-forms/{id}/glance", "/contact-forms/print",
    "/contact-forms/count", "/contact-forms/criteria?where=area+contains+金丝雀", "/search?q=13899990001",
    "/contact-forms?where=id+%3D+{id}", "/sealed", "/sealed?q={number}", "/sealed/{id}", "/sealed/{id}/content",
    "/sealed/boxes/{box}/print", "/transfers", "/transfers/{transfer}", "/transfers/{transfer}/print",
    "/allocations", "/allocations/new", "/settings/trail?kind=contactform", "/documents/on/contactform/{id}",
    "/contact-forms/{id}/trail", "/contact-forms/{id}/history", "/api/v1/contact-forms", "/api/v1/contact-forms/{id}",
    "/messages", "/duties", "/contact-forms/{id}/sign", "/contact-forms/{id}/remove",
)  # fmt: skip


@pytest.mark.req("FIL-05")
@pytest.mark.parametrize("who", ["gm", "service", "manager", "supervisor", "rep", "doctor", "admin", "stranger"])
def test_what_is_sealed_stands_on_no_page(sealed: Callable[..., ContactForm], browse: Any, who: str) -> None:
    more = dict(zip(("name", "phone", "address", "health", "medication", "concern"), CANARIES, strict=True))
    form = sealed(**more | {"area": "金丝雀区", "place": "金丝雀处"})
    # The customer made of it is a record of its own, which many may read.
    Customer.objects.filter(id=form.customer_id).update(name="某人", phone="13000000000", address="", search=None)
    client = browse(who)
    transfer = TransferItem.objects.filter(form_id=form.pk).order_by("-id")[0].transfer_id
    for place in PLACES:
        path = place.format(id=form.pk, number=form.number, box=form.box_id, transfer=transfer)
        answer = client.get(path)
        text = answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()
        leaked = [one for one in (*CANARIES, "金丝雀区", "金丝雀处") if one in text and one not in path]
        assert not leaked, (path, leaked)


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize("step", ["receive", "borrow", "collect"])
def test_nobody_takes_anything_in_while_they_are_leaving(
    step: str, kept: Callable[..., FileForm], filed: Callable[..., FileForm], actor: ActorOf, staff: StaffOf
) -> None:
    """The request was on its way when the end of the employment was recorded."""
    form, other = kept(), filed()
    sent = send_forms(FileForm.KIND, [other.pk], staff("manager"), actor=actor("rep"))
    steps: dict[str, Callable[[], object]] = {
        "receive": lambda: receive_transfer(sent.pk, actor=actor("manager")),
        "borrow": lambda: lend_forms(NewLoan([form.pk], staff("rep")), actor=actor("doctor")),
        "collect": lambda: create_contact_form(answers(), actor=actor("rep")),
    }
    Staff.objects.filter(id__in=[staff("rep").pk, staff("manager").pk]).update(left_on=clock.today())
    with pytest.raises((Refused, Invalid)):
        steps[step]()


@pytest.mark.req("ORG-10")
@pytest.mark.parametrize("address", ["/transfers/{}/cancel", "/transfers/{}/receive", "/incidents/{}/assess"])
def test_a_number_of_a_record_that_no_table_has_is_not_found(browse: Any, address: str) -> None:
    assert browse("gm").post(address.format("9" * 21)).status_code == 404


def test_a_permit_is_asked_of_the_role_that_ones_own_clause_names(
    kept: Callable[..., FileForm], actor: ActorOf, staff: StaffOf
) -> None:
    """Else a clause of another branch, with a lower role, would let the upper one be passed by."""
    hangzhou = Unit.objects.get(code="hangzhou").pk
    for units, role in (([hangzhou], "sales-manager"), ([], "general-manager")):
        Restriction.objects.create(
            kind=FileForm.KIND, verb="copy", needs_permit=True, permit_role=role, unit_ids=units, clause=role, reason=""
        )
    asked = ask_permit("copy", FileForm.KIND, kept().pk, purpose="顾客要", actor=actor("rep"))
    assert (asked.approver_role, asked.clause) == ("general-manager", "general-manager")


@pytest.mark.req("ORG-10", "FIL-04")
def test_the_papers_of_somebody_dismissed_are_handed_over_by_a_superior(
    signed: Callable[..., ContactForm], filed: Callable[..., FileForm], actor: ActorOf, staff: StaffOf, browse: Any
) -> None:
    """Whoever may not come back takes nothing back, sends nothing and throws no draft away."""
    rep, paper, draft, form = staff("rep").pk, signed(), create_contact_form(answers(), actor=actor("rep")), filed()
    on_the_way = send_forms(FileForm.KIND, [form.pk], staff("hangzhou"), actor=actor("rep"))
    for outsider in ("colleague", "stranger", "hangzhou"):
        assert browse(outsider).get(f"/transfers/new?kind=contactform&of={rep}").status_code == 404
        with pytest.raises(NotAllowed):
            send_forms(ContactForm.KIND, [paper.pk], staff("manager"), actor=actor(outsider), of=rep)
    page = browse("manager").get(f"/transfers/new?kind=contactform&of={rep}")
    assert paper.number in page.content.decode()
    given = {"kind": "contactform", "of": rep, "to": staff("manager").pk, "forms": paper.pk}
    sent = browse("manager").post("/transfers/new", given)
    receive_transfer(int(sent["Location"].rsplit("/", 1)[1]), actor=actor("manager"))
    remove_contact_form(draft.pk, why="离职，未签字", actor=actor("manager"))
    assert browse("manager").post(f"/transfers/{on_the_way.pk}/cancel").status_code == 302
    send_forms(FileForm.KIND, [form.pk], staff("manager"), actor=actor("manager"), of=rep)
    receive_transfer(Transfer.objects.latest("id").pk, actor=actor("manager"))
    paper.refresh_from_db()
    form.refresh_from_db()
    assert (paper.state, paper.holder, form.holder) == ("received", staff("manager"), staff("manager"))
    assert {one.kind for one in held_by(rep)} <= {Customer.KIND, "duty"}
