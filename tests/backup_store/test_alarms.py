"""Whoever looks after the installation hears of it when backups stop, by the 25th hour, and once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.core.messaging.kinds import title_of
from guanxi.core.messaging.models import Message
from guanxi.edge.ops.backups import alarms, looking, reach, running, schedule, tending, verifying
from guanxi.edge.ops.backups.keys import Key, KeyRing
from guanxi.edge.ops.backups.models import FAILED, BackupPlace, BackupPlan, BackupRun, KeptSet
from guanxi.edge.ops.backups.store import Unreachable
from guanxi.edge.ops.backups.store.folder import FolderShelf
from guanxi.edge.ops.backups.store.sealed import SealedStore
from guanxi.edge.ops.installation import Installation

from .test_retention import NOW, a_set

pytestmark = [pytest.mark.django_db, pytest.mark.req("OPS-11")]


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is not what is looked at here."""
    BackupPlace.objects.create(id=1, looked_at=clock.now() + timedelta(days=365), label="/b", is_same_disk=False)


def verified(*, hours_ago: float, is_good: bool = True) -> KeptSet:
    at = clock.now() - timedelta(hours=hours_ago)
    return KeptSet.objects.create(set_id=f"s{hours_ago}", kind="full", finished_at=at, verified_at=at, is_good=is_good)


def told(kind: str = alarms.LATE) -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind=kind).order_by("id")
    names = dict(Staff.objects.values_list("id", "name"))
    return [(names[row.recipient_id], title_of(row.kind, row.params)) for row in rows]


def let_the_job_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the plan asks for nothing any more."""
    monkeypatch.setattr(schedule, "due", lambda *args, **kwargs: "")


def test_a_stopped_job_is_told_by_the_25th_hour_and_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    let_the_job_fail(monkeypatch)
    tending.tend()
    verified(hours_ago=0)
    for _ in range(24):
        clock.advance(hours=1)
        tending.tend()
    assert told() == []
    clock.advance(hours=1, minutes=1)
    for _ in range(3):
        tending.tend()
    assert told() == [
        (name, "25 小时以来没有任何备份通过验证。请打开备份页面查看处理办法。") for name in ("何远山", "管理员")
    ]
    clock.advance(hours=24)
    tending.tend()
    assert len(told()) == 4


def test_a_verified_one_silences_it(monkeypatch: pytest.MonkeyPatch) -> None:
    let_the_job_fail(monkeypatch)
    tending.tend()
    clock.advance(hours=30)
    assert schedule.is_late(schedule.the_plan(), clock.now())
    verified(hours_ago=0)
    tending.tend()
    assert told() == []


def test_neither_an_old_one_nor_a_bad_one_nor_one_that_is_gone_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    let_the_job_fail(monkeypatch)
    tending.tend()
    clock.advance(hours=48)
    verified(hours_ago=1, is_good=False)
    gone = verified(hours_ago=2)
    KeptSet.objects.filter(id=gone.pk).update(gone_at=clock.now())
    # Made long ago, looked through just now: it still brings back the day before yesterday.
    old = verified(hours_ago=40)
    KeptSet.objects.filter(id=old.pk).update(verified_at=clock.now())
    tending.tend()
    assert len(told()) == 2


def test_a_place_that_cannot_even_be_looked_at_silences_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setenv("BACKUP_TARGET", "/mnt/" + "x" * 300)
    place = looking.look()
    assert (place.trouble, "cannot be looked at" in place.detail) == ("unreachable", True)
    tending.tend()
    clock.advance(hours=26)

    def breaks() -> BackupPlace:
        raise OSError("something else")

    BackupPlace.objects.all().delete()
    monkeypatch.setattr(looking, "look", breaks)
    with pytest.raises(OSError, match="something else"):
        tending.tend()
    assert len(told()) == 2


def test_a_drive_that_is_not_mounted_is_no_empty_place(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """Nothing is written to the disk of the data in its stead, and what lies on the drive is not gone."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setenv("BACKUP_TARGET", str(tmp_path / "drive"))
    BackupPlace.objects.filter(id=1).update(label=str(tmp_path / "drive"))
    verified(hours_ago=1)
    for _ in range(2):
        place = looking.look()
        assert (place.trouble, "is it mounted" in place.detail) == ("unreachable", True)
    assert not KeptSet.objects.exclude(gone_at=None).exists()
    run = running.carry_out(BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now()).pk)
    assert (run.state, run.trouble) == (FAILED, "unreachable")
    assert not (tmp_path / "drive").exists()
    assert len(told(alarms.MISSED)) == 2


def test_a_clock_that_was_a_year_ahead_silences_nothing() -> None:
    """Set right again, what it told of the future counts for nothing: neither runs nor sets nor the first look."""
    clock.advance(days=365)
    tending.tend()
    at = clock.now()
    BackupRun.objects.create(what="full", is_by_hand=False, asked_at=at, state="done", started_at=at, finished_at=at)
    ahead = verified(hours_ago=0)
    assert (schedule.unverified(), schedule.last_good()) == ("", ahead)
    clock.advance(days=-365)
    assert schedule.last_good() is None
    assert schedule.the_plan().since == clock.now()
    clock.advance(hours=26)
    assert tending.tend() == "full"
    assert len(told()) == 2
    new = KeptSet.objects.create(set_id="new", kind="full", finished_at=clock.now())
    assert schedule.unverified() == new.set_id


