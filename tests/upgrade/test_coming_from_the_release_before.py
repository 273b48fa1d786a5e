"""The data of the release before comes up; what was is kept first, and what fails is undone (OPS-14, F-61)."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from guanxi.edge.ops import dumps, upgrading

from .conftest import Base, House

pytestmark = [pytest.mark.req("OPS-14"), pytest.mark.slow]
PLANTED = {"DJANGO_SETTINGS_MODULE": "tests.upgrade.planted.settings"}
FAILS = PLANTED | {"PLANTED_FAILS": "1"}


def dumps_of(base: Base) -> list[Path]:
    return sorted((base.data / "before-upgrade").glob("*"))


def test_it_comes_up_with_everything_that_was_there_and_keeps_what_was(house: House, before: Base) -> None:
    was = before.content()
    code, said = before.migrated()
    assert code == 0, said
    assert "Keeping the database as it is" in said
    # Rows a step writes by itself (kinds of rights) may be more, never fewer.
    counts = {name: int(value.partition(":")[0]) for name, value in was.items() if not name.startswith("sequence ")}
    now = before.content()
    fewer = [name for name, count in counts.items() if int(now[name].partition(":")[0]) < count]
    assert (fewer, len(counts) > 80) == ([], True)
    (kept,) = dumps_of(before)
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    again = empty(house)
    dumps.load(kept, again.url, programs=house.server.programs, version=180000)
    assert again.content() == was


def empty(house: House) -> Base:
    return house.copy_of("template0")


def test_without_a_step_to_take_nothing_is_kept_and_of_many_the_newest_two_are(now: Base) -> None:
    assert now.migrated() == (0, "")
    assert dumps_of(now) == []
    folder = now.data / "before-upgrade"
    folder.mkdir()
    for day in ("20260101", "20260102", "20260103"):
        (folder / f"{day}-000000.dump").touch()
    assert now.migrated(**PLANTED)[0] == 0
    names = [path.name for path in dumps_of(now)]
    assert len(names) == upgrading.KEPT_DUMPS
    assert names[0] == "20260103-000000.dump"


def test_what_fails_is_undone_steps_that_were_done_included(now: Base) -> None:
    was = now.content()
    code, said = now.migrated(**FAILS)
    assert code == 1
    assert "planted.0002_a_mistake" in said
    assert "the database is what it was" in said
    assert now.content() == was
    assert now.migrated() == (0, "")


def test_while_others_work_their_rows_are_worth_more_than_a_tidy_schema(now: Base) -> None:
    with now.connect() as somebody:
        somebody.execute("SELECT 1")
        code, said = now.migrated(**FAILS)
    assert (code, "the release before runs on it" in said.replace("\n", " ")) == (1, True)
    assert now.value("SELECT to_regclass('planted_thing')") == "planted_thing"
    # The mistake mended, the rest follows.
    assert now.migrated(**PLANTED)[0] == 0


def test_when_it_cannot_be_kept_nothing_is_changed_unless_the_operator_says_so(now: Base) -> None:
    (now.data / "before-upgrade").write_text("a file where the folder should be")
    code, said = now.migrated(**PLANTED)
    assert (code, "nothing was changed" in said) == (1, True)
    assert now.value("SELECT to_regclass('planted_thing')") is None
    assert now.migrated(**PLANTED, UPGRADE_WITHOUT_BACKUP="1")[0] == 0


def test_a_table_in_use_makes_nobody_wait_longer_than_a_moment(now: Base) -> None:
    """Whoever reads it in a long transaction holds the step up; whoever comes after waits behind the step."""
    waits: list[float] = []
    done = threading.Event()

    def visits() -> None:
        with now.connect() as visitor:
            while not done.is_set():
                began = time.monotonic()
                visitor.execute("SELECT 1 FROM org_account LIMIT 1")
                waits.append(time.monotonic() - began)
                done.wait(0.01)

    thread = threading.Thread(target=visits)
    with now.connect() as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM org_account")
        thread.start()
        process = now.migrate(**PLANTED)
        assert process.stdout
        assert any("trying again" in line for line in process.stdout)
        done.wait(3)  # it tries, lets go, and tries again
        reader.execute("COMMIT")
        process.communicate(timeout=60)
    done.set()
    thread.join()
    assert process.returncode == 0
    # Without anybody held up the test would prove nothing.
    assert 0.1 < max(waits) < 2
