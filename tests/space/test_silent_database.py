"""A network that swallows everything, no connection left, a statement or lock that takes too long, no database at all:
nobody hangs, everybody reads why, and it goes on without a restart (F-33)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

import psycopg
import pytest

from guanxi.base.kernel.database.base import Patient
from guanxi.edge.ops import postgres
from guanxi.edge.ops.supervisor.main import GRANIAN
from tests.crash.killing import slack
from tests.installation import free_port, until
from tests.upgrade import previous
from tests.upgrade.conftest import MIGRATE

from .proxy import Proxy, proxy

pytestmark = [pytest.mark.slow, pytest.mark.req("OPS-17")]
# Shorter than the product's 30 s, so that the test is: the client hangs up five seconds later.
STATEMENT = 4
HUNG = 30.0


@dataclass
class Web:
    port: int
    proxy: Proxy
    server: postgres.Server

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()

    def is_well(self) -> bool:
        try:
            return self.get("/api/v1/customers", Authorization="Bearer nobody")[0].status == 401
        except (OSError, HTTPException):
            return False


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with tempfile.TemporaryDirectory(prefix="gx-") as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        server = postgres.Server(folder / "pg", throwaway=True)
        server.start()
        (folder / "door").mkdir()
        (folder / "data").mkdir()
        migrated(server, folder / "data")
        with proxy(folder / "door", server.data / ".s.PGSQL.5432") as between:
            url = f"postgresql://guanxi@/guanxi?host={folder / 'door'}"
            env = previous.environment(folder / "data", url, STATEMENT_TIMEOUT=str(STATEMENT))
            port = free_port()
            command = [sys.executable, "-m", "granian", *GRANIAN, f"--port={port}", "config.wsgi:application"]
            process = subprocess.Popen(command, cwd=previous.ROOT, env=env, stderr=subprocess.DEVNULL)
            try:
                made = Web(port, between, server)
                until(made.is_well, seconds=170, pause=0.2)
                yield made
            finally:
                process.terminate()
                process.wait(20)
                previous.drop(server)


def migrated(server: postgres.Server, data: Path) -> None:
    env = previous.environment(data, server.url(), UPGRADE_WITHOUT_BACKUP="1", DJANGO_SETTINGS_MODULE="config.settings")
    subprocess.run([sys.executable, "-c", MIGRATE], env=env, cwd=previous.ROOT, check=True, stdout=subprocess.DEVNULL)


def test_a_network_that_swallows_everything_hangs_nobody(web: Web) -> None:
    web.proxy.flows.clear()
    answers: list[tuple[int, float, str]] = []

    def visit() -> None:
        began = time.monotonic()
        response, text = web.get("/api/v1/customers", Authorization="Bearer nobody")
        answers.append((response.status, time.monotonic() - began, text))

    # As many as there are threads: whoever comes later waits for them, too.
    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    web.proxy.flows.set()
    assert web.proxy.swallowed > 0
    assert [status for status, _, _ in answers] == [503] * 8
    assert max(seconds for _, seconds, _ in answers) < HUNG * slack()
    until(web.is_well, seconds=20)


def test_no_connection_left_is_said_with_a_time_to_try_again(web: Web) -> None:
    held: list[psycopg.Connection] = []
    try:
        take_all(web, held)
        response, text = web.get("/api/v1/customers", Authorization="Bearer nobody")
        assert (response.status, response.headers["Retry-After"]) == (503, "10")
        assert '"code": "too_busy"' in text
    finally:
        for one in held:
            one.close()
    until(web.is_well, seconds=20)


OTHERS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'guanxi' AND pid <> ALL(%s)"


def take_all(web: Web, held: list[psycopg.Connection]) -> None:
    """Those the web process kept, too."""

    def others(admin: psycopg.Connection) -> int:
        row = admin.execute(OTHERS, [[one.info.backend_pid for one in held]]).fetchone()
        assert row
        return int(row[0])

    with web.server.connect() as admin:
        until(lambda: others(admin) == 0)
    with suppress(psycopg.OperationalError):
        while True:
            held.append(web.server.connect(role="guanxi", database="guanxi"))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The service is resting for a moment"), ("zh-hans", "服务暂停片刻")]
)
def test_no_database_at_all_is_a_page_in_both_languages_and_comes_back_by_itself(
    web: Web, language: str, words: str
) -> None:
    cookie = f"guanxi_language={language}; guanxi_session={'x' * 32}"
    web.server.stop()
    response, text = web.get("/customers", Cookie=cookie)
    robot, told = web.get("/api/v1/customers", Authorization="Bearer nobody")
    web.server.start()
    assert (response.status, robot.status) == (503, 503)
    assert response.headers["Retry-After"]
    assert '"code": "resting"' in told
    assert words in text
    until(web.is_well, seconds=30)


def test_patience_is_what_ends_the_wait(web: Web) -> None:
    """The planted hole: without it the same statement waits as long as the network swallows."""
    for patience, ends in ((1.0, True), (None, False)):
        with Patient.connect(f"postgresql://guanxi@/guanxi?host={web.proxy.path.parent}") as connection:
            connection.patience = patience
            web.proxy.flows.clear()
            ended = threading.Event()

            def ask(connection: Patient = connection, ended: threading.Event = ended) -> None:
                try:
                    connection.execute("SELECT 1")
                except psycopg.OperationalError:
                    ended.set()

            thread = threading.Thread(target=ask)
            thread.start()
            assert ended.wait(3) is ends
            web.proxy.flows.set()
            thread.join(10)
    until(web.is_well, seconds=20)
