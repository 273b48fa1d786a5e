"""What the rulebook brings besides callbacks: incidents and what became of them, loans, permits, a departure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.actions.departure import DepartureEntry, announce_departure
from guanxi.base.org.actions.permit import ask_permit, grant_permit
from guanxi.base.org.models import Staff
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.actions.coming import announce_visit
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import approve_version, confirm_reading, save_draft
from guanxi.core.rulebooks.actions.check import close_day
from guanxi.core.rulebooks.actions.proposal import appeal_proposal, confirm_proposal, forgive_proposal
from guanxi.core.rulebooks.models import Proposal, ProposalState, Version
from guanxi.core.rulebooks.packs import pack_text
from guanxi.core.rulebooks.phases.running import versions_in_force
from guanxi.core.rulebooks.readers import not_yet
from guanxi.domain.archive.actions.callback import ask_doctor
from guanxi.domain.archive.actions.incident import NewIncident, report_incident
from guanxi.domain.archive.actions.loan import NewLoan, lend_forms, return_loans
from guanxi.domain.archive.models import Custody, FileForm, Loan

from .company import actor_of

People = Mapping[str, Staff]
# Who has not confirmed having read the rulebook yet, and who leaves in a few days, with who takes over.
NOT_READ, LEAVES, TAKES_OVER = ("hetao", "yupeng", "qiuyuan"), "hetao", "linlan"
EVERY_DAY = (9, 8, 7, 6, 5, 4, 3, 2, 1)
CHECKS = {
    "shenjie": EVERY_DAY,
    "tangning": EVERY_DAY,
    "luowenjing": (9, 8, 6, 5, 4, 2, 1),
    "guming": EVERY_DAY,
    "yangfan": (9, 7, 6, 5, 3, 2, 1),
}
CALLED = ("核对了档案上的用药记录，提醒饭后服用，下周再联系", "按档案询问了睡眠和血压，均平稳，约好月底到店")


def of_the_day(days_ago: int, staff: People) -> None:
    for case in CASES.get(days_ago, ()):
        case(staff)
    for login, days in CHECKS.items():
        if days_ago in days and clock.today().weekday() < 6:
            close_day(clock.today(), remark="当日回访已逐一查看，提醒注意服用时间", actor=actor_of(staff[login]))


def everybody_reads(staff: People) -> None:
    for version in Version.objects.filter(id__in=versions_in_force()):
        for one in not_yet(version).exclude(account__login__in=NOT_READ):
            confirm_reading(version.pk, actor=actor_of(one))


def visitors_are_received(staff: People) -> None:
    draft = save_draft(pack_text("customer-reception"), actor=actor_of(staff["zhoukai"]))
    approve_version(draft.pk, effective_on=clock.today(), actor=actor_of(staff["liangzhendong"]))


def a_file_is_lost(staff: People) -> None:
    _incident(staff, "yinxuan", "lost", "moderate", "带出去回访途中遗失，已沿路寻找")


def a_file_is_damaged(staff: People) -> None:
    _incident(staff, "zougui", "damaged", "minor", "封面被雨水打湿，字迹仍可辨认")


def a_file_is_incomplete(staff: People) -> None:
    _incident(staff, "qiuyuan", "incomplete", "moderate", "购买产品和金额两栏空白")


def _incident(staff: People, concerned: str, kind: str, severity: str, text: str) -> None:
    form = FileForm.objects.kept().filter(representative=staff[concerned], custody=Custody.KEPT).order_by("id")[3]
    new = NewIncident(kind, staff[concerned], text, severity)
    report_incident(form.pk, new, actor=actor_of(staff["shenjie"]))


def the_loss_is_confirmed(staff: People) -> None:
    proposal = _open_one(staff["yinxuan"])
    note = "按制度从轻处理，请当面交接时清点"
    confirm_proposal(proposal.pk, amount=Decimal(150), note=note, actor=_decider(proposal))


def the_loss_is_appealed(staff: People) -> None:
    proposal = Proposal.objects.get(staff=staff["yinxuan"], state=ProposalState.CONFIRMED)
    text = "档案表交回时已登记，遗失发生在保管处，请复核交接记录"
    appeal_proposal(proposal.pk, text=text, actor=actor_of(staff["yinxuan"]))


def the_damage_is_forgiven(staff: People) -> None:
    proposal = _open_one(staff["zougui"])
    forgive_proposal(proposal.pk, why="突降大雨，本人当天已重新誊写", actor=_decider(proposal))


def _decider(proposal: Proposal) -> Actor:
    assert proposal.confirmer is not None
    return actor_of(proposal.confirmer)


def _open_one(person: Staff) -> Proposal:
    return Proposal.objects.filter(staff=person, state=ProposalState.PROPOSED).order_by("id")[0]


def files_are_lent_and_returned(staff: People) -> None:
    lent, huangna = _lend(staff, "huangna", 2), actor_of(staff["huangna"])
    for loan, note in zip(lent, CALLED, strict=False):
        call = NewActivity("call", note, "reached", subject_kind=FileForm.KIND, subject_id=loan.form_id)
        log_activity(loan.customer_id, call, actor=huangna)
    return_loans([loan.pk for loan in lent], actor=actor_of(staff["shenjie"]))


def a_file_stays_out(staff: People) -> None:
    _lend(staff, "qiuyuan", 1)


def files_are_out_today(staff: People) -> None:
    _lend(staff, "dengjuchun", 2)


def _lend(staff: People, borrower: str, count: int) -> list[Loan]:
    rows = FileForm.objects.kept().filter(representative=staff[borrower], custody=Custody.KEPT, holder=staff["shenjie"])
    ids = list(rows.order_by("id").values_list("id", flat=True)[:count])
    return lend_forms(NewLoan(ids, staff[borrower]), actor=actor_of(staff["shenjie"])) if ids else []


def a_permit_is_given(staff: People) -> None:
    request = _ask(staff, "fanglei", "体检中心核对原件，当天归还")
    grant_permit(request, answer="同意，请本人办理", actor=actor_of(staff["liangzhendong"]))


def a_permit_is_asked_for(staff: People) -> None:
    _ask(staff, "zengxue", "向厂家提供购买记录的复印件")


def _ask(staff: People, login: str, purpose: str) -> int:
    form = FileForm.objects.kept().visible_to(actor_of(staff[login])).filter(custody=Custody.KEPT).order_by("id")[0]
    return ask_permit("borrow-other", FileForm.KIND, form.pk, purpose=purpose, actor=actor_of(staff[login])).pk


def the_doctor_is_asked(staff: People) -> None:
    bought = FileForm.objects.kept().filter(purchased=True).values("customer_id")
    rows = Customer.objects.kept().filter(owner=staff["qiuyuan"], deceased_on=None, is_do_not_disturb=False)
    customer = rows.filter(kind="person").exclude(id__in=bought).order_by("id")[0]
    wanted_on = clock.today() + timedelta(days=2)
    ask_doctor(customer.pk, wanted_on, "想了解与降压药能否同服", actor=actor_of(staff["qiuyuan"]))


def visitors_are_announced(staff: People) -> None:
    rows = Customer.objects.kept().filter(owner=staff["qiuyuan"], deceased_on=None, is_do_not_disturb=False)
    for days, meal, customer in zip((1, 3), ("lunch", "none"), rows.filter(grade="A").order_by("id"), strict=False):
        day = clock.today() + timedelta(days=days)
        values = {"comes_on": day, "at_time": "10:30", "guests": 2, "meal": meal, "purpose": "参观展厅"}
        announce_visit(customer.pk, values, actor=actor_of(staff["qiuyuan"]))


def somebody_announces_to_leave(staff: People) -> None:
    entry = DepartureEntry(clock.today() + timedelta(days=6), staff[TAKES_OVER].pk, "回老家照顾父母")
    announce_departure(staff[LEAVES].pk, entry, actor=actor_of(staff["zhoukai"]))


CASES: dict[int, tuple[Callable[[People], None], ...]] = {
    9: (everybody_reads, visitors_are_received, a_file_is_lost),
    7: (the_loss_is_confirmed,),
    6: (a_file_is_damaged, a_permit_is_given),
    5: (the_damage_is_forgiven, the_loss_is_appealed),
    3: (files_are_lent_and_returned, the_doctor_is_asked),
    2: (a_file_stays_out,),
    1: (a_file_is_incomplete, a_permit_is_asked_for, somebody_announces_to_leave),
    0: (files_are_out_today, visitors_are_announced),
}
