"""Forms go from hand to hand on numbered lists; the holder changes when the receiver has them (FIL-04, FIL-05)."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org.blockers import held_by
from guanxi.base.org.models import Restriction, Staff
from guanxi.core.messaging.models import Message
from guanxi.domain.archive.actions import (
    cancel_transfer,
    create_contact_form,
    receive_transfer,
    send_forms,
    void_signature,
)
from guanxi.domain.archive.models import ContactForm, Transfer

from .conftest import answers

pytestmark = [pytest.mark.django_db, pytest.mark.req("FIL-04", "RB-21.2")]
Acting = Callable[[str], Actor]
Person = Callable[[str], Staff]
Signed = Callable[..., ContactForm]
KIND = ContactForm.KIND


def test_the_holder_changes_when_it_is_received_and_not_before(signed: Signed, actor: Acting, staff: Person) -> None:
    form = signed("rep")
    transfer = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    form.refresh_from_db()
    assert (form.state, form.holder_id, form.received_at) == ("handed_over", staff("rep").pk, None)
    assert Message.objects.filter(recipient=staff("manager"), kind="archive:transfer:waits").count() == 1
    receive_transfer(transfer.pk, actor=actor("manager"))
    form.refresh_from_db()
    assert (form.state, form.holder_id, form.receiver_id) == ("received", staff("manager").pk, staff("manager").pk)
    assert Message.objects.filter(recipient=staff("rep"), kind="archive:transfer:answered").count() == 1


def test_both_sides_see_the_lists_they_sent_and_received(
    signed: Signed, actor: Acting, staff: Person, browse: Callable[[str], Client]
) -> None:
    transfer = send_forms(KIND, [signed("rep").pk], staff("manager"), actor=actor("rep"))
    receive_transfer(transfer.pk, actor=actor("manager"))
    for who in ("rep", "manager"):
        assert transfer.number in browse(who).get("/transfers").content.decode()


def test_what_is_refused_stays_with_the_sender_with_the_reason(signed: Signed, actor: Acting, staff: Person) -> None:
    good, bad = signed("rep"), signed("rep")
    transfer = send_forms(KIND, [good.pk, bad.pk], staff("manager"), actor=actor("rep"))
    with pytest.raises(Invalid):
        receive_transfer(transfer.pk, refused={bad.pk: " "}, actor=actor("manager"))
    with pytest.raises(Missing):
        receive_transfer(transfer.pk, refused={987654: "不在单上"}, actor=actor("manager"))
    receive_transfer(transfer.pk, refused={bad.pk: "字迹不清"}, actor=actor("manager"))
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == ("received", "signed")
    assert bad.holder_id == staff("rep").pk
    assert transfer.items.get(form_id=bad.pk).why == "字迹不清"
    void_signature(bad.pk, why="重写", actor=actor("rep"))


def test_a_new_list_tells_what_is_still_on_the_way(
    signed: Signed, actor: Acting, staff: Person, browse: Callable[[str], Client]
) -> None:
    transfer = send_forms(KIND, [signed("rep").pk], staff("manager"), actor=actor("rep"))
    assert "已发出、待对方签收：1份" in browse("rep").get("/transfers/new").content.decode()
    receive_transfer(transfer.pk, actor=actor("manager"))
    assert "待对方签收" not in browse("rep").get("/transfers/new").content.decode()


def test_a_list_taken_back_leaves_everything_with_the_sender(signed: Signed, actor: Acting, staff: Person) -> None:
    form = signed("rep")
    transfer = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    with pytest.raises(NotAllowed):
        cancel_transfer(transfer.pk, actor=actor("manager"))
    cancel_transfer(transfer.pk, actor=actor("rep"))
    form.refresh_from_db()
    assert form.state == "signed"
    with pytest.raises(Refused):
        receive_transfer(transfer.pk, actor=actor("manager"))


def test_nobody_sends_to_themselves_or_receives_their_own_list(signed: Signed, actor: Acting, staff: Person) -> None:
    form = signed("rep")
    with pytest.raises(Invalid):
        send_forms(KIND, [form.pk], staff("rep"), actor=actor("rep"))
    transfer = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    for login in ("rep", "supervisor", "gm"):
        with pytest.raises(NotAllowed):
            receive_transfer(transfer.pk, actor=actor(login))
    for login in ("colleague", "stranger", "hangzhou"):
        with pytest.raises(Missing):
            receive_transfer(transfer.pk, actor=actor(login))


def test_a_form_is_on_one_list_at_a_time(signed: Signed, actor: Acting, staff: Person) -> None:
    form = signed("rep")
    send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    with pytest.raises(Invalid):
        send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    assert Transfer.objects.count() == 1


def test_forged_ids_are_refused(signed: Signed, actor: Acting, staff: Person) -> None:
    theirs, mine = signed("colleague"), signed("rep")
    for ids in ([theirs.pk], [mine.pk, theirs.pk], [987654], []):
        with pytest.raises(Invalid):
            send_forms(KIND, ids, staff("manager"), actor=actor("rep"))
    with pytest.raises(Missing):
        send_forms("customer", [mine.pk], staff("manager"), actor=actor("rep"))


@pytest.mark.parametrize("to", ["colleague", "service", "doctor", "gm"])
def test_before_the_allocation_it_goes_to_a_sales_manager(
    to: str, signed: Signed, actor: Acting, staff: Person
) -> None:
    with pytest.raises(Invalid):
        send_forms(KIND, [signed("rep").pk], staff(to), actor=actor("rep"))


@pytest.mark.req("RB-21.1", "FIL-03")
def test_an_unsigned_form_is_not_accepted_in_the_words_of_the_clause(actor: Acting, staff: Person) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    assert form.number in str(refused.value.errors["forms"][0])
    Restriction.objects.create(kind=KIND, verb="accept-unsigned", reason="制度", clause="一.5 未签名的表格不予接收")
    with pytest.raises(Invalid) as forbidden:
        send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    assert "一.5 未签名的表格不予接收" in str(forbidden.value.errors["forms"][0])


def test_everything_in_hand_is_ticked_and_the_list_goes_on_paper(
    signed: Signed, browse: Callable[[str], Client], staff: Person
) -> None:
    form = signed("rep")
    client = browse("rep")
    page = client.get("/transfers/new?kind=contactform").content.decode()
    assert f'value="{form.pk}" checked' in page
    answer = client.post("/transfers/new", {"kind": KIND, "to": staff("manager").pk, "forms": [form.pk]})
    assert answer.status_code == 302
    address = answer["Location"]
    paper = client.get(f"{address}/print").content.decode()
    assert form.number in paper
    assert "崔桂兰" not in paper
    theirs = browse("manager")
    assert form.number in theirs.get(address).content.decode()
    refused = theirs.post(f"{address}/receive", {"refuse": [form.pk], f"why-{form.pk}": ""})
    assert refused.status_code == 422
    assert theirs.post(f"{address}/receive", {}).status_code == 302
    assert browse("colleague").get(address).status_code == 404
    form.refresh_from_db()
    assert form.holder_id == staff("manager").pk


@pytest.mark.req("ORG-06")
def test_who_still_holds_forms_does_not_leave(signed: Signed, actor: Acting, staff: Person) -> None:
    form = signed("rep")
    assert ("contactform", 1) in [(held.kind, held.count) for held in held_by(staff("rep").pk)]
    transfer = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    receive_transfer(transfer.pk, actor=actor("manager"))
    assert "contactform" not in [held.kind for held in held_by(staff("rep").pk)]


@pytest.mark.django_db(transaction=True)
def test_received_twice_at_once_it_is_received_once(
    company: None, signed: Signed, actor: Acting, staff: Person
) -> None:
    form = signed("rep")
    transfer = send_forms(KIND, [form.pk], staff("manager"), actor=actor("rep"))
    outcomes: list[str] = []

    def receive(who: Actor) -> None:
        try:
            receive_transfer(transfer.pk, actor=who)
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=receive, args=(actor("manager"),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "received", "received", "received"]
    form.refresh_from_db()
    assert form.version == 4
