"""Killed at any point: no half set is ever listed, no database is lost, and the next attempt succeeds (F-53)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from guanxi.edge.ops.backups import chains, making, restoring, staging
from guanxi.edge.ops.backups.alone import Busy, alone
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.backups.sets import Kind
from tests.backup.conftest import House
from tests.installation import ROOT, until

pytestmark = pytest.mark.req("OPS-11", "OPS-13", "OPS-14")

BACK_UP = "making.make_backup(Kind.FULL, store, here=here)"
RESTORE = "restoring.restore(store, here=here)"
PROGRAM = """
import sys
from pathlib import Path
from guanxi.edge.ops.backups import making, restoring
from guanxi.edge.ops.backups.sets import Kind
from guanxi.edge.ops.backups.store import Place, open_store
from guanxi.edge.ops.installation import Installation
here = Installation(Path(sys.argv[1]), 0, "", False)
store = open_store(Place(here.data))
"""


def killed(house: House, work: str, *, when: Callable[[], object]) -> None:
    """Ends it with SIGKILL as soon as that can be seen; it must not have been through by then."""
    command = [sys.executable, "-c", PROGRAM + work, str(house.here.data)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    try:
        until(lambda: when() or process.poll() is not None, pause=0.002)
        assert process.poll() is None, f"it was through before it could be killed: {process.communicate()}"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def survives_kills(house: House, *, points: list[int]) -> None:
    """At each of these: nothing written yet, in the midst of the database, and before the manifest."""
    house.load(20_000)
    good = house.back_up()
    house.load(10)
    incoming = house.backups / ".incoming"
    kills = [
        lambda: any(incoming.glob("*")),
        lambda: any(path.stat().st_size > 2_000_000 for path in incoming.glob("*") if path.exists()),
        lambda: len(list((house.backups / "sets").glob("*/database.tar.gz"))) > 1,
    ]
    for when in (kills[point] for point in points):
        killed(house, BACK_UP, when=when)
        assert chains.ids(house.store) == [good.id]
        for left in incoming.glob("*"):
            left.unlink()
    made = house.back_up(Kind.INCREMENTAL)
    assert made.parent == good.id
    assert {name.split("/")[1] for name in house.store.names("sets/")} == {good.id, made.id}, "what was left is cleared"


def test_a_backup_that_is_killed_is_no_backup(house: House) -> None:
    survives_kills(house, points=[1])


@pytest.mark.soak
def test_a_backup_that_is_killed_anywhere_is_no_backup(house: House) -> None:
    survives_kills(house, points=[0, 1, 2])


def test_a_restore_that_is_killed_leaves_the_database_and_can_be_started_again(house: House) -> None:
    house.load(2_000)
    made, content = house.back_up(), house.content()
    house.load(10)
    later = house.content()
    house.stop()
    stage = house.here.data / restoring.STAGE
    for when in (stage.exists, lambda: (stage / "postgres.log").exists(), lambda: any(stage.glob("pg/PG_VERSION"))):
        killed(house, RESTORE, when=when)
        assert not (stage / restoring.NOTE).exists()
        house.start()
        assert house.content() == later
        house.stop()
    restoring.restore(house.store, made.id, here=house.here)
    assert not stage.exists()
    house.start()
    assert house.content() == content


def test_an_exchange_that_was_cut_off_is_finished_by_the_next_start(house: House) -> None:
    house.load(50)
    made, content = house.back_up(), house.content()
    house.load(10)
    house.stop()
    restoring.restore(house.store, made.id, here=house.here)
    home, stage = house.here.data / "postgres", house.here.data / restoring.STAGE
    home.rename(stage)  # as between the two renamings
    restoring.finish(house.here)
    assert home.exists()
    assert not stage.exists()
    house.start()
    assert house.content() == content


def test_a_staged_database_without_its_note_is_never_put_in_place(house: House) -> None:
    house.stop()
    (house.here.data / "postgres").rename(house.here.data / restoring.STAGE)
    restoring.finish(house.here)
    assert not (house.here.data / "postgres").exists()


def test_a_running_installation_is_not_restored_over(house: House) -> None:
    house.back_up()
    with pytest.raises(Failed, match="PostgreSQL still runs"):
        restoring.restore(house.store, here=house.here)
    house.stop()
    with house.here.lock(), pytest.raises(Failed, match="Stop it first"):
        restoring.restore(house.store, here=house.here)


def test_an_installation_with_a_server_of_its_own_is_not_restored_over(house: House) -> None:
    """The set would lie in a database that nobody uses, and what follows a restore be done to the one in use."""
    made = house.back_up()
    own = replace(house.here, database_url="postgresql://crm@db.example/crm")
    house.stop()
    before = sorted(path.name for path in house.here.data.iterdir())
    with pytest.raises(Failed, match="PostgreSQL of its own"):
        restoring.restore(house.store, made.id, here=own)
    assert sorted(path.name for path in house.here.data.iterdir()) == before
    assert restoring.restore(house.store, made.id, here=own, is_check=True).set == made.id


def test_one_at_a_time(house: House) -> None:
    with alone(house.here.data, doing="A restore"), pytest.raises(Busy, match="A restore is running already"):
        house.back_up()
    house.back_up()


def test_a_place_that_is_too_small_is_refused_before_anything_is_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = house.back_up()
    monkeypatch.setattr(staging, "ELBOW_ROOM", 10**18)
    with pytest.raises(Failed, match="too little room"):
        restoring.restore(house.store, made.id, here=house.here, is_check=True)


def test_the_former_database_stays_beside(house: House) -> None:
    house.load(20)
    house.back_up()
    house.load(5)
    later = house.content()
    house.stop()
    report = restoring.restore(house.store, here=house.here)
    home = house.here.data / "postgres"
    home.rename(home.with_name("restored"))
    (house.here.data / report.former).rename(home)
    house.start()
    assert house.content() == later


def test_leftovers_are_told_from_sets(house: House) -> None:
    """The planted hole: parts of a set without its manifest."""
    made = house.back_up()
    house.store.delete(chains.place(made.id, chains.MANIFEST))
    assert chains.ids(house.store) == []
    assert len(making.clear_leftovers(house.store)) >= 3
    assert house.store.names("sets/") == []


def test_programs_that_fail_are_told_from_those_that_end(place: Path) -> None:
    from guanxi.edge.ops.backups.servers import reading

    with pytest.raises(Failed, match="cat failed"), reading(["/bin/cat", str(place / "none")], of="cat") as output:
        list(output)
