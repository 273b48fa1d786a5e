"""When what is due: a full one each week, a differential one each day, incremental ones between, and a verification
of each daily one. What was missed while the machine was off is made up for at once, and only once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock

from .models import DONE, FAILED, RESTORED, VERIFY, BackupPlan, BackupRun, KeptSet
from .sets import Kind

DAILY = (Kind.FULL, Kind.DIFFERENTIAL)
RETRY_AFTER = timedelta(minutes=30)
# As long as a plan of a day and its verification may take before somebody hears of it.
LATE_AFTER = timedelta(hours=25)
# What happened later than this from now was told by a clock that has been put right since.
CLOCKS_APART = timedelta(hours=1)


@dataclass(frozen=True)
class Past:
    """What has been, as far as it matters for what comes. `unverified`: the newest daily set nobody looked at yet;
    `is_bad`: it does not bring everything back, so nothing may stand on it.
    `restored`: when the data came back from a backup last."""

    full: datetime | None = None
    daily: datetime | None = None
    any: datetime | None = None
    failed: datetime | None = None
    unverified: str = ""
    is_bad: bool = False
    restored: datetime | None = None


def due(plan: BackupPlan, past: Past, *, now: datetime, has_chains: bool) -> str:
    """A kind of set, "verify", or nothing."""
    if not plan.is_on or (past.failed and abs(now - past.failed) < RETRY_AFTER):
        return ""
    if past.restored and _is_before(past.full, past.restored):
        return str(Kind.FULL)  # nothing from before builds on; until then no moment can be restored
    slot = daily_slot(plan, now)
    if slot > plan.since and _is_before(past.daily, slot):
        return str(_daily_kind(plan, past, now, has_chains))
    if plan.verifies and past.unverified:
        return VERIFY
    if has_chains and plan.every_minutes and past.full and past.any:
        return str(Kind.INCREMENTAL) if now - past.any >= timedelta(minutes=plan.every_minutes) else ""
    return ""


def _daily_kind(plan: BackupPlan, past: Past, now: datetime, has_chains: bool) -> Kind:
    is_full = not has_chains or past.is_bad or _is_before(past.full, weekly_slot(plan, now))
    return Kind.FULL if is_full else Kind.DIFFERENTIAL


def _is_before(moment: datetime | None, slot: datetime) -> bool:
    return moment is None or moment < slot


def daily_slot(plan: BackupPlan, now: datetime) -> datetime:
    """The latest time of day of the plan that has come."""
    today = clock.local_date(now)
    slot = _at(plan, today)
    return slot if slot <= now else _at(plan, today - timedelta(days=1))


def weekly_slot(plan: BackupPlan, now: datetime) -> datetime:
    slot = daily_slot(plan, now)
    back = (clock.local_date(slot).weekday() - plan.full_on) % 7
    return _at(plan, clock.local_date(slot) - timedelta(days=back))


def next_daily(plan: BackupPlan, now: datetime) -> datetime:
    return _at(plan, clock.local_date(daily_slot(plan, now)) + timedelta(days=1))


def _at(plan: BackupPlan, day: date) -> datetime:
    return datetime.combine(day, plan.daily_at, tzinfo=clock.ZONE)


def past_of_runs() -> Past:
    """Begun counts, not ended: a set brings back the time it began with."""
    done = BackupRun.objects.filter(state=DONE, started_at__lte=clock.now()).exclude(what=VERIFY).order_by()
    last = dict(done.values_list("what").annotate(at=Max("started_at")).values_list("what", "at"))
    over = BackupRun.objects.filter(state__in=[DONE, FAILED]).order_by("-finished_at").first()
    daily = max((last[kind] for kind in DAILY if kind in last), default=None)
    failed = over.finished_at if over and over.state == FAILED else None
    newest = newest_daily()
    is_bad = newest is not None and newest.is_good is False
    latest = max(last.values(), default=None)
    return Past(last.get(Kind.FULL), daily, latest, failed, unverified(), is_bad, restored_at())


def restored_at() -> datetime | None:
    """As the trail says, which the restore wrote into itself before anybody came in."""
    return Entry.objects.filter(name=RESTORED).order_by("-id").values_list("at", flat=True).first()


def newest_daily() -> KeptSet | None:
    """The newest that stands on no hourly one."""
    rows = KeptSet.objects.filter(gone_at=None, kind__in=DAILY, trouble="", finished_at__lte=_soon())
    return rows.order_by("-finished_at").first()


def unverified() -> str:
    """Unless it was said already whether it is good."""
    newest = newest_daily()
    return newest.set_id if newest and newest.is_good is None else ""


def the_plan() -> BackupPlan:
    plan, _made = BackupPlan.objects.get_or_create(id=1, defaults={"since": clock.now()})
    if plan.since > _soon():
        plan.since = clock.now()
        plan.save(update_fields=["since"])
    return plan


def last_good() -> KeptSet | None:
    good = KeptSet.objects.filter(gone_at=None, is_good=True, finished_at__lte=_soon(), verified_at__lte=_soon())
    return good.order_by("-finished_at").first()


def _soon() -> datetime:
    return clock.now() + CLOCKS_APART


def good_until(plan: BackupPlan) -> datetime:
    """How far back a verified backup reaches; the time of the first look where there never was one."""
    newest = last_good()
    if newest is None or newest.finished_at is None or newest.verified_at is None:
        return plan.since
    return min(newest.finished_at, newest.verified_at)


def is_late(plan: BackupPlan, now: datetime) -> bool:
    return now - good_until(plan) > LATE_AFTER


def late_plan() -> BackupPlan | None:
    """For pages, which only read: before the first visit of the worker there is none, and nothing is late."""
    plan = BackupPlan.objects.filter(id=1).first()
    return plan if plan and is_late(plan, clock.now()) else None
