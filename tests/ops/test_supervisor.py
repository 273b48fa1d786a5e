from __future__ import annotations

import signal
from pathlib import Path

import psycopg
import pytest

from guanxi.edge.ops import processes
from guanxi.edge.ops.installation import Installation
from tests.ops.conftest import Running, free_port, guanxi, until

DEFER = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    VALUES ('default', 'traps:wait', jsonb_build_object('path', %s::text)) RETURNING id
"""


@pytest.fixture
def database(running: Running) -> psycopg.Connection:
    return psycopg.connect(Installation(running.data, running.port, "", False).url, autocommit=True)


def kill(pids: list[int]) -> None:
    assert pids
    processes.send(pids, signal.SIGKILL)


@pytest.mark.req("INS-04")
def test_a_second_one_on_the_same_data_is_refused_and_does_no_harm(running: Running) -> None:
    second = guanxi("up", data=running.data, port=free_port())
    said = second.communicate(timeout=30)[1]
    assert second.returncode == 1
    assert "already runs" in said
    assert str(running.process.pid) in said
    assert running.ready()


def test_one_on_a_port_in_use_is_refused(running: Running, place: Path) -> None:
    second = guanxi("up", data=place / "data", port=running.port)
    said = second.communicate(timeout=30)[1]
    assert second.returncode == 1
    assert f"Port {running.port} is in use" in said


def test_the_web_comes_back_after_kill_9(running: Running) -> None:
    before = running.members("granian")
    assert len(before) == 3
    kill(before[:1])
    until(lambda: running.ready() and not set(before) & set(running.members("granian")))


def test_a_job_cut_off_by_the_death_of_its_worker_runs_again(
    running: Running, database: psycopg.Connection, tmp_path: Path
) -> None:
    mark = tmp_path / "job"
    row = database.execute(DEFER.encode(), [str(mark)]).fetchone()
    until(mark.exists)
    kill(running.members("guanxi.edge.ops.worker"))
    until(lambda: mark.read_text().count("began") == 2, seconds=30)
    Path(f"{mark}.go").touch()
    state = b"SELECT status::text FROM procrastinate_jobs WHERE id = %s"
    until(lambda: database.execute(state, row).fetchone() == ("succeeded",))


def test_postgresql_comes_back_after_kill_9_with_what_was_committed(
    running: Running, database: psycopg.Connection
) -> None:
    database.execute(b"CREATE TABLE kept AS SELECT 7 AS value")
    kill(running.members("postgres")[:1])
    until(running.ready)
    with psycopg.connect(Installation(running.data, running.port, "", False).url) as again:
        assert again.execute(b"SELECT value FROM kept").fetchone() == (7,)


def test_nothing_outlives_a_killed_supervisor_and_the_next_one_stops_cleanly(running: Running) -> None:
    running.process.kill()
    running.process.wait()
    until(lambda: running.members() == [])
    running.process = guanxi("up", data=running.data, port=running.port)
    until(running.ready, seconds=40)
    assert running.end() == 0
    assert running.members() == []


def test_secrets_are_readable_by_the_owner_alone(running: Running) -> None:
    for name in ("secret_key", "setup_code", "welcome", "postgres/pg.password"):
        assert (running.data / name).stat().st_mode & 0o077 == 0, name