def test_an_installation_of_an_hour_is_not_late() -> None:
    tending.tend()
    clock.advance(hours=1)
    tending.tend()
    assert told() == []


def test_a_failure_is_told_at_once_and_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise Unreachable("s3://backups refused: AccessDenied.")

    monkeypatch.setattr(running, "this_store", away)
    for _ in range(2):
        run = BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now())
        run = running.carry_out(run.pk)
        assert (run.state, run.trouble, run.detail) == (
            FAILED,
            "unreachable",
            "s3://backups refused: AccessDenied.",
        )
    assert told(alarms.MISSED) == [(name, "备份未能完成。备份页面说明了原因。") for name in ("何远山", "管理员")]


@pytest.mark.parametrize(
    ("newest", "visited", "gap", "times"),
    [(1, 0, "", 0), (30, 0, "", 1), (1, 0, "2026-11-16T00:00:00+00:00", 1), (600, 590, "", 0)],
    ids=["arriving", "late", "with a gap", "of before the start"],
)
def test_a_log_that_does_not_arrive_is_told_once_a_day(
    newest: int, visited: int, gap: str, times: int, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """In minutes ago; the note has the machine's time."""
    let_the_job_fail(monkeypatch)
    settings.DATA_DIR = tmp_path
    verified(hours_ago=0)
    ago = [(datetime.now(UTC) - timedelta(minutes=one)).isoformat() for one in (1000, visited, newest)]
    reach.write(reach.Shipping(ago[0], ago[1], reach.Reach(ago[2]), gap_since=gap), data=tmp_path)
    tending.tend()
    tending.tend()
    assert len(told(alarms.LOG)) == times * 2, "by both who see backups"


def test_words_of_others_never_reach_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("phone 13894821993")

    monkeypatch.setattr(running, "this_store", broken)
    run = BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now())
    run = running.carry_out(run.pk)
    assert (run.state, run.trouble, run.detail) == (FAILED, "unexpected", "ValueError")
    assert looking.trouble_of(ValueError("13894821993")) == ("unexpected", "ValueError")


def test_what_was_taken_away_from_the_place_is_told_when_it_is_listed(tmp_path: Path) -> None:
    """Not when it is needed; and nothing is built on it."""
    store = SealedStore(FolderShelf(tmp_path / "place"), KeyRing((Key.new(),)))
    whole, poor = (
        a_set(store, 1, parent=None, files=[b"one"], days_ago=1),
        a_set(store, 2, parent=None, files=[b"two"], days_ago=0),
    )
    looking.write_down(store)
    store.delete(poor.objects[-1].name)
    running.tidy(store, Installation(tmp_path, 0, "", False))
    states = dict(KeptSet.objects.values_list("set_id", "is_good"))
    assert states == {whole.id: None, poor.id: False}
    assert poor.objects[-1].name in KeptSet.objects.get(set_id=poor.id).verdict
    mark = verifying.read(store, poor.id)
    assert mark is not None
    assert not mark.is_good
    assert len(told(alarms.BAD)) == 2


def test_the_banner_is_for_those_who_may_see_backups(actor) -> None:
    BackupPlan.objects.create(id=1, since=clock.now() - timedelta(hours=26))
    assert "26" in alarms.banner(actor("admin"))
    assert "26" in alarms.banner(actor("gm"))
    assert alarms.banner(actor("rep")) == ""
    verified(hours_ago=1)
    assert alarms.banner(actor("admin")) == ""


def test_a_run_killed_after_its_set_was_made_takes_that_set(tmp_path: Path) -> None:
    """Its row had not heard of it yet; a second set would be one too many."""
    store = SealedStore(FolderShelf(tmp_path), KeyRing((Key.new(),)))
    run = BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now(), real_start=NOW)
    a_set(store, 1, parent=None, files=[], days_ago=1)
    assert running._made_before(run, store) is None
    made = a_set(store, 2, parent=None, files=[], days_ago=0)
    # Killed a step later: the look after the set wrote it into the catalogue.
    KeptSet.objects.create(set_id=made.id, kind="full", method="physical", finished_at=clock.now())
    found = running._made_before(run, store)
    assert found is not None
    assert found.id == made.id
    BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now(), state="done", set_id=made.id)
    assert running._made_before(run, store) is None


def test_a_run_without_a_job_is_taken_up_or_given_up() -> None:
    waits = BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now())
    tending.take_up_again()
    assert ProcrastinateJob.objects.filter(task_name="ops:backup_run", args={"run_id": waits.pk}).count() == 1
    tending.take_up_again()
    assert ProcrastinateJob.objects.filter(task_name="ops:backup_run").count() == 1
    BackupRun.objects.filter(id=waits.pk).update(state="done")
    lost = BackupRun.objects.create(what="full", is_by_hand=False, asked_at=clock.now(), state="running")
    tending.take_up_again()
    lost.refresh_from_db()
    assert (lost.state, lost.trouble) == (FAILED, "gave_up")
    assert len(told(alarms.MISSED)) == 2
