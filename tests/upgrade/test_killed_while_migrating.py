"""kill -9 while the steps are taken, at each of their moments; the next start brings it up whole (F-62)."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.installation import until

from .conftest import Base, House
from .planted.gate import GATE

pytestmark = [pytest.mark.req("OPS-14"), pytest.mark.slow]
SLOW = {"DJANGO_SETTINGS_MODULE": "tests.upgrade.planted.slow"}
STEPS = (1, 2, 3)
DONE = "SELECT count(*) FROM django_migrations WHERE app = 'planted'"
COLUMNS = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'planted_thing'"
CUSTOMERS = "SELECT count(*) FROM customers_customer"


@pytest.fixture
def seen(house: House, now: Base) -> Callable[[str], bool]:
    """Is there a connection to it that ...? Asked from another database, for whoever is connected here counts."""
    name = now.url.rpartition("/")[2].partition("?")[0]

    def look(what: str) -> bool:
        with house.server.connect() as connection:
            found = connection.execute(
                f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = %s AND {what})",
                [name],
            ).fetchone()
        return bool(found and found[0])

    return look


def kill(process: subprocess.Popen[str], *, when: Callable[[], bool]) -> None:
    until(lambda: when() or process.poll() is not None, seconds=120, pause=0.01)
    assert process.poll() is None, process.communicate()[0]
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


def comes_up_whole(base: Base) -> None:
    """All columns, and what the steps write is written once."""
    code, said = base.migrated(**SLOW)
    assert code == 0, said
    assert (base.value(DONE), base.value(COLUMNS)) == (len(STEPS), len(STEPS))
    assert base.value("SELECT ARRAY[sum(a), sum(b), sum(c)] FROM planted_thing") == [3000, 2000, 3000]


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.soak), 2, pytest.param(3, marks=pytest.mark.soak)])
def test_killed_within_a_step(now: Base, seen: Callable[[str], bool], step: int, **more: str) -> None:
    """The step would stand still for an hour; the server notices that nobody waits for it any more."""
    was = now.value(CUSTOMERS)
    with now.connect() as somebody:
        somebody.execute("SELECT pg_advisory_lock(%s)", [GATE + step])
        process = now.migrate(**SLOW, **more)
        kill(process, when=lambda: seen("wait_event = 'PgSleep'"))
        until(lambda: not seen("wait_event = 'PgSleep'"), seconds=20)
    until(lambda: not seen("backend_type = 'client backend'"), seconds=20)
    left = (now.value(DONE), now.value(COLUMNS))
    assert left == (step - 1, step - 1), "each step is done whole or not at all"
    comes_up_whole(now)
    assert now.value(CUSTOMERS) == was


def test_a_step_that_is_not_whole_is_found(now: Base, seen: Callable[[str], bool]) -> None:
    """The planted hole."""
    with pytest.raises(AssertionError, match="whole or not at all"):
        test_killed_within_a_step(now, seen, 2, PLANTED_LOOSE="1")


def test_killed_while_it_waits_for_a_table(now: Base) -> None:
    with now.connect() as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM org_account")
        process = now.migrate(**SLOW)
        assert process.stdout
        assert any("trying again" in line for line in process.stdout)
        kill(process, when=lambda: True)
        reader.execute("COMMIT")
    assert now.value(DONE) == 0
    comes_up_whole(now)


def test_killed_while_the_database_is_kept(now: Base, seen: Callable[[str], bool]) -> None:
    """Half a dump is none: it has no name that counts, and the next start makes a whole one."""
    with now.connect() as somebody:
        somebody.execute("BEGIN")
        somebody.execute("LOCK TABLE customers_customer IN ACCESS EXCLUSIVE MODE")
        process = now.migrate(**SLOW)
        kill(process, when=lambda: seen("application_name = 'pg_dump' AND wait_event_type = 'Lock'"))
        somebody.execute("COMMIT")
    assert [path.suffix for path in (now.data / "before-upgrade").iterdir()] == [".part"]
    comes_up_whole(now)
    (dump,) = (now.data / "before-upgrade").iterdir()
    assert dump.stat().st_size > 100_000


def test_killed_while_it_is_brought_back(now: Base, seen: Callable[[str], bool]) -> None:
    """A mistake in the last step, and the kill while the database of before is read in: that is one transaction."""
    was = now.value(CUSTOMERS)
    process = now.migrate(**SLOW, PLANTED_FAILS="1")
    kill(process, when=lambda: seen("application_name = 'psql' AND xact_start < now() - interval '0.1 s'"))
    until(lambda: not seen("backend_type = 'client backend'"), seconds=30)
    assert now.value(DONE) == len(STEPS) - 1, "the kill came before it was brought back"
    assert now.value(CUSTOMERS) == was
    comes_up_whole(now)
    assert now.value(CUSTOMERS) == was
