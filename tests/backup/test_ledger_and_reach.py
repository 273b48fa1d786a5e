"""The ledger of erased persons outlives the machine, and people are told how far the log reaches."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guanxi.core.privacy.ledger_keys import check_of, keys_from
from guanxi.edge.ops.backups import erased, examining, reach, restoring
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.backups.store import Entry
from tests.backup.conftest import House

pytestmark = pytest.mark.req("OPS-11", "OPS-13", "SEC-10")
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
SECRET = "kept apart"


def note(house: House, digest: str, *, secret: str = SECRET) -> None:
    line = {"digest": digest, "at": NOON.isoformat(), "key": check_of(keys_from([secret])[0])}
    erased.path(house.here).parent.mkdir(exist_ok=True)
    with erased.path(house.here).open("a") as file:
        file.write(json.dumps(line) + "\n")


def test_the_ledger_comes_back_from_the_set_and_from_what_was_shipped(
    house: House, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    note(house, "before")
    made = house.back_up()
    note(house, "after")
    known: set[str] = set()
    assert erased.ship_new(house.store, house.here, known=known) == 2
    assert erased.ship_new(house.store, house.here, known=known) == 0
    assert set(erased.of_set(house.store, made)) == {"before"}
    other = house.elsewhere(place / "other")
    (other.here.data / "secret_key").write_text("of the new machine")
    with pytest.raises(Failed, match="2 persons were erased after that moment"):
        restoring.restore(other.store, made.id, here=other.here)
    assert erased.here_are(other.here) == {}
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", SECRET)
    note(other, "here")
    restoring.restore(other.store, made.id, here=other.here)
    assert set(erased.here_are(other.here)) == {"before", "after", "here"}


@pytest.mark.soak
def test_a_lost_key_is_said_and_decided_by_a_person(house: House, place: Path) -> None:
    note(house, "somebody", secret="lost for good")
    made = house.back_up()
    other = house.elsewhere(place / "other")
    with pytest.raises(Failed, match="--without-ledger"):
        restoring.restore(other.store, made.id, here=other.here, is_check=True)
    restoring.restore(other.store, made.id, here=other.here, without_ledger=True, is_check=True)


def test_a_line_that_was_cut_short_swallows_no_other(house: House) -> None:
    note(house, "whole")
    with erased.path(house.here).open("a") as file:
        file.write('{"digest": "cut')
    assert erased.merge({"new": '{"digest": "new"}'}, house.here) == 1
    assert set(erased.here_are(house.here)) == {"whole", "new"}


def segment(number: int, *, line: int = 1) -> Entry:
    return Entry(f"wal/77/{line:08X}{0:08X}{number:08X}.gz", 1, NOON + timedelta(minutes=3 * number))


def test_holes_in_the_log_are_told_by_their_times() -> None:
    whole = [segment(1), segment(2), Entry("wal/77/files/20261116T120000000000Z.json.gz", 1, NOON)]
    assert reach.reach_of(whole) == reach.Reach((NOON + timedelta(minutes=6)).isoformat(), [])
    assert reach.reach_of([*whole, segment(5, line=2)]).holes == [], "another timeline begins where it begins"
    holed = reach.reach_of([*whole, segment(4)])
    assert holed.holes == [[(NOON + timedelta(minutes=6)).isoformat(), (NOON + timedelta(minutes=12)).isoformat()]]
    assert reach.reach_of([]) == reach.Reach()


def shipping(*, newest: int, gap: str = "") -> reach.Shipping:
    return reach.Shipping(NOON.isoformat(), "", reach.Reach((NOON + timedelta(minutes=newest)).isoformat()), gap)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (shipping(newest=55), ""),
        (shipping(newest=40), "the log does not arrive"),
        (shipping(newest=55, gap=NOON.isoformat()), "no moment from 2026-11-16T12:00:00"),
    ],
)
def test_doctor_tells_whether_the_log_arrives(told: reach.Shipping, words: str, tmp_path: Path) -> None:
    reach.write(told, data=tmp_path)
    found = reach.read(tmp_path)
    assert found == told
    said = examining.told_of_log(told, NOON + timedelta(hours=1))
    assert said.startswith(words) if words else said == ""
