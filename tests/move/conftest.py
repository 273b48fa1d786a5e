"""An embedded installation to move, and a second server that stands for one's own PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from guanxi.edge.ops import postgres
from tests.upgrade import previous

RUN = "import sys; from guanxi.edge.ops.command import main; sys.exit(main())"


@dataclass
class Own:
    """Somebody's PostgreSQL: reached over TCP with a password, as most are."""

    server: postgres.Server
    numbers: Iterator[int]

    def database(self, more: str = "") -> str:
        name = f"own{next(self.numbers)}"
        with self.server.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER guanxi TEMPLATE template0 {more}")
        return self.server.url(database=name)

    def copy_of(self, url: str) -> str:
        name = f"own{next(self.numbers)}"
        with self.server.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER guanxi TEMPLATE {url.rpartition('/')[2]}")
        return self.server.url(database=name)


@dataclass
class Answer:
    code: int
    told: dict[str, Any]
    text: str


@dataclass
class Moving:
    data: Path

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        unwanted = {"DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        kept = {key: value for key, value in os.environ.items() if key not in unwanted}
        own = {"DATA_DIR": str(self.data), "PYTHONPATH": str(previous.ROOT)} | variables
        command = [sys.executable, "-c", RUN, "move", *words, "--json"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen(command, env=kept | own, cwd=previous.ROOT, text=True, **pipes)  # type: ignore[call-overload, no-any-return]  # the streams are those of Popen

    def __call__(self, *words: str, **variables: str) -> Answer:
        process = self.start(*words, **variables)
        out, said = process.communicate(timeout=120)
        return Answer(process.returncode, json.loads(out) if out.strip() else {}, out + said)

    @property
    def address(self) -> Path:
        return self.data / "database_url"


@pytest.fixture(scope="session")
def own() -> Iterator[Own]:
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        Path(folder).chmod(0o711)
        # Too long a path for a socket, so it listens on loopback and wants the password.
        home = Path(folder).resolve() / ("a-path-too-long-for-a-socket-" * 4)
        home.mkdir()
        server = postgres.Server(home)
        server.start()
        try:
            yield Own(server, count(1))
        finally:
            previous.drop(server)


@pytest.fixture(scope="session")
def source(own: Own) -> str:
    """What would be moved, on the same server for haste."""
    previous.load(own.server, "source")
    return own.server.url(database="source")


@pytest.fixture(scope="session")
def _embedded() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder).resolve()
        path.chmod(0o711)
        server = postgres.Server(path / "postgres")
        server.start()
        with server.connect() as connection:
            connection.execute("DROP DATABASE guanxi")
        previous.load(server, "guanxi")
        server.stop()
        yield path


@pytest.fixture
def moving(_embedded: Path) -> Iterator[Moving]:
    """An installation with the demo company of the release before, at rest."""
    (_embedded / "database_url").unlink(missing_ok=True)
    yield Moving(_embedded)
    (_embedded / "database_url").unlink(missing_ok=True)


def connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, connect_timeout=5)
