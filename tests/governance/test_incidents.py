"""Data incidents: reported by anybody, judged by somebody else, with a consequence that is proposed (SEC-04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org.models import Staff
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.actions.proposal import confirm_proposal
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Proposal
from guanxi.core.rulebooks.packs import pack_text
from guanxi.edge.ops.governance.daily import tell_what_is_overdue
from guanxi.edge.ops.governance.judging import close_incident, judge_incident, note_told
from guanxi.edge.ops.governance.models import DataIncident
from guanxi.edge.ops.governance.screens.incidents import DATA_INCIDENTS, change_incident

pytestmark = [pytest.mark.req("SEC-04"), pytest.mark.django_db]
Who = Callable[[str], Actor]
Person = Callable[[str], Staff]
VALUES = {
    "title": "名单误发外部群",
    "what": "leak",
    "severity": "high",
    "description": "误发后两分钟撤回",
    "persons": 12,
}


@pytest.fixture
def conduct(actor: Who) -> None:
    draft = save_draft(pack_text("conduct"), actor=actor("gm"))
    approve_version(draft.pk, effective_on=clock.today(), actor=actor("gm"))


def reported(actor: Who, by: str = "rep") -> DataIncident:
    assert DATA_INCIDENTS.create
    made: DataIncident = DATA_INCIDENTS.create(VALUES, actor=actor(by))
    return made


def test_whoever_notices_reports_and_sees_only_what_they_reported(browse: Callable[[str], Client], actor: Who):
    given = {**VALUES, "persons": "12"}
    assert browse("rep").post("/data-incidents/new", given).status_code == 302
    incident = DataIncident.objects.get()
    assert (incident.owner_id, incident.state) == (actor("rep").staff_id, "reported")
    page = f"/data-incidents/{incident.pk}"
    assert "误发后两分钟撤回" in browse("rep").get(page).content.decode()
    assert "误发后两分钟撤回" in browse("gm").get(page).content.decode()
    assert browse("colleague").get(page).status_code == 404
    assert browse("admin").get(page).status_code == 200
    assert browse("rep").post(f"{page}/judge", {"verdict": "no", "judgement": "没事"}).status_code == 403


def test_a_confirmed_incident_proposes_points_that_somebody_else_confirms(conduct, actor: Who, staff: Person):
    incident = reported(actor)
    judge_incident(
        incident.pk, is_violation=True, judgement="属实", responsible=staff("colleague"), actor=actor("admin")
    )
    run_rules()
    duty = Duty.objects.get(subject_kind="dataincident")
    assert (duty.assignee_id, duty.subject_id) == (staff("colleague").pk, incident.pk)
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.amount, proposal.staff) == ("score", 6, staff("colleague"))
    assert proposal.confirmer == staff("gm")
    with pytest.raises(NotAllowed):
        confirm_proposal(proposal.pk, actor=actor("manager"))
    note_told(incident.pk, whom="当事客户", at=clock.now(), actor=actor("admin"))
    close_incident(incident.pk, measures="已删除并培训", actor=actor("admin"))
    duty.refresh_from_db()
    assert duty.state == "done"
    confirm_proposal(proposal.pk, actor=actor("gm"))
    proposal.refresh_from_db()
    assert proposal.state == "confirmed"


def test_what_is_no_violation_proposes_nothing(conduct, actor: Who, staff: Person):
    incident = reported(actor)
    judge_incident(incident.pk, is_violation=False, judgement="演练", responsible=staff("rep"), actor=actor("gm"))
    run_rules()
    assert not Proposal.objects.exists()
    assert DataIncident.objects.get().responsible is None


def test_nobody_decides_about_themselves(actor: Who, staff: Person):
    incident = reported(actor)
    with pytest.raises(NotAllowed, match="own_case"):
        judge_incident(incident.pk, is_violation=True, judgement="是我", responsible=staff("gm"), actor=actor("gm"))
    judge_incident(incident.pk, is_violation=True, judgement="属实", responsible=staff("gm"), actor=actor("admin"))
    with pytest.raises(NotAllowed, match="own_case"):
        close_incident(incident.pk, measures="没事了", actor=actor("gm"))
    with pytest.raises(NotAllowed, match="own_case"):
        change_incident(incident.pk, {"severity": "low"}, version=2, actor=actor("gm"))
    with pytest.raises(IntegrityError), transaction.atomic():
        DataIncident.objects.update(judged_by=staff("gm"))


def test_it_is_late_when_nobody_was_told_within_the_hours(actor: Who, browse: Callable[[str], Client], settings):
    settings.DATA_INCIDENT_REPORT_HOURS = 24
    incident = reported(actor)
    page = f"/data-incidents/{incident.pk}"
    late = "通报已逾期"
    assert late not in browse("gm").get(page).content.decode()
    clock.advance(hours=25)
    assert late in browse("gm").get(page).content.decode()
    with pytest.raises(Invalid):
        note_told(incident.pk, whom="主管部门", at=clock.now() + timedelta(hours=1), actor=actor("gm"))
    note_told(incident.pk, whom="主管部门、当事客户", at=clock.now(), actor=actor("gm"))
    assert late not in browse("gm").get(page).content.decode()


def test_when_it_was_told_is_written_down_once(actor: Who):
    """Told again it would show another moment: whether it was late must not be rewritten."""
    incident = reported(actor)
    clock.advance(hours=30)
    note_told(incident.pk, whom="主管部门", at=clock.now(), actor=actor("gm"))
    with pytest.raises(Refused, match="incident_state"):
        note_told(incident.pk, whom="主管部门", at=clock.now() - timedelta(hours=29), actor=actor("gm"))
    other = reported(actor)
    judge_incident(other.pk, is_violation=False, judgement="演练", actor=actor("gm"))
    with pytest.raises(Refused, match="incident_state"):
        note_told(other.pk, whom="主管部门", at=clock.now(), actor=actor("gm"))


def test_a_second_late_incident_is_told_the_next_morning(actor: Who):
    """Not the next week: the law counts hours."""
    told = Message.objects.filter(kind="ops:dataincident:late", recipient__account__login="gm")
    for count in (1, 2):
        reported(actor)
        clock.advance(hours=25)
        tell_what_is_overdue(actor=Actor.system("upkeep"))
        assert [message.params["count"] for message in told.order_by("id")] == list(range(1, count + 1))


def test_steps_come_one_after_the_other_and_a_closed_one_stays(actor: Who, staff: Person):
    incident = reported(actor)
    with pytest.raises(Refused, match="incident_state"):
        close_incident(incident.pk, measures="太早", actor=actor("gm"))
    judge_incident(incident.pk, is_violation=True, judgement="属实", actor=actor("gm"))
    with pytest.raises(Refused, match="incident_state"):
        judge_incident(incident.pk, is_violation=False, judgement="再来", actor=actor("gm"))
    with pytest.raises(Refused, match="incident_untold"):
        close_incident(incident.pk, measures="已处理", actor=actor("gm"))
    note_told(incident.pk, whom="无须告知：数据已加密", at=clock.now(), actor=actor("gm"))
    close_incident(incident.pk, measures="已处理", actor=actor("gm"))
    with pytest.raises(Refused, match="incident_state"):
        change_incident(incident.pk, {"severity": "low"}, version=4, actor=actor("admin"))


def test_the_card_leads_to_the_trail_of_these_days(actor: Who, browse: Callable[[str], Client]):
    incident = reported(actor)
    page = browse("gm").get(f"/data-incidents/{incident.pk}").content.decode()
    assert "/settings/trail?since=2026-11-16&amp;until=2026-11-16" in page
    assert "/settings/trail" not in browse("rep").get(f"/data-incidents/{incident.pk}").content.decode()


@pytest.mark.parametrize("step", ["judge", "told", "close"])
def test_a_step_with_nothing_filled_in_says_what_is_missing(actor: Who, browse: Callable[[str], Client], step: str):
    incident = reported(actor)
    if step == "close":
        judge_incident(incident.pk, is_violation=True, judgement="属实", actor=actor("gm"))
        note_told(incident.pk, whom="当事客户", at=clock.now(), actor=actor("gm"))
    address = f"/data-incidents/{incident.pk}/{step}"
    assert browse("admin").get(address).status_code == 200
    assert browse("admin").post(address, {}).status_code == 422


def test_what_was_noticed_this_minute_can_be_told_this_minute(actor: Who, browse: Callable[[str], Client]):
    """The field of the page knows no seconds."""
    clock.advance(seconds=40)
    incident = reported(actor)
    told = {"whom": "主管部门", "at": clock.now().astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")}
    assert browse("gm").post(f"/data-incidents/{incident.pk}/told", told).status_code == 302


def test_a_closed_incident_offers_neither_editing_nor_a_step_that_would_be_refused(
    actor: Who, browse: Callable[[str], Client]
):
    incident = reported(actor)
    page = f"/data-incidents/{incident.pk}"
    assert f"{page}/edit" in browse("gm").get(page).content.decode()
    assert browse("gm").get(f"{page}/close").status_code == 409
    judge_incident(incident.pk, is_violation=True, judgement="属实", actor=actor("gm"))
    assert browse("gm").get(f"{page}/close").status_code == 409
    assert f"{page}/close" not in browse("gm").get(page).content.decode()
    note_told(incident.pk, whom="当事客户", at=clock.now(), actor=actor("gm"))
    assert f"{page}/close" in browse("gm").get(page).content.decode()
    close_incident(incident.pk, measures="已处理", actor=actor("gm"))
    assert f"{page}/edit" not in browse("gm").get(page).content.decode()
    assert browse("gm").get(f"{page}/judge").status_code == 409
