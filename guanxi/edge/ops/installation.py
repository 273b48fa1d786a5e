"""Where this installation keeps things, and what its processes are told through the environment."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO

from config import env
from guanxi.edge.ops import processes
from guanxi.edge.ops.postgres import Server

DEFAULT_PORT = 8000
ADDRESS = "database_url"
ROOT = Path(__file__).resolve().parents[3]


class Occupied(Exception):
    """Another supervisor runs on the same data."""


@dataclass(frozen=True)
class Installation:
    data: Path
    port: int
    database_url: str
    demo: bool

    @classmethod
    def from_environment(cls) -> Installation:
        data = env.data_dir()
        url = os.environ.get("DATABASE_URL") or _kept(data / ADDRESS)
        return cls(data, env.number("PORT", DEFAULT_PORT), url, env.flag("DEMO", True))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def setup_code(self) -> Path:
        """Holds the one-time code of the set-up page until the first administrator exists."""
        return self.data / "setup_code"

    @property
    def address_file(self) -> Path:
        """The address of one's own PostgreSQL, once the data was moved there (moving.py)."""
        return self.data / ADDRESS

    @property
    def server(self) -> Server:
        return Server(self.data / "postgres", archives=bool(os.environ.get("BACKUP_TARGET", "").strip()))

    @property
    def url(self) -> str:
        return self.database_url or self.server.url()

    def environment(self) -> dict[str, str]:
        own = {
            "DATA_DIR": str(self.data),
            "DATABASE_URL": self.url,
            "DEMO": "1" if self.demo else "0",
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            processes.MARK: str(self.data),
        }
        suffix = "" if self.port == DEFAULT_PORT else str(self.port)
        return {"GUANXI_COOKIE_SUFFIX": suffix, **os.environ, **own}

    def furnish(self) -> None:
        """The folder, closed to others, and the key that signs sessions."""
        # Root's database user must pass through it; what is secret inside is closed itself.
        self.data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)
        write_secret(self.data / "secret_key", secrets.token_urlsafe(50))

    def lock(self) -> IO[str]:
        """Held as long as the returned file is open, so also released by kill -9."""
        handle = (self.data / "supervisor.lock").open("a+")
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise Occupied(handle.read().strip()) from None
        handle.truncate(0)
        handle.write(f"{os.getpid()} {self.address}")
        handle.flush()
        return handle


def _kept(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def write_secret(path: Path, value: str) -> None:
    """Written once, readable by the owner alone; what is there stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(value)


def module(name: str, *arguments: str) -> list[str]:
    """The command line that runs one of our modules with this Python."""
    return [sys.executable, "-m", name, *arguments]
