"""A whole installation as people run it: `guanxi up` with its own data, web, worker and PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from guanxi.base.kernel import clock
from guanxi.edge.ops import postgres, processes

ROOT = Path(__file__).resolve().parents[1]
GUANXI = [str(Path(sys.executable).parent / "guanxi")]
DEMO_PASSWORD = "guanxi-demo-2026"
CHROMIUM = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), "chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# What settings_test chose for this process must not reach the installation.
OWN = ("DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "TEST_DB_SUFFIX", "DEBUG")


def until(holds: Callable[[], Any], *, seconds: float = 30, pause: float = 0.05) -> Any:
    """Waits until something holds, never for a fixed time."""
    deadline = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {holds}"
        time.sleep(pause)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    data: Path
    port: int
    days_on: float = 0
    process: subprocess.Popen[str] | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in OWN}
        shift = {"GUANXI_CLOCK_SHIFT": str(self.days_on * 86400)} if self.days_on else {}
        kept |= {"SPACE_LEAST_PERCENT": "0", "SPACE_LEAST_MB": "0"}  # of the disk the tests happen to run on
        return kept | {"DATA_DIR": str(self.data), "PORT": str(self.port)} | shift | self.extra

    def start(self) -> None:
        log = (self.data / "up.log").open("a")
        self.process = subprocess.Popen(
            [*GUANXI, "up"], cwd=ROOT, env=self.environment(), stdout=log, stderr=subprocess.STDOUT, text=True
        )
        until(lambda: self.is_ready() or self.has_ended(), seconds=600, pause=0.2)
        assert not self.has_ended(), (self.data / "up.log").read_text()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def move_clock(self, days: float) -> None:
        """Stop, and start again so many days later: the clock moves, and what was saved is still there."""
        self.stop()
        self.days_on += days
        self.start()

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def command(self, *words: str, may_find_faults: bool = False) -> Any:
        """What it answers in JSON. `may_find_faults`: a report with an exit code of 1 is an answer too."""
        done = subprocess.run(
            [*GUANXI, *words, "--json"], cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0 or may_find_faults, done.stderr
        return json.loads(done.stdout)

    def token(self, login: str) -> str:
        return str(self.command("user", "token", login)["token"])

    def kill(self, which: str) -> None:
        """SIGKILL: "postgres" is the server with all its children, "web" and "worker" one process of theirs."""
        targets = self.processes(which)
        assert targets, f"no process of {which}"
        processes.send(targets if which == "postgres" else targets[-1:], signal.SIGKILL)

    def processes(self, which: str) -> list[int]:
        if which == "postgres":
            return sorted(processes.working_in(postgres.Server(self.data / "postgres").data))
        word = {"web": "granian", "worker": "worker"}[which]
        return sorted(pid for pid in processes.marked(self.data) if word in command_of(pid))

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """For the auditor: reads what is stored without asking the product."""
        with psycopg.connect(postgres.Server(self.data / "postgres").url()) as connection:
            yield connection

    def row(self, sql: str, *values: Any) -> tuple[Any, ...]:
        with self.database() as db:
            found = db.execute(sql, values).fetchone()
        assert found is not None
        return tuple(found)

    def day(self, later: float = 0) -> str:
        """The installation's date, as its clock has it, so many days later."""
        return (datetime.now(clock.ZONE) + timedelta(days=self.days_on + later)).date().isoformat()


def command_of(pid: int) -> str:
    try:
        return (processes.PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


@contextmanager
def installed(**extra: str) -> Iterator[Installation]:
    """Started, with the demo company, and stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder).resolve()
        path.chmod(0o711)
        made = Installation(path, free_port(), extra=extra)
        try:
            made.start()
            yield made
        finally:
            made.stop()
