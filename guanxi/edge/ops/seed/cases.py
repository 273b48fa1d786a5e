"""What happens to single people and customers along the way, each through the action a person would use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

from guanxi.base.kernel import clock
from guanxi.base.org.actions.absence import record_absence
from guanxi.base.org.actions.departure import DepartureEntry, announce_departure, confirm_received
from guanxi.base.org.actions.staff import end_employment
from guanxi.base.org.models import Staff
from guanxi.core.customers.actions import (
    add_team_member,
    change_customer,
    leave_in_peace,
    remove_customer,
    transfer_customers,
)
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import complete_task, create_task, hand_over_duty, postpone_duty
from guanxi.core.rulebooks.models import Duty

from .cast import HEIR, LEAVER, ON_LEAVE
from .company import actor_of
from .plan import LEAVES_AFTER

People = Mapping[str, Staff]
T = TypeVar("T")


def of_the_day(days_ago: int, staff: People) -> None:
    for case in CASES.get(days_ago, ()):
        case(staff)


def owners_of(customers: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    rows = Customer.objects.filter(id__in=customers).values_list("id", "owner_id", "unit_id")
    return {customer: (owner, unit) for customer, owner, unit in rows}


def somebody_leaves(staff: People) -> None:
    """ORG-06, ORG-10: customers and duties go to a colleague first, the manager confirms, then the account closes."""
    leaver, heir, manager, admin = staff[LEAVER], staff[HEIR], actor_of(staff["linlan"]), actor_of(staff["zhoukai"])
    entry = DepartureEntry(clock.today(), staff["linlan"].pk, "个人原因")
    departure = announce_departure(leaver.pk, entry, actor=admin)
    ids = list(Customer.objects.kept().filter(owner=leaver).values_list("id", flat=True))
    transfer_customers(ids, to=heir, actor=manager, why="马俊离职，客户整体移交")
    confirm_received(departure.pk, actor=manager)
    end_employment(leaver.pk, on=clock.today(), actor=admin)


def somebody_goes_on_leave(staff: People) -> None:
    today = clock.today()
    record_absence(
        staff[ON_LEAVE].pk, today, today + timedelta(days=6), reason="年休假", actor=actor_of(staff["shaoping"])
    )


def a_customer_dies(staff: People) -> None:
    customer = _with_duties("dengjuchun")
    leave_in_peace(
        customer.pk,
        is_do_not_disturb=False,
        deceased_on=clock.today() - timedelta(days=2),
        actor=actor_of(staff["dengjuchun"]),
    )


def two_ask_for_quiet(staff: People) -> None:
    for login in ("qiuyuan", "penghai"):
        customer = _with_duties(login)
        leave_in_peace(customer.pk, is_do_not_disturb=True, deceased_on=None, actor=actor_of(staff[login]))


def details_are_corrected(staff: People) -> None:
    for login, remark in (("qiuyuan", "搬到女儿家住，白天不方便接电话"), ("tangxiaoyan", "改由老伴接电话，声音要大些")):
        customer = _pick(_customers(staff, login), 2)
        change_customer(customer.pk, {"remark": remark}, version=customer.version, actor=actor_of(staff[login]))
    best = _pick(_buyers(staff, "qiuyuan"), -1)
    change_customer(
        best.pk,
        {"grade": "A", "remark": "介绍了三位老邻居参加活动"},
        version=best.version,
        actor=actor_of(staff["fanglei"]),
    )


def a_double_goes_to_the_bin(staff: People) -> None:
    customer = _pick(_customers(staff, "hetao"), -1)
    remove_customer(customer.pk, actor=actor_of(staff["linlan"]), why="重复建档")


def teams_form(staff: People) -> None:
    for login, doctor in (("qiuyuan", "shenjie"), ("zougui", "luowenjing"), ("penghai", "guming")):
        customer = _pick(_buyers(staff, login), 0)
        add_team_member(customer.pk, staff=staff[doctor], role="doctor", actor=actor_of(staff[login]))


def duties_change_hands(staff: People) -> None:
    for by, to, why in (
        ("lijing", "zhaochunjian", "周末外出培训，请代为回访"),
        ("qiuyuan", "yinxuan", "客户与尹轩是邻居，当面回访更方便"),
    ):
        hand_over_duty(_pick(_not_begun(by), 1).pk, to=staff[to], why=why, actor=actor_of(staff[by]))


def duties_wait(staff: People) -> None:
    for login, why in (("qiuyuan", "客户外出旅游，三天后回来"), ("penghai", "客户住院检查，出院后再联系")):
        duty = _pick(_coming(login), 0)
        postpone_duty(duty.pk, until=duty.due_on + timedelta(days=3), why=why, actor=actor_of(staff[login]))


def tasks_are_set(staff: People) -> None:
    """One is done the same morning, so that both kinds can be seen."""
    done = _task(staff, "fanglei", "qiuyuan", "把体检邀请函送到家里", 0)
    _task(staff, "fanglei", "qiuyuan", "核对家庭住址和紧急联系人", 0)
    _task(staff, "linlan", "fanglei", "陪同拜访，了解复购意向", 2)
    _task(staff, "qiuyuan", "qiuyuan", "准备生日贺卡", 3)
    _task(staff, "luwei", "penghai", "补齐档案表上的健康状况", 1)
    complete_task(done, note="已经送到，本人签收", actor=actor_of(staff["qiuyuan"]))


def _task(staff: People, by: str, to: str, purpose: str, in_days: int) -> int:
    owner = to if to in ("qiuyuan", "penghai") else "qiuyuan"
    customer = _pick(_customers(staff, owner), len(purpose))
    due_on = clock.today() + timedelta(days=in_days)
    return create_task(customer.pk, purpose=purpose, due_on=due_on, to=staff[to], actor=actor_of(staff[by])).pk


def _buyers(staff: People, login: str) -> list[Customer]:
    """The best first."""
    return sorted((c for c in _customers(staff, login) if c.grade), key=lambda c: (c.grade, c.pk))


def _customers(staff: People, login: str) -> list[Customer]:
    rows = Customer.objects.kept().filter(owner=staff[login], deceased_on=None, created_at__lt=clock.now())
    return list(rows.order_by("id"))


def _with_duties(login: str) -> Customer:
    """Somebody who is to be called in the next days, so that the screens can show why that fell away."""
    duty = _pick(_coming(login), 2)
    assert duty.customer is not None
    return duty.customer


def _coming(login: str) -> list[Duty]:
    """Due from tomorrow on, so that moving them takes nothing away from today."""
    rows = Duty.objects.open().filter(assignee__account__login=login, clause__isnull=False, is_caught_up=False)
    return list(rows.filter(due_at__gt=clock.end_of(clock.today())).order_by("due_at", "id"))


def _not_begun(login: str) -> list[Duty]:
    """Steps that open the day after tomorrow at the earliest: nobody has done them when the demo begins."""
    return [duty for duty in _coming(login) if duty.opens_at > clock.end_of(clock.today() + timedelta(days=1))]


def _pick(rows: list[T], place: int) -> T:
    """Round the corner when the list is shorter: the demo must be founded whatever the dice say."""
    return rows[place % len(rows)]


CASES: dict[int, tuple[Callable[[People], None], ...]] = {
    LEAVES_AFTER: (somebody_leaves,),
    22: (teams_form,),
    14: (two_ask_for_quiet, details_are_corrected),
    10: (a_customer_dies, a_double_goes_to_the_bin),
    3: (somebody_goes_on_leave,),
    1: (duties_change_hands,),
    0: (duties_wait, tasks_are_set),
}
