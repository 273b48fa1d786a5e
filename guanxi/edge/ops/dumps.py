"""A whole database as one file, and back, into any PostgreSQL from 15 on.

Passwords travel in the environment of the programs, which no list of processes shows.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

from guanxi.edge.ops import processes

# Settings at the head of a dump that older servers do not know: name, and the first version that does.
YOUNG_SETTINGS = {"transaction_timeout": 170000}
OPTION = "password="
EMPTY = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


class Failed(Exception):
    """In words for an operator; never with an address that holds a password."""


def save(url: str, path: Path, *, programs: Path) -> None:
    """It appears under its name when it is complete and on the disk."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _run([*_dumping(programs, url), "--format=custom", f"--file={draft}"], url)
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _dumping(programs: Path, url: str) -> list[str]:
    return [
        str(programs / "pg_dump"), f"--dbname={without_password(url)}", "--no-password", "--no-owner",
        "--no-privileges", "--no-comments", "--lock-wait-timeout=10s",
    ]  # fmt: skip


def _executing(programs: Path, url: str) -> list[str]:
    return [
        str(programs / "psql"), f"--dbname={without_password(url)}", "--no-password", "--no-psqlrc", "--quiet",
        "--set=ON_ERROR_STOP=1", "--single-transaction", "--file=-",
    ]  # fmt: skip


def load(path: Path, url: str, *, programs: Path, version: int, replacing: bool = False) -> None:
    """All of it or nothing: one transaction. `replacing`: what is there goes first. `version` is the server's."""
    script = [str(programs / "pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(path)]
    _write(script, url, url, programs=programs, version=version, replacing=replacing)


def carry(source: str, target: str, *, programs: Path, version: int) -> None:
    """From one server into an empty database of another, all of it or nothing. Nothing is kept on the way."""
    script = [*_dumping(programs, source), "--format=plain"]
    _write(script, source, target, programs=programs, version=version)


def _write(
    script: list[str], source: str, target: str, *, programs: Path, version: int, replacing: bool = False
) -> None:
    with tempfile.TemporaryFile() as complaints:
        reader = _start(script, source, stdout=subprocess.PIPE, stderr=complaints)
        writer = _start(_executing(programs, target), target, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                        stderr=complaints)  # fmt: skip
        try:
            _pass_on(reader, writer, version=version, replacing=replacing)
        finally:
            _end(reader, writer)
        if reader.returncode or writer.returncode:
            raise Failed(_words(complaints))


def _pass_on(
    reader: subprocess.Popen[bytes], writer: subprocess.Popen[bytes], *, version: int, replacing: bool
) -> None:
    """Ends the script only when it was read to its end: half of one must not be committed."""
    assert reader.stdout
    assert writer.stdin
    try:
        writer.stdin.write(EMPTY.encode() if replacing else b"")
        for line in _understood(reader.stdout, version=version):
            writer.stdin.write(line)
        if reader.wait():
            writer.kill()
        writer.stdin.close()
    except BrokenPipeError:  # psql gave up, and says why
        reader.kill()
    writer.wait()


def _understood(lines: IO[bytes], *, version: int) -> Iterator[bytes]:
    """What the server knows. Only the head sets anything; from the first table on every line passes as it is."""
    unknown = tuple(f"SET {name} =".encode() for name, since in YOUNG_SETTINGS.items() if version < since)
    is_head = True
    for line in lines:
        is_head = is_head and not line.startswith(b"CREATE ")
        if not (is_head and unknown and line.startswith(unknown)):
            yield line


def _end(*started: subprocess.Popen[bytes]) -> None:
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def _start(command: list[str], url: str, **streams: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # type: ignore[call-overload]  # the streams are those of Popen
        command, env=_environment(url), preexec_fn=processes.ends_with_parent(signal.SIGKILL), **streams
    )


def _run(command: list[str], url: str) -> None:
    with tempfile.TemporaryFile() as complaints:
        process = _start(command, url, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints)
        try:
            process.wait()
        finally:
            _end(process)
        if process.returncode:
            raise Failed(_words(complaints))


def _words(complaints: IO[bytes]) -> str:
    """The messages; never the DETAIL and CONTEXT lines, which repeat what rows hold."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").splitlines()
    said = [line for line in lines if "error:" in line or "ERROR:" in line or "FATAL:" in line]
    return "\n".join(said[:3]) or "The program ended without saying why."


def _environment(url: str) -> dict[str, str]:
    password = password_of(url)
    base = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGOPTIONS": "-c statement_timeout=0 -c TimeZone=UTC"}
    homes = {name: os.environ[name] for name in ("HOME", "PGPASSFILE", "PGSSLROOTCERT") if name in os.environ}
    return base | homes | ({"PGPASSWORD": password} if password else {})


def password_of(url: str) -> str:
    """Before the @, or among the options after the ?: both are understood by PostgreSQL."""
    parts = urlsplit(url)
    options = (word.removeprefix(OPTION) for word in parts.query.split("&") if word.startswith(OPTION))
    return unquote(parts.password or next(options, ""))


def without_password(url: str) -> str:
    parts = urlsplit(url)
    person, _at, place = parts.netloc.rpartition("@")
    name = person.partition(":")[0]
    options = "&".join(word for word in parts.query.split("&") if not word.startswith(OPTION))
    return urlunsplit(parts._replace(netloc=f"{name}@{place}" if name else place, query=options))
