"""The server that is backed up, and scratch servers in which backups are opened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from guanxi.edge.ops import processes
from guanxi.edge.ops.dumps import password_of, without_password
from guanxi.edge.ops.installation import Installation
from guanxi.edge.ops.postgres import THROWAWAY, Server, Unavailable

from .sets import Damaged, Method

NATIVE_FROM = 17
ABOUT = """
SELECT current_setting('server_version_num')::int,
       (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)
"""
IDENTITY = "SELECT system_identifier::text, (SELECT timeline_id FROM pg_control_checkpoint()) FROM pg_control_system()"


class Failed(Exception):
    """A backup or restore could not be carried out; the text says why and what to do."""


@dataclass(frozen=True)
class Source:
    """The server of an installation, as backups see it."""

    url: str
    version: int
    may_replicate: bool
    is_embedded: bool
    programs: Path

    @property
    def major(self) -> int:
        return self.version // 10000

    @property
    def method(self) -> Method:
        """Only what the programs here can also open again is worth keeping as files."""
        native = self.may_replicate and self.major >= NATIVE_FROM and self.major == major_of(self.programs)
        return Method.PHYSICAL if native else Method.LOGICAL

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def identity(self) -> tuple[str, int]:
        """The system identifier and the timeline."""
        with self.connect() as connection:
            row = connection.execute(IDENTITY).fetchone()
        assert row is not None
        return str(row[0]), int(row[1])


def is_embedded(here: Installation) -> bool:
    """Also in its own processes, which are told its address."""
    if not here.database_url:
        return True
    return (here.data / "postgres/pg.password").exists() and here.database_url == here.server.url()


def source_of(here: Installation) -> Source:
    """Raises OperationalError when the server does not answer."""
    server = here.server
    embedded = is_embedded(here)
    url = server.url(role="postgres", database="guanxi") if embedded else here.database_url
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(ABOUT).fetchone()
    assert row is not None
    version, may_replicate = int(row[0]), bool(row[1])
    return Source(url, version, may_replicate, embedded, programs_for(server, version=version))


def programs_for(server: Server, *, version: int) -> Path:
    """Those that come along; where they are too old for the server, those of the machine."""
    try:
        if major_of(server.programs) >= version // 10000:
            return server.programs
    except Unavailable:
        pass
    found = shutil.which("pg_dump")
    if found and major_of(Path(found).parent) >= version // 10000:
        return Path(found).parent
    raise Failed(f"Backing up PostgreSQL {version // 10000} needs its pg_dump on this machine; none was found.")


def major_of(programs: Path) -> int:
    told = subprocess.run([programs / "pg_dump", "--version"], capture_output=True, text=True).stdout
    return int(told.split("(PostgreSQL)")[-1].split()[0].split(".")[0])


class Scratch(Server):
    """A cluster that was put together from a backup: recovers, answers on a socket of its own, and is never served.

    `until` are the recovery settings. It does not archive, for what it writes is nobody's history yet.
    """

    def __init__(self, home: Path, *, until: dict[str, str], throwaway: bool = False) -> None:
        super().__init__(home, throwaway=throwaway)
        self.until = until

    @cached_property
    def sockets(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="gx-"))
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        return folder

    @property
    def uses_socket(self) -> bool:
        return True

    def url(self, *, role: str = "postgres", database: str = "guanxi") -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}"

    def _options(self) -> list[str]:
        own = {
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "hot_standby": "off",  # it answers when it has come to its end, not before
            "archive_mode": "off",
            "archive_command": "",
            "summarize_wal": "off",
            "max_wal_size": "4GB",
            **(THROWAWAY if self.throwaway else {}),
            **self.until,
        }
        return [*super()._options(), *(word for name, value in own.items() for word in ("-c", f"{name}={value}"))]

    def recover(self, *, seconds: float = 3600) -> None:
        """Raises Damaged with the server's own words when it does not come to its end."""
        self._clear_remains()
        self.process = self._launch(tied=True)
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._answers_superuser():
                return
            time.sleep(0.05)
        self.stop()
        raise Damaged(f"The database did not come to the end of its recovery. {self.complaint()}")

    def complaint(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        bad = [line for line in lines if "FATAL" in line or "PANIC" in line or "ERROR" in line]
        return "\n".join(bad[-3:] or lines[-3:])

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.__dict__.pop("sockets", None)


@contextmanager
def running(scratch: Scratch) -> Iterator[Scratch]:
    try:
        scratch.recover()
        yield scratch
    finally:
        scratch.close()


def apart(command: list[str]) -> tuple[list[str], dict[str, str]]:
    """The command without passwords, which every list of processes would show, and the environment that has them."""
    addresses = [word for word in command if word.startswith(("postgresql://", "postgres://"))]
    password = next((found for word in addresses if (found := password_of(word))), "")
    shown = [without_password(word) if word in addresses else word for word in command]
    return shown, os.environ | ({"PGPASSWORD": password} if password else {})


@contextmanager
def reading(command: list[str], *, of: str) -> Iterator[Iterator[bytes]]:
    """What a program writes. It is ended when we stop reading, and its failure is ours."""
    command, environment = apart(command)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            preexec_fn=processes.ends_with_parent(signal.SIGTERM),
        )
        assert process.stdout is not None
        try:
            yield _until_its_end(process, errors, of=of)
        finally:
            process.stdout.close()
            processes.end([process.pid], seconds=5) if process.poll() is None else None
            process.wait()


def _until_its_end(process: subprocess.Popen[bytes], errors: Any, *, of: str) -> Iterator[bytes]:
    """The end of the output is good only when the program says so too."""
    assert process.stdout is not None
    while chunk := process.stdout.read(1024 * 1024):
        yield chunk
    if process.wait():
        errors.seek(0)
        raise Failed(f"{of} failed: {_last_words(errors.read())}")


def _last_words(told: bytes) -> str:
    lines = [line for line in told.decode(errors="replace").splitlines() if "WARNING" not in line]
    return "\n".join(lines[-3:])


def run(command: list[str], *, of: str, **extra: Any) -> str:
    command, environment = apart(command)
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, **{"env": environment, **extra})
    if done.returncode:
        raise Failed(f"{of} failed: {_last_words(done.stderr)}")
    return done.stdout.decode(errors="replace")
