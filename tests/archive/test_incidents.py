"""Loss, damage and gaps of file forms (FIL-10, KPI-11, RB-21.15)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.core.rulebooks.models import Proposal
from guanxi.domain.archive.actions.incident import NewIncident, assess_incident, confirm_replacement, report_incident
from guanxi.domain.archive.actions.loan import return_loans
from guanxi.domain.archive.models import Custody, Incident

from .filing import duty_of

pytestmark = pytest.mark.django_db
LOSS = """
  - id: loss-replaced
    article: 二.10 遗失、损坏、缺损须立即补齐，处50元至500元罚款
    topic: loss
    subject: incident
    when: reported
    by: concerned
    steps: [{due: 1 day, purpose: 立即补齐}]
    evidence: {state: [replaced]}
    ladder:
      - at: raised
        propose:
          deduct: {field: penalty, least: 50 CNY, most: 500 CNY}
          from: assignee
          confirmed_by: {role: general-manager}
          within: 7 days
      - {at: due + 1 day, tell: superior}
"""


@pytest.fixture
def lost(actor, staff, kept):
    """`lost("rep")`: reported by the doctor, who keeps the files."""

    def make(login: str = "rep", **more) -> Incident:
        new = NewIncident(**({"kind": "lost", "concerned": staff(login), "description": "回访途中遗失"} | more))
        return report_incident(kept(login).pk, new, actor=actor("doctor"))

    return make


def test_the_page_tells_the_person_concerned_what_comes_next(lost, browse):
    page = f"/incidents/{lost().pk}"
    assert "由其在此确认补齐" in browse("rep").get(page).content.decode()
    assert "由其在此确认补齐" not in browse("doctor").get(page).content.decode()


@pytest.mark.req("FIL-10")
def test_a_lost_form_is_in_nobodys_hands_until_it_is_replaced(lost, actor, staff):
    incident = lost()
    form = incident.form
    form.refresh_from_db()
    assert (form.custody, form.holder) == (Custody.LOST, None)
    confirm_replacement(incident.pk, "D00000077", actor=actor("doctor"))
    form.refresh_from_db()
    incident.refresh_from_db()
    assert (form.custody, form.holder, incident.replaced_with) == (Custody.KEPT, staff("doctor"), "D00000077")


@pytest.mark.req("KPI-11")
@pytest.mark.parametrize(("severity", "yuan"), [("minor", 50), ("moderate", 200), ("severe", 500)])
def test_the_amount_follows_the_severity(severity, yuan, lost):
    assert lost(severity=severity).penalty == Decimal(yuan)


@pytest.mark.req("KPI-11", "FIL-10")
@pytest.mark.parametrize("yuan", ["49.99", "500.01", "0", "-50"])
def test_no_amount_leaves_the_range_of_50_to_500_yuan(yuan, lost, actor):
    with pytest.raises(Invalid):
        lost(penalty=Decimal(yuan))
    incident = lost()
    with pytest.raises(Invalid):
        assess_incident(incident.pk, "minor", Decimal(yuan), actor=actor("manager"))


def test_nobody_assesses_or_confirms_an_incident_of_their_own(kept, actor, staff):
    new = NewIncident("damaged", staff("manager"), "茶水打湿", severity="minor", penalty=Decimal(50))
    incident = report_incident(kept().pk, new, actor=actor("manager"))
    assert (incident.severity, incident.penalty) == ("moderate", Decimal(200))
    with pytest.raises(NotAllowed):
        assess_incident(incident.pk, "minor", None, actor=actor("manager"))
    with pytest.raises(NotAllowed):
        confirm_replacement(incident.pk, "D1", actor=actor("manager"))
    assert assess_incident(incident.pk, "minor", Decimal(80), actor=actor("gm")).penalty == Decimal(80)


@pytest.mark.req("RB-21.15", "FIL-10")
def test_the_person_concerned_replaces_it_at_once_and_a_deduction_is_proposed(clause, lost, actor, staff):
    clause(LOSS)
    incident = lost(severity="severe", penalty=Decimal(450))
    duty = duty_of("incident", incident.pk, "loss-replaced")
    assert (duty.assignee, duty.due_on, duty.state) == (staff("rep"), date(2026, 11, 17), "open")
    proposal = Proposal.objects.get(duty=duty)
    assert (proposal.staff, proposal.amount, proposal.state) == (staff("rep"), Decimal(450), "proposed")
    confirm_replacement(incident.pk, "D00000077", actor=actor("doctor"))
    duty.refresh_from_db()
    assert duty.state == "done"


def test_one_form_has_one_open_incident(lost, actor, staff):
    incident = lost()
    again = NewIncident("damaged", staff("rep"), "又登记一次")
    with pytest.raises(Invalid):
        report_incident(incident.form_id, again, actor=actor("doctor"))
    confirm_replacement(incident.pk, "D2", actor=actor("doctor"))
    with pytest.raises(Refused):
        confirm_replacement(incident.pk, "D3", actor=actor("doctor"))
    assert report_incident(incident.form_id, again, actor=actor("doctor"))


def test_a_loan_of_a_lost_file_ends_with_its_replacement(lent, actor, staff):
    loan = lent()
    new = NewIncident("lost", staff("rep"), "借出后遗失")
    incident = report_incident(loan.form_id, new, actor=actor("doctor"))
    with pytest.raises(Invalid):
        return_loans([loan.pk], actor=actor("doctor"))
    confirm_replacement(incident.pk, "D9", actor=actor("doctor"))
    loan.refresh_from_db()
    assert (loan.returned_to, loan.is_out) == (staff("doctor"), False)


def test_who_does_not_see_the_form_reports_nothing_about_it(kept, actor, staff):
    with pytest.raises(Missing):
        report_incident(kept().pk, NewIncident("lost", staff("rep"), "不是我的"), actor=actor("colleague"))


def test_the_pages_report_assess_and_confirm(kept, browse, staff):
    form = kept()
    page = browse("doctor")
    wrong = page.post(f"/file-forms/{form.pk}/incident", {"kind": "burnt", "concerned": "x", "penalty": "五十"})
    assert wrong.status_code == 422
    values = {"kind": "lost", "concerned": staff("rep").pk, "severity": "minor", "description": "找遍了也没有"}
    answer = page.post(f"/file-forms/{form.pk}/incident", values)
    incident = Incident.objects.get()
    assert answer["Location"] == f"/incidents/{incident.pk}"
    assert page.post(f"/incidents/{incident.pk}/assess", {"severity": "severe", "penalty": "450"}).status_code == 302
    assert page.post(f"/incidents/{incident.pk}/replaced", {"replaced_with": ""}).status_code == 422
    assert page.post(f"/incidents/{incident.pk}/replaced", {"replaced_with": "D7"}).status_code == 302
    assert "已补齐" in page.get(f"/incidents/{incident.pk}").content.decode()
