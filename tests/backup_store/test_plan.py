"""When what is due, told by the plan and by what has been."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from guanxi.base.kernel import clock
from guanxi.edge.ops.backups.models import VERIFY, BackupPlan
from guanxi.edge.ops.backups.schedule import Past, due, next_daily, weekly_slot
from guanxi.edge.ops.backups.sets import Kind

pytestmark = [pytest.mark.req("OPS-11")]
# Wednesday; the plan says 02:30, full ones on Sundays.
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=clock.ZONE)
SUNDAY = datetime(2026, 11, 15, 2, 31, tzinfo=clock.ZONE)
TODAY = datetime(2026, 11, 18, 2, 31, tzinfo=clock.ZONE)


def plan(**values: object) -> BackupPlan:
    return BackupPlan(id=1, since=NOON - timedelta(days=30), daily_at=time(2, 30), **values)


def asked(past: Past, *, now: datetime = NOON, has_chains: bool = True, **values: object) -> str:
    return due(plan(**values), past, now=now, has_chains=has_chains)


GOOD = Past(full=SUNDAY, daily=TODAY, any=NOON - timedelta(minutes=10))


def test_nothing_is_due_when_all_was_done() -> None:
    assert asked(GOOD) == ""


def test_the_first_is_a_full_one() -> None:
    assert asked(Past()) == Kind.FULL


def test_a_new_installation_waits_for_its_first_night() -> None:
    fresh = BackupPlan(id=1, since=NOON - timedelta(minutes=1), daily_at=time(2, 30))
    assert due(fresh, Past(), now=NOON, has_chains=True) == ""
    assert due(fresh, Past(), now=NOON + timedelta(hours=15), has_chains=True) == Kind.FULL


def test_each_day_a_differential_and_on_sundays_a_full_one() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert asked(Past(SUNDAY, yesterday, yesterday)) == Kind.DIFFERENTIAL
    assert asked(Past(SUNDAY - timedelta(days=7), yesterday, yesterday)) == Kind.FULL
    assert weekly_slot(plan(), NOON) == datetime(2026, 11, 15, 2, 30, tzinfo=clock.ZONE)
    before_dawn = datetime(2026, 11, 15, 2, 29, tzinfo=clock.ZONE)
    assert weekly_slot(plan(), before_dawn) == datetime(2026, 11, 8, 2, 30, tzinfo=clock.ZONE)
    assert next_daily(plan(), before_dawn) == datetime(2026, 11, 15, 2, 30, tzinfo=clock.ZONE)


def test_between_them_incremental_ones() -> None:
    hour_ago = Past(SUNDAY, TODAY, NOON - timedelta(minutes=60))
    assert asked(hour_ago) == Kind.INCREMENTAL
    assert asked(hour_ago, every_minutes=90) == ""
    assert asked(hour_ago, every_minutes=0) == ""


def test_servers_without_chains_get_one_full_a_day() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert asked(Past(SUNDAY, yesterday, yesterday), has_chains=False) == Kind.FULL
    assert asked(Past(SUNDAY, TODAY, TODAY), has_chains=False) == ""


def test_what_was_missed_is_made_up_for_once() -> None:
    """Four nights off: one backup, and not four."""
    off = Past(SUNDAY - timedelta(days=7), SUNDAY - timedelta(days=4), SUNDAY - timedelta(days=4))
    assert asked(off) == Kind.FULL
    assert asked(Past(NOON, NOON, NOON), now=NOON + timedelta(minutes=5)) == ""


def test_each_daily_one_is_verified() -> None:
    waiting = Past(SUNDAY, TODAY, NOON - timedelta(hours=2), unverified="s1")
    assert asked(waiting) == VERIFY
    assert asked(waiting, verifies=False) == Kind.INCREMENTAL


def test_nothing_stands_on_a_bad_one() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert asked(Past(SUNDAY, yesterday, yesterday, is_bad=True)) == Kind.FULL


def test_after_a_restore_a_full_one_comes_first_and_once() -> None:
    """Until then no moment can be restored, and an increment would have nothing to stand on."""
    ago = NOON - timedelta(minutes=5)
    assert asked(replace(GOOD, restored=ago)) == Kind.FULL
    assert asked(replace(GOOD, restored=ago, unverified="s1")) == Kind.FULL
    assert asked(replace(GOOD, restored=ago, failed=ago)) == "", "half an hour after one that failed"
    assert asked(replace(GOOD, restored=ago, failed=NOON - timedelta(minutes=31))) == Kind.FULL
    assert asked(replace(GOOD, restored=ago), is_on=False) == ""
    assert asked(Past(NOON, NOON, NOON, restored=ago)) == ""


def test_after_a_failure_half_an_hour_goes_by() -> None:
    failed = Past(failed=NOON - timedelta(minutes=29))
    assert asked(failed) == ""
    assert asked(failed, now=NOON + timedelta(minutes=1)) == Kind.FULL


def test_a_failure_told_by_a_clock_that_was_ahead_stops_nothing() -> None:
    assert asked(Past(failed=NOON + timedelta(days=365))) == Kind.FULL


def test_a_plan_that_is_off_asks_for_nothing() -> None:
    assert asked(Past(), is_on=False) == ""


def test_within_an_hour_there_is_always_another_one() -> None:
    """A week, looked at every five minutes: no gap of more than an hour and five minutes (RPO)."""
    now, past, gaps = SUNDAY, Past(), []
    for _ in range(7 * 24 * 12):
        now += timedelta(minutes=5)
        if wanted := asked(past, now=now):
            gaps.append(now - past.any if past.any else timedelta())
            full = now if wanted == Kind.FULL else past.full
            daily = past.daily if wanted == Kind.INCREMENTAL else now
            past = Past(full, daily, now)
    assert len(gaps) >= 168
    assert max(gaps) <= timedelta(minutes=60)
