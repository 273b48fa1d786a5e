"""Back to any moment: exactly what had been done by then (F-51); and the log for it is never in the way."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guanxi.edge.ops import postgres
from guanxi.edge.ops.backups import content, restoring, wal
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.backups.sets import Damaged, Kind, Method
from guanxi.edge.ops.backups.shipping import Shipper
from guanxi.edge.ops.backups.staging import Until
from tests.backup.conftest import House
from tests.installation import until

pytestmark = pytest.mark.req("OPS-11", "OPS-13")
SEED = 20261122


def mark(house: House, count: int) -> list[datetime]:
    """After each the time at which it, and nothing later, had been done."""
    moments = []
    with house.server.connect(database="guanxi") as connection:
        for number in range(count):
            connection.execute("INSERT INTO mark VALUES (%s)", [number])
            row = connection.execute("SELECT clock_timestamp()").fetchone()
            assert row is not None
            moments.append(row[0])
            if number % 7 == 6:
                connection.execute("SELECT pg_switch_wal()")
    return moments


def close_log(house: House) -> None:
    """Something happens after the last mark, and the server lets go of the segment it is in."""
    house.execute("INSERT INTO customer (name) VALUES ('later');\nSELECT pg_switch_wal()")
    last = wal.segment_of(1, str(house.lsn()))
    until(lambda: sorted(path.stem for path in postgres.spool_of(house.server.data).glob("*.gz"))[-1:] >= [last])


def restores_to_marks(house: House, place: Path, *, marks: int, tries: int) -> None:
    house.load(50)
    house.back_up()
    moments = mark(house, marks)
    close_log(house)
    house.ship()
    chosen = random.Random(SEED).sample(range(marks), tries)
    for number in chosen:
        other = house.elsewhere(place / str(number))
        report = restoring.restore(other.store, here=other.here, until=Until(at=moments[number]))
        assert datetime.fromisoformat(report.moment) == moments[number]
        other.start()
        assert other.marks() == list(range(number + 1)), f"mark {number}, seed {SEED}"
        other.stop()


def test_a_moment_holds_exactly_what_was_done_by_then(archiving: House, place: Path) -> None:
    restores_to_marks(archiving, place, marks=50, tries=1)


@pytest.mark.soak
def test_five_random_moments_of_fifty(archiving: House, place: Path) -> None:
    restores_to_marks(archiving, place, marks=50, tries=5)


def test_the_latest_is_the_last_that_was_shipped(archiving: House, place: Path) -> None:
    archiving.load(10)
    archiving.back_up()
    late = archiving.add_file(b"came after the backup")
    mark(archiving, 9)
    close_log(archiving)
    shipper = Shipper(here=archiving.here)
    shipper.visit()
    other = archiving.elsewhere(place / "other")
    restoring.restore(other.store, here=other.here, until=Until(is_latest=True))
    other.start()
    assert other.marks() == list(range(9))
    # A sequence that was in use comes back up to 32 numbers ahead, never behind: it is logged in steps.
    differing = content.differences(other.content(), archiving.content())
    assert [name for name in differing if not name.startswith("sequence ")] == []
    assert other.files()[str(late.relative_to(archiving.here.data / "files"))] == b"came after the backup"
    other.stop()


@pytest.mark.soak
def test_a_moment_after_the_end_of_the_log_is_refused(archiving: House) -> None:
    archiving.back_up()
    mark(archiving, 3)
    close_log(archiving)
    archiving.ship()
    archiving.stop()
    with pytest.raises(Damaged, match="recovery ended before configured recovery target was reached"):
        restoring.restore(
            archiving.store, here=archiving.here, until=Until(at=datetime.now(UTC) + timedelta(hours=1)), is_check=True
        )


def test_a_moment_before_every_set_is_refused(archiving: House) -> None:
    made = archiving.back_up()
    early = Until(at=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(Failed, match="no set from before that moment"):
        restoring.restore(archiving.store, here=archiving.here, until=early, is_check=True)
    with pytest.raises(Failed, match="Choose an earlier set"):
        restoring.restore(archiving.store, made.id, here=archiving.here, until=early, is_check=True)


def test_a_dump_knows_one_moment_only(house: House) -> None:
    made = house.back_up(Kind.FULL, method=Method.LOGICAL)
    with pytest.raises(Failed, match="to no other moment"):
        restoring.restore(house.store, made.id, here=house.here, until=Until(is_latest=True), is_check=True)


@pytest.mark.soak
def test_a_second_life_never_takes_the_number_of_the_first(archiving: House, place: Path) -> None:
    """Two restores of one set branch off twice; the log of the one must not pass for that of the other."""
    made = archiving.back_up()
    mark(archiving, 3)
    close_log(archiving)
    archiving.ship()
    lines = []
    for name in ("one", "two"):
        other = House(archiving.elsewhere(place / name).here)
        shutil.rmtree(other.backups)
        other.backups.symlink_to(archiving.backups)
        restoring.restore(archiving.store, made.id, here=other.here)
        other.start()
        with other.server.connect() as connection:
            row = connection.execute("SELECT timeline_id FROM pg_control_checkpoint()").fetchone()
        assert row is not None
        lines.append(row[0])
        other.stop()
    assert len({1, *lines}) == 3


# --- the database goes on, whatever becomes of the log ---


def test_without_a_spool_nothing_piles_up(archiving: House) -> None:
    wal.drop_spool(archiving.server)
    for _ in range(3):
        archiving.execute("INSERT INTO customer (name) VALUES ('x');\nSELECT pg_switch_wal()")
    until(lambda: not list((archiving.server.data / "pg_wal/archive_status").glob("*.ready")))
    assert not postgres.spool_of(archiving.server.data).exists()


def test_a_full_spool_leaves_a_gap_and_the_database_goes_on(
    archiving: House, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    archiving.stop()
    monkeypatch.setattr(postgres, "SPOOL_KILOBYTES", 1)
    archiving.start()
    archiving.back_up()
    for _ in range(3):
        archiving.execute("INSERT INTO customer (name) VALUES ('x');\nSELECT pg_switch_wal()")
    spool = postgres.spool_of(archiving.server.data)
    until(lambda: (spool / "gap").exists())
    until(lambda: not list((archiving.server.data / "pg_wal/archive_status").glob("*.ready")))
    assert archiving.ship().gap
    archiving.back_up(Kind.INCREMENTAL)
    assert not (spool / "gap").exists()


def test_a_store_that_is_away_is_waited_for(archiving: House) -> None:
    archiving.back_up()
    archiving.execute("INSERT INTO customer (name) VALUES ('x');\nSELECT pg_switch_wal()")
    spool = postgres.spool_of(archiving.server.data)
    until(lambda: list(spool.glob("*.gz")))
    shipper, away = Shipper(here=archiving.here), archiving.backups.with_name("away")
    archiving.backups.rename(away)
    archiving.backups.write_text("not a folder")
    assert shipper.visit() is None
    assert list(spool.glob("*.gz"))
    archiving.backups.unlink()
    away.rename(archiving.backups)
    done = shipper.visit()
    assert done is not None
    assert done.count > 0
    assert not list(spool.glob("*.gz"))


def test_the_log_is_closed_and_shipped_within_five_minutes() -> None:
    """What a lost machine takes along at most: an open segment, and the time until the shipper's next visit."""
    from guanxi.edge.ops.backups import shipping

    assert postgres.ARCHIVE_SECONDS + shipping.EVERY_SECONDS + 60 <= 300
    assert shipping.FILES_EVERY * shipping.EVERY_SECONDS + 60 <= 300
