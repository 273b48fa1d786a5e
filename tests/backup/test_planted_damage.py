"""Damage is planted, one at a time, on copies of a store that restores; each must be refused in words that name the
object (F-52). The last tests count them, and see that the undamaged store does come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from guanxi.edge.ops import postgres
from guanxi.edge.ops.backups import restoring, wal
from guanxi.edge.ops.backups.servers import Failed, source_of
from guanxi.edge.ops.backups.sets import BackupSet, Damaged, Kind, Method
from tests.backup import damage_in_the_log, damage_on_the_store, damage_with_the_key  # noqa: F401  (fill PLANTED)
from tests.backup.conftest import a_house
from tests.backup.damage import LATEST, PLANTED, Kept, Planted
from tests.backup.forging import Forger
from tests.installation import until

pytestmark = pytest.mark.req("OPS-11", "OPS-13")


@pytest.fixture(scope="module")
def kept(first: Path) -> Iterator[Kept]:
    with a_house(first, archives=True) as house:
        sets = []
        for kind in (Kind.FULL, Kind.INCREMENTAL, Kind.INCREMENTAL, Kind.DIFFERENTIAL):
            house.load(100)
            sets.append(house.back_up(kind))
        dump = house.back_up(method=Method.LOGICAL)
        other = house.back_up()
        for number in range(4):
            house.execute(f"INSERT INTO mark VALUES ({number});\nSELECT pg_switch_wal()")
        spool = postgres.spool_of(house.server.data)
        until(lambda: len(_after(other, spool.glob("*.gz"))) >= 5)
        house.ship()
        names = [Path(name) for name in house.store.names(wal.PREFIX)]
        identifier = source_of(house.here).identity()[0]
        house.stop()
        yield Kept(house, *sets, other, dump, identifier, _after(other, names))


def _after(made: BackupSet, paths: object) -> list[str]:
    first = wal.segment_of(made.timeline, made.stop_lsn)
    assert hasattr(paths, "__iter__")
    return sorted(path.stem for path in paths if wal.SEGMENT.fullmatch(path.stem) and path.stem >= first)


SHORT = [damage for damage in PLANTED if not damage.is_long]
CASES = [pytest.param(one, id=one.what, marks=[pytest.mark.soak] if one.is_long else []) for one in PLANTED]


@pytest.mark.parametrize("damage", CASES)
def test_planted_damage_is_refused_by_name(kept: Kept, place: Path, damage: Planted) -> None:
    house = kept.house.elsewhere(place / "other")
    set_id = damage.spoil(kept, Forger(house.backups, house.store))
    with pytest.raises((Damaged, Failed), match=damage.told):
        restoring.restore(damage.store(house.store), set_id, here=house.here, until=damage.until, is_check=True)
    assert not (house.here.data / "postgres/pg.password").exists()
    assert not (house.here.data / restoring.CHECK).exists(), "what was begun is cleared away"


@pytest.mark.parametrize(
    "which",
    [pytest.param("second", marks=pytest.mark.soak), pytest.param("differential", marks=pytest.mark.soak), "dump"],
)
def test_the_undamaged_store_comes_back(kept: Kept, place: Path, which: str) -> None:
    house, made = kept.house.elsewhere(place / "other"), getattr(kept, which)
    report = restoring.restore(house.store, made.id, here=house.here, is_check=True)
    assert report.rows > 100
    assert report.files >= 2


def test_the_undamaged_log_comes_back(kept: Kept, place: Path) -> None:
    house = kept.house.elsewhere(place / "other")
    report = restoring.restore(house.store, kept.other.id, here=house.here, until=LATEST, is_check=True)
    assert report.rows > 100


def test_there_are_enough_of_them() -> None:
    assert len(SHORT) >= 30
    assert len(PLANTED) >= 45
    assert len({damage.what for damage in PLANTED}) == len(PLANTED)
    assert replace(PLANTED[0], told="") != PLANTED[0]
