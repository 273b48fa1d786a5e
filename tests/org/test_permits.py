"""A step that a clause allows only with consent: asked for, given by the role the clause names, used up once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing, NeedsPermit, NotAllowed, Refused
from guanxi.base.org import gate, permits
from guanxi.base.org.actions import ask_permit, decline_permit, grant_permit, take_back_request
from guanxi.base.org.models import Restriction
from guanxi.core.messaging.models import Message
from guanxi.domain.archive.actions import complete_file_form

CLAUSE = "二.13 顾客档案表未经公司同意不得复印、打印"


@pytest.fixture
def form(actor, customer_of):
    values = {"event_name": "健康讲座", "completed_on": clock.today(), "purchased": True, "product": "蛋白粉"}
    return complete_file_form(customer_of("rep").pk, values, actor=actor("rep"))


@pytest.fixture
def clause(db):
    return Restriction.objects.create(
        kind="fileform", verb="print", reason="clause", clause=CLAUSE, needs_permit=True, permit_role="general-manager"
    )


@pytest.mark.req("FIL-11")
def test_the_clause_stands_before_everybody_and_says_so(actor, form, clause):
    for login in ("rep", "manager", "gm", "doctor"):
        with pytest.raises(NeedsPermit) as wanted:
            gate.ask_rules(actor(login), "print", "fileform", form.pk)
        assert wanted.value.details == {"clause": CLAUSE, "role": "general-manager"}


def test_a_clause_that_nobody_may_lift_is_a_plain_no(actor, form, clause):
    Restriction.objects.filter(id=clause.pk).update(needs_permit=False)
    with pytest.raises(NotAllowed, match="restricted"):
        gate.ask_rules(actor("rep"), "print", "fileform", form.pk)


def test_a_clause_of_one_branch_binds_its_people_alone(actor, form, clause, staff):
    branch = staff("rep").posts.get().unit.parent_id
    Restriction.objects.filter(id=clause.pk).update(unit_ids=[branch])
    with pytest.raises(NeedsPermit):
        gate.ask_rules(actor("rep"), "print", "fileform", form.pk)
    gate.ask_rules(actor("stranger"), "print", "fileform", form.pk)


def test_what_was_permitted_is_done_once(actor, form, clause):
    request = ask_permit("print", "fileform", form.pk, purpose="体检中心核对", actor=actor("rep"))
    grant_permit(request.pk, actor=actor("gm"))
    gate.ask_rules(actor("rep"), "print", "fileform", form.pk)
    with pytest.raises(NeedsPermit):
        gate.ask_rules(actor("rep"), "print", "fileform", form.pk)


def test_a_permit_is_for_the_person_the_record_and_the_week(actor, form, clause):
    grant_permit(ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("rep")).pk, actor=actor("gm"))
    with pytest.raises(NeedsPermit):
        gate.ask_rules(actor("supervisor"), "print", "fileform", form.pk)
    clock.advance(seconds=timedelta(days=8).total_seconds())
    with pytest.raises(NeedsPermit):
        gate.ask_rules(actor("rep"), "print", "fileform", form.pk)


def test_only_the_named_role_decides_and_nobody_about_themselves(actor, form, clause, customer_of):
    request = ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("rep"))
    for login in ("rep", "manager", "admin", "stranger"):
        with pytest.raises(Missing):
            grant_permit(request.pk, actor=actor(login))
    with pytest.raises(Refused, match="nobody_permits"):
        ask_permit("print", "fileform", form.pk, purpose="自己看看", actor=actor("gm"))


def test_the_approver_is_told_and_the_asker_learns_the_answer(actor, staff, form, clause):
    request = ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("rep"))
    assert Message.objects.get(kind="org:permit:asked").recipient == staff("gm")
    decline_permit(request.pk, answer="请到服务部查阅原件", actor=actor("gm"))
    told = Message.objects.get(kind="org:permit:declined")
    assert (told.recipient, told.params["reason"]) == (staff("rep"), "请到服务部查阅原件")


def test_declining_wants_a_reason_and_an_answer_is_final(actor, form, clause):
    request = ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("rep"))
    with pytest.raises(Invalid):
        decline_permit(request.pk, answer=" ", actor=actor("gm"))
    decline_permit(request.pk, answer="不需要", actor=actor("gm"))
    for again in (grant_permit, take_back_request):
        who = "gm" if again is grant_permit else "rep"
        with pytest.raises(Refused, match="permit_answered"):
            again(request.pk, actor=actor(who))


def test_the_same_is_not_asked_twice_at_a_time(actor, form, clause):
    request = ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("rep"))
    with pytest.raises(Refused, match="asked"):
        ask_permit("print", "fileform", form.pk, purpose="再核对", actor=actor("rep"))
    take_back_request(request.pk, actor=actor("rep"))
    ask_permit("print", "fileform", form.pk, purpose="再核对", actor=actor("rep"))


@pytest.mark.parametrize("step", [("print", "fileform", 999_999), ("dance", "fileform", 1), ("print", "nothing", 1)])
def test_nothing_is_asked_about_what_is_not_there(actor, db, step):
    with pytest.raises(Missing):
        ask_permit(*step, purpose="核对", actor=actor("rep"))


def test_a_record_out_of_reach_is_as_if_not_there(actor, form, clause, browse):
    with pytest.raises(Missing):
        ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("stranger"))
    assert browse("stranger").get(f"/permits/new/fileform/print/{form.pk}").status_code == 404


def test_the_pages_lead_from_asking_to_going_on(browse, form, clause):
    rep, gm = browse("rep"), browse("gm")
    page = rep.get(f"/permits/new/fileform/print/{form.pk}").content.decode()
    assert CLAUSE in page
    assert "何远山" in page
    assert rep.post(f"/permits/new/fileform/print/{form.pk}", {"purpose": ""}).status_code == 422
    asked = rep.post(f"/permits/new/fileform/print/{form.pk}", {"purpose": "体检中心核对"})
    assert asked.status_code == 302
    listed = gm.get("/permits").content.decode()
    assert form.number in listed
    assert "体检中心核对" in listed
    answered = gm.post(f"{asked['Location']}/answer", {"act": "grant"})
    assert answered.status_code == 302
    assert f"/file-forms/{form.pk}" in rep.get(asked["Location"]).content.decode()
    assert permits.holds(form.representative_id, "print", "fileform", form.pk)


def test_a_decision_sent_twice_is_one(browse, form, clause, actor):
    request = ask_permit("print", "fileform", form.pk, purpose="核对", actor=actor("rep"))
    for _time in range(2):
        sent = browse("gm").post(f"/permits/{request.pk}/answer", {"act": "grant", "op_key": "k" * 32})
        assert sent.status_code == 302
    assert browse("gm").post(f"/permits/{request.pk}/answer", {"act": "grant", "op_key": "j" * 32}).status_code == 409
