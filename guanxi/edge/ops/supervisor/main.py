"""`guanxi up`: the database, the web and the worker, together and in order, until told to stop."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from fcntl import LOCK_UN, flock
from types import FrameType
from typing import IO, NoReturn

import psycopg

from guanxi.edge.ops import processes, refusals
from guanxi.edge.ops.backups import restoring
from guanxi.edge.ops.installation import Installation, Occupied, module
from guanxi.edge.ops.postgres import Unavailable
from guanxi.edge.ops.supervisor import preparation, welcome
from guanxi.edge.ops.supervisor.child import Child
from guanxi.edge.ops.supervisor.reviver import Reviver

GRANIAN = [
    "--interface=wsgi", "--host=127.0.0.1", "--http=1", "--no-ws", "--workers=2", "--blocking-threads=4",
    "--respawn-failed-workers", "--respawn-interval=0.5", "--workers-kill-timeout=5", "--log-level=warning",
]  # fmt: skip
DATABASE_WAIT_SECONDS = 60


class Stop(Exception):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or the terminal closed."""


class GaveUp(Exception):
    """The text says what is wrong and what to do."""


class Supervisor:
    def __init__(self, installation: Installation) -> None:
        self.here = installation
        self.server = installation.server
        self.children: list[Child] = []
        self.lock: IO[str] | None = None

    def run(self) -> int:
        _listen()
        try:
            self._open()
            self._watch()
        except Stop:
            return 0
        except (GaveUp, Unavailable, preparation.Failed) as problem:
            _say(str(problem), to=sys.stderr)
            return 1
        finally:
            self._close()

    # --- coming up ---

    def _open(self) -> None:
        self.here.furnish()
        if wrong := refusals.faults(self.here):
            raise GaveUp("\n".join(["Guanxi does not start like this:", *wrong]))
        self._take_lock()
        processes.end(processes.marked(self.here.data), seconds=10)  # of a supervisor that was killed
        self._check_port()
        restoring.finish(self.here)
        self._open_database()
        preparation.run(self.here)
        self.web, self.worker = self._child("web", self._granian()), self._child("worker", self._work())
        self.children = [self.web, self.worker]
        self.reviver = Reviver(self.here.url)

    def _take_lock(self) -> None:
        try:
            self.lock = self.here.lock()
        except Occupied as other:
            pid, _, address = str(other).partition(" ")
            raise GaveUp(
                f"Guanxi already runs on {self.here.data} (process {pid}, {address}). "
                "Stop it first, or give another DATA_DIR and PORT."
            ) from None

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.here.port))
            except OSError:
                raise GaveUp(f"Port {self.here.port} is in use. Choose another: PORT=8001 make up") from None

    def _open_database(self) -> None:
        if not self.here.database_url:
            self.server.stop()  # one that outlived its supervisor
            self.server.start(tied=True)
            return
        deadline = time.monotonic() + DATABASE_WAIT_SECONDS
        while problem := _problem_of(self.here.url):
            if time.monotonic() > deadline:
                raise GaveUp(f"The database of DATABASE_URL does not answer: {problem}")
            time.sleep(1)

    def _child(self, name: str, command: list[str]) -> Child:
        return Child(name, command, self.here.environment(), self.here.logs / f"{name}.log")

    def _granian(self) -> list[str]:
        return module("granian", *GRANIAN, f"--port={self.here.port}", "config.wsgi:application")

    def _work(self) -> list[str]:
        return module("guanxi.edge.ops.worker")

    # --- staying up ---

    def _watch(self) -> NoReturn:
        greeting = welcome.Greeting(self.here, self.web)
        while True:
            self._tend_database()
            for child in self.children:
                self._tend(child)
            self.reviver.visit()
            if not greeting.is_done:
                greeting.attempt()
            _wait(0.25)

    def _tend(self, child: Child) -> None:
        if child.tend():
            _say(f"The {child.name} process ended; starting it again. Its log: {child.log}")
            if child is self.worker:
                self.reviver.worker_died()
        child.shorten_log()

    def _tend_database(self) -> None:
        process = self.server.process
        if self.here.database_url or (process and process.poll() is None):
            return
        _say(f"PostgreSQL ended; starting it again. Its log: {self.server.log}")
        try:
            self.server.start(tied=True)
        except Unavailable as problem:
            _say(str(problem), to=sys.stderr)
            return
        # Its connections are gone, and what it was doing is unclear: a fresh one starts clean.
        self.worker.stop(seconds=3)
        self.reviver.worker_died()

    # --- going down ---

    def _close(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if self.lock is None:
            return
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(seconds=12)
        processes.end(processes.marked(self.here.data), seconds=5)
        if not self.here.database_url:
            self.server.stop()
        flock(self.lock, LOCK_UN)
        self.lock.close()


def _problem_of(url: str) -> str:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        return str(error)
    return ""


_wakeup: tuple[int, int] | None = None


def _listen() -> None:
    """Signals end what we do right now; a child's death only wakes the waiting loop."""
    global _wakeup
    _wakeup = os.pipe()
    for end in _wakeup:
        os.set_blocking(end, False)
    signal.set_wakeup_fd(_wakeup[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stop


def _wait(seconds: float) -> None:
    assert _wakeup is not None
    ready, _, _ = select.select([_wakeup[0]], [], [], seconds)
    if ready:
        os.read(_wakeup[0], 4096)


def _say(text: str, *, to: IO[str] | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)
