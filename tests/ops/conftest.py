"""Real processes, so real waiting: until something holds, never for a fixed time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from guanxi.edge.ops import postgres, processes

ROOT = Path(__file__).resolve().parents[2]


def until(holds: Callable[[], object], *, seconds: float = 20, pause: float = 0.05) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {holds}"
        time.sleep(pause)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short path that the database's user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        path = Path(folder).resolve()
        path.chmod(0o711)
        yield path


@pytest.fixture(scope="session")
def made_before() -> Iterator[Path]:
    """One first start; most tests begin after it."""
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        Path(folder).chmod(0o711)
        server = postgres.Server(Path(folder) / "pg", throwaway=True)
        server.start()
        server.stop()
        yield server.home


@pytest.fixture
def home(place: Path, made_before: Path) -> Path:
    subprocess.run(["/bin/cp", "-a", str(made_before), str(place / "pg")], check=True)
    return place / "pg"


@pytest.fixture
def server(home: Path) -> Iterator[postgres.Server]:
    """Durable like the product's."""
    made = postgres.Server(home)
    yield made
    made.stop()


@dataclass
class Running:
    """`guanxi up` on its own data."""

    data: Path
    port: int
    process: subprocess.Popen[str]

    def ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def members(self, *words: str) -> list[int]:
        """Processes of this installation whose command line has these words."""
        found = {*processes.marked(self.data), *processes.working_in(postgres.Server(self.data / "postgres").data)}
        return sorted(pid for pid in found if all(word in _command_of(pid) for word in words))

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(40)


def _command_of(pid: int) -> str:
    try:
        return (processes.PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def guanxi(*words: str, data: Path, port: int = 0, **variables: str) -> subprocess.Popen[str]:
    clean = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SECRET_KEY"}}
    own = {
        "DATA_DIR": str(data),
        "PORT": str(port or free_port()),
        "DEMO": "0",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
    }
    own["DJANGO_SETTINGS_MODULE"] = "tests.ops.traps.settings"
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from guanxi.edge.ops.command import main; sys.exit(main())", *words],
        env={**clean, **own, **variables},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """One installation for the tests of this folder, brought up once."""
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        Path(folder).chmod(0o711)
        data, port = Path(folder).resolve() / "data", free_port()
        up = Running(data, port, guanxi("up", data=data, port=port))
        try:
            until(up.ready, seconds=60)
            yield up
        finally:
            up.end()
