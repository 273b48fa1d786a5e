from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Query

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.models import Staff
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.keys import Cursor
from guanxi.core.activities.actions import log_activity
from guanxi.core.rulebooks.access import access_duty
from guanxi.core.rulebooks.actions import complete_task, create_task, hand_over_duty, postpone_duty, withdraw_duty
from guanxi.core.rulebooks.models import Duty, State
from guanxi.core.rulebooks.screens.rows import one_row, read_rows

from ..endpoint import Resource, needs, reads, writes
from ..interface import add
from ..paging import moment_of, opened, sealed
from ..schemas.activities import ActivityOut, NewActivity
from ..schemas.duties import DutyList, DutyOut, DutyPage, Finish, HandOver, NewTask, Postpone, Settled, Withdraw
from .activities import contact_of

KIND = Duty.KIND
router = Resource()


@reads(router, "/duties", needs(KIND, "read"), returns=DutyPage)
def duties_list(request: ActorRequest, query: Query[DutyList]) -> DutyPage:
    """By deadline, the most urgent first."""
    rows = Duty.objects.visible_to(request.actor).filter(in_part(query.state))
    if query.person == "me":
        rows = rows.filter(assignee_id=request.actor.staff_id)
    if query.customer:
        rows = rows.filter(customer_id=query.customer)
    keys, following = page_of(rows, at=query.at, limit=query.limit)
    found = read_rows("SELECT unnest(%s::bigint[]) AS id", [keys], actor=request.actor, order="d.due_at, d.id")
    return DutyPage(items=[DutyOut.of(row) for row in found], next=following)


@writes(router, "POST", "/duties", needs(KIND, "create"), returns=DutyOut, status=201)
def duties_create(request: ActorRequest, body: NewTask) -> DutyOut:
    """A task. What a clause asks for is raised by the clause alone."""
    to = colleague(body.to) if body.to else None
    duty = create_task(body.customer_id, purpose=body.purpose, due_on=body.due_on, to=to, actor=request.actor)
    return shown(duty, request.actor)


@reads(router, "/duties/{int:duty_id}", needs(KIND, "read"), returns=DutyOut)
def duties_get(request: ActorRequest, duty_id: int) -> DutyOut:
    return shown(access_duty(request.actor, duty_id), request.actor)


@writes(router, "POST", "/duties/{int:duty_id}/postpone", needs(KIND, "update"), returns=DutyOut)
def duties_postpone(request: ActorRequest, duty_id: int, body: Postpone) -> DutyOut:
    return shown(postpone_duty(duty_id, until=body.until, why=body.why, actor=request.actor), request.actor)


@writes(router, "POST", "/duties/{int:duty_id}/hand-over", needs(KIND, "update"), returns=DutyOut)
def duties_hand_over(request: ActorRequest, duty_id: int, body: HandOver) -> DutyOut:
    duty = hand_over_duty(duty_id, to=colleague(body.to), why=body.why, actor=request.actor)
    return shown(duty, request.actor)


@writes(router, "POST", "/duties/{int:duty_id}/withdraw", needs(KIND, "update"), returns=DutyOut)
def duties_withdraw(request: ActorRequest, duty_id: int, body: Withdraw) -> DutyOut:
    """For superiors, and for whoever set a task."""
    return shown(withdraw_duty(duty_id, why=body.why, actor=request.actor), request.actor)


@writes(router, "POST", "/duties/{int:duty_id}/finish", needs(KIND, "update"), returns=DutyOut)
def duties_finish(request: ActorRequest, duty_id: int, body: Finish) -> DutyOut:
    """A task is ticked off; what a clause asks for is settled by its evidence (`/duties/{duty_id}/activities`)."""
    return shown(complete_task(duty_id, note=body.note, actor=request.actor), request.actor)


@writes(router, "POST", "/duties/{int:duty_id}/activities", needs("activity", "create"), returns=Settled, status=201)
def duties_log(request: ActorRequest, duty_id: int, body: NewActivity) -> Settled:
    """Records a contact about what the duty is about; the duty is settled in the same transaction if it is evidence."""
    actor = request.actor
    duty = access_duty(actor, duty_id)
    if duty.customer_id is None:
        raise Refused(_("This duty is about nobody who could be contacted."), code="no_customer")
    contact = contact_of(body, duty.customer_id, actor, subject=subject_of(duty))
    activity = log_activity(duty.customer_id, contact, actor=actor)
    return Settled(activity=ActivityOut.of(activity), duty=DutyOut.of(one_row(duty.pk, actor=actor)))


def in_part(part: str) -> Q:
    now, tonight = clock.now(), clock.end_of(clock.today())
    is_open = Q(state=State.OPEN)
    against_somebody = is_open & Q(is_caught_up=False)
    return {
        "open": is_open,
        "overdue": against_somebody & Q(due_at__lte=now),
        "today": against_somebody & Q(due_at__gt=now, due_at__lte=tonight),
        "coming": against_somebody & Q(due_at__gt=tonight),
        "caught_up": is_open & Q(is_caught_up=True),
        "done": Q(state=State.DONE),
        "withdrawn": Q(state=State.WITHDRAWN),
    }[part]


def page_of(rows: QuerySet[Duty], *, at: str, limit: int) -> tuple[list[int], str]:
    if beside := opened(at, of=KIND):
        due = moment_of(beside)
        rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=beside.id))
    keys = list(rows.order_by("due_at", "id").values_list("id", "due_at")[: limit + 1])
    page = keys[:limit]
    following = sealed(Cursor(page[-1][1], page[-1][0]), of=KIND) if len(keys) > limit else ""
    return [duty_id for duty_id, _due in page], following


def colleague(staff_id: int) -> Staff:
    found = Staff.objects.filter(id=staff_id, left_on=None).first()
    if found is None:
        raise Invalid({"to": [_("Choose a colleague who works here.")]})
    return found


def subject_of(duty: Duty) -> dict[str, Any]:
    return {} if duty.is_task else {"subject_kind": duty.subject_kind, "subject_id": duty.subject_id}


def shown(duty: Duty, actor: Actor) -> DutyOut:
    return DutyOut.of(one_row(duty.pk, actor=actor))


add(router, tag="duties")
