"""Release N-1 at work, migrated to N, its processes changed one by one, and back to N-1 on N's tables (F-60)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from guanxi.edge.ops.supervisor.main import GRANIAN
from tests.installation import free_port, until

from . import previous
from .conftest import Base, House
from .load import Door, Person, Waits

pytestmark = [pytest.mark.req("OPS-10", "OPS-14"), pytest.mark.soak]
COMMAND = "import sys; from guanxi.edge.ops.command import main; sys.exit(main())"
DOCTOR = "import sys; from guanxi.edge.ops.command import main; main(['doctor', '--json'])"
PEOPLE = 4
# So many requests on each side of each change.
AT_LEAST = int(os.environ.get("UPGRADE_REQUESTS", "60"))
LONGEST_LOCK_WAIT = 2.0
# No worker runs any more; the machine's disk is what it is; and jobs only the new release knows fail in the old one.
NOT_THE_UPGRADES = {"worker", "disk", "jobs", "backup", "backups"}


@dataclass
class Release:
    """Its processes, as the supervisor starts them."""

    code: Path
    base: Base

    def start(self, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        env = previous.environment(self.base.data, self.base.url, self.code, **variables)
        log = (self.base.data / "processes.log").open("ab")
        command = [sys.executable, *words]
        return subprocess.Popen(command, cwd=self.code, env=env, stdout=log, stderr=log, start_new_session=True)

    def run(self, *words: str) -> str:
        env = previous.environment(self.base.data, self.base.url, self.code)
        done = subprocess.run([sys.executable, *words], cwd=self.code, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def web(self) -> tuple[subprocess.Popen[bytes], int]:
        port = free_port()
        process = self.start("-m", "granian", *GRANIAN, f"--port={port}", "config.wsgi:application")
        return process, port

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("-m", "guanxi.edge.ops.worker")


def is_ready(port: int) -> bool:
    return answers(port, path="/readyz")


def answers(port: int, path: str = "/healthz") -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@pytest.mark.skipif(not previous.is_known(), reason="no history here; the data of the release before is tested beside")
def test_nobody_notices_an_upgrade_nor_the_way_back(
    house: House, before: Base, record_property: Callable[[str, object], None]
) -> None:
    old = Release(previous.check_out(previous.COMMIT, house.folder / "release"), before)
    new = Release(previous.ROOT, before)
    assert old.run("-c", "import guanxi; print(guanxi.__file__)").startswith(str(old.code))
    token = json.loads(old.run("-c", COMMAND, "user", "token", "qiuyuan", "--json"))["token"]
    door = Door()
    people = [Person(door, token, seed) for seed in range(1, PEOPLE + 1)]
    waits = Waits(before.url)
    with running(old) as stage, at_work(door, people, waits, first=stage.port) as go_home:
        stage.worker = old.worker()
        stage.enough(people)
        with running(new, until_migrated=lambda: new.run("-m", "guanxi.edge.ops.prepare")) as second:
            stage.hand_over_to(second, door, people)
            # Back: the old release prepares as `guanxi up` would, and finds tables it does not know.
            with running(old, until_migrated=lambda: old.run("-m", "guanxi.edge.ops.prepare")) as third:
                second.hand_over_to(third, door, people)
                go_home()
    assert [one for person in people for one in person.failed] == []
    record_property("requests", sum(sum(one.answered.values()) for one in people))
    record_property("longest request", round(max(one.longest for one in people), 2))
    record_property("longest lock wait", round(waits.longest, 2))
    assert waits.looks > 100
    assert waits.longest <= LONGEST_LOCK_WAIT
    made = {name: pk for person in people for name, pk in person.made.items()}
    assert len(made) >= AT_LEAST // 2
    assert lost_or_doubled(before, made) == []
    findings = json.loads(new.run("-c", DOCTOR))
    bad = [one for one in findings if not one["is_fine"] and one["key"] not in NOT_THE_UPGRADES]
    assert bad == []


@dataclass
class Stage:
    release: Release
    web: subprocess.Popen[bytes]
    port: int
    worker: subprocess.Popen[bytes] | None = None

    def enough(self, people: list[Person]) -> None:
        def answered() -> bool:
            assert [one for person in people for one in person.failed] == []
            return sum(one.answered[self.port] for one in people) >= AT_LEAST

        until(answered, seconds=120)

    def hand_over_to(self, other: Stage, door: Door, people: list[Person]) -> None:
        """One process after the other: the worker, whose jobs may wait, then the web, as a proxy in front does it."""
        end(self.worker)
        other.worker = other.release.worker()
        until(lambda: is_ready(other.port), seconds=90, pause=0.2)
        door.turn_to(other.port)
        until(lambda: door.under_way[self.port] == 0, seconds=60)
        end(self.web)
        other.enough(people)


def end(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None:
        process.terminate()
        process.wait(30)


@contextmanager
def running(release: Release, until_migrated: Callable[[], object] = lambda: None) -> Iterator[Stage]:
    """Its web answers; the worker comes with the handing over."""
    until_migrated()
    web, port = release.web()
    stage = Stage(release, web, port)
    try:
        until(lambda: answers(port), seconds=90, pause=0.2)
        yield stage
    finally:
        end(stage.web)
        end(stage.worker)


@contextmanager
def at_work(door: Door, people: list[Person], waits: Waits, *, first: int) -> Iterator[Callable[[], None]]:
    door.turn_to(first)
    threads = [threading.Thread(target=one.run) for one in (*people, waits)]
    for thread in threads:
        thread.start()

    def go_home() -> None:
        for one in (*people, waits):
            one.stopping.set()
        for thread in threads:
            thread.join(60)

    try:
        yield go_home
    finally:
        go_home()


def lost_or_doubled(base: Base, made: dict[str, int]) -> list[str]:
    """Each acknowledged customer is there once, with one entry in the trail."""
    asked = """
      SELECT n.name FROM unnest(%s::text[], %s::bigint[]) n(name, id) WHERE
        (SELECT count(*) FROM customers_customer c WHERE c.name = n.name) <> 1
        OR NOT EXISTS (SELECT FROM customers_customer c WHERE c.id = n.id AND c.name = n.name)
        OR (SELECT count(*) FROM audit_entry e WHERE e.kind = 'customer' AND e.subject_id = n.id
            AND e.name = 'customers:customer:created') <> 1"""
    with base.connect() as connection:
        return [name for (name,) in connection.execute(asked, [list(made), list(made.values())]).fetchall()]


def test_what_is_lost_or_doubled_is_found(before: Base) -> None:
    with before.connect() as connection:
        row = connection.execute(
            "SELECT min(c.name), min(c.id) FROM customers_customer c JOIN audit_entry e ON e.kind = 'customer'"
            " AND e.subject_id = c.id AND e.name = 'customers:customer:created' GROUP BY c.name HAVING count(*) = 1"
        ).fetchone()
    assert row
    made = dict([row])
    assert lost_or_doubled(before, made) == []
    assert lost_or_doubled(before, {row[0]: 999_999_999, "nobody": 1}) == [row[0], "nobody"]
