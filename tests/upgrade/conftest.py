"""A server with the release before in it; tests begin with a copy, made in a moment."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from guanxi.edge.ops import postgres
from guanxi.edge.ops.backups import content

from . import previous

MIGRATE = """
import os, sys, django
django.setup()
from guanxi.edge.ops import upgrading
from guanxi.edge.ops.installation import Installation
upgrading.migrate(Installation.from_environment())
"""


@dataclass
class House:
    folder: Path
    server: postgres.Server
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def copy_of(self, template: str) -> Base:
        name = f"copy{next(self.numbers)}"
        with self.server.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER guanxi")
        data = self.folder / name
        data.mkdir(mode=0o700)
        return Base(self.server.url(database=name), data)


@dataclass
class Base:
    """One database and the folder of its installation."""

    url: str
    data: Path

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def value(self, sql: str) -> Any:
        with self.connect() as connection:
            row = connection.execute(sql).fetchone()
        assert row
        return row[0]

    def content(self) -> dict[str, str]:
        with self.connect() as connection:
            return content.digests(connection)

    def migrate(self, **more: str) -> subprocess.Popen[str]:
        """As `guanxi up` does it, without what is not the database's."""
        settings = {"DJANGO_SETTINGS_MODULE": "config.settings"} | more
        return subprocess.Popen(
            [sys.executable, "-c", MIGRATE],
            env=previous.environment(self.data, self.url, **settings),
            cwd=previous.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def migrated(self, **more: str) -> tuple[int, str]:
        process = self.migrate(**more)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder).resolve()
        path.chmod(0o711)
        server = postgres.Server(path / "pg")
        server.start()
        try:
            previous.load(server, "previous")
            yield House(path, server)
        finally:
            previous.drop(server)


@pytest.fixture
def before(house: House) -> Base:
    """The release before."""
    return house.copy_of("previous")


@pytest.fixture(scope="session")
def _upgraded(house: House) -> str:
    base = house.copy_of("previous")
    code, said = base.migrated()
    assert code == 0, said
    return base.url.rpartition("/")[2].partition("?")[0]


@pytest.fixture
def now(house: House, _upgraded: str) -> Base:
    """This release, come from the one before."""
    return house.copy_of(_upgraded)
