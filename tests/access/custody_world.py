"""What the pages of the custody of files work on: one of each, all of representative 邱远."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.customers.actions import create_customer
from guanxi.domain.archive.actions import complete_file_form, receive_transfer, send_forms
from guanxi.domain.archive.actions.attendance import Gathering, take_attendance
from guanxi.domain.archive.actions.callback import ask_doctor
from guanxi.domain.archive.actions.contest import Terms, draw_sample, set_contest
from guanxi.domain.archive.actions.incident import NewIncident, report_incident
from guanxi.domain.archive.actions.loan import NewLoan, lend_forms
from guanxi.domain.archive.contest import quarter_of
from guanxi.domain.archive.models import FileForm

from .contact_world import contact_things

if TYPE_CHECKING:
    from collections.abc import Callable

    from .world import World


def custody_things(world: World, actor_of: Callable[[str], Actor]) -> dict[str, int]:
    rep, doctor = actor_of("rep"), actor_of("doctor")
    other = create_customer({"kind": "person", "name": "众鸟之二", "phone": "13799990421"}, actor=rep)
    kept, lent, lost = (a_form(world, name, rep) for name in ("已归档的会", "已借出的会", "已遗失的会"))
    transfer = send_forms(FileForm.KIND, [kept, lent], world.staff("doctor"), actor=rep)
    receive_transfer(transfer.pk, actor=doctor)
    loan = lend_forms(NewLoan([lent], world.staff("rep")), actor=doctor)[0]
    incident = report_incident(
        lost, NewIncident("lost", world.staff("rep"), "搬家时丢失"), actor=actor_of("supervisor")
    )
    attendance = take_attendance(Gathering("未填表的会", clock.today(), [other.pk]), actor=rep)[0]
    request = ask_doctor(other.pk, clock.today(), "想了解用法", actor=rep)
    past = set_contest(date(2025, 10, 1), Terms("truthfulness"), actor=actor_of("gm"))
    drawn = set_contest(quarter_of(clock.today()), Terms("truthfulness"), actor=actor_of("gm"))
    FileForm.objects.filter(id=lost).update(completed_on=date(2025, 11, 3))
    draw_sample(drawn.pk, actor=actor_of("gm"))
    check = drawn.checks.order_by("id")[0]
    return {
        "contest": past.pk,
        "contest check": check.pk,
        "kept file": kept,
        "loan": loan.pk,
        "incident": incident.pk,
        "attendance": attendance.pk,
        "callback request": request.pk,
        "non-buyer": other.pk,
    } | contact_things(world, actor_of)


def a_form(world: World, event: str, rep: Actor) -> int:
    values = {"event_name": event, "completed_on": clock.today()}
    return complete_file_form(world.customer.pk, values, actor=rep).pk
