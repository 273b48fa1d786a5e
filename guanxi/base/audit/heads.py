"""The head of the chain outside the database: one line per seal in DATA_DIR/audit/heads, only ever added to.

The first line names the file. A seal says which file it was written down in, so a file that was exchanged, or is on
another machine, is told from one whose lines are gone.
"""

from __future__ import annotations

import json
import os
import secrets
import syslog
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

END_READ = 64 * 1024


@dataclass(frozen=True)
class Head:
    seal: int
    digest: str
    count: int
    at: str


class Heads:
    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings.DATA_DIR / "audit" / "heads"

    def name(self) -> str:
        """Of the file, which is begun when there is none yet."""
        return self.known_name() or self._begin()

    def known_name(self) -> str:
        try:
            with self.path.open() as file:
                return str(json.loads(file.readline())["heads"])[:32]
        except FileNotFoundError:
            return ""
        except (ValueError, KeyError, TypeError):
            # Not a beginning of ours: what follows is written down, and the check says what is wrong here.
            return "unreadable"

    def add(self, heads: Iterable[Head]) -> None:
        lines = [json.dumps(head.__dict__) for head in heads]
        self._append(lines)
        if settings.AUDIT_SYSLOG:
            for line in lines:
                syslog.syslog(syslog.LOG_AUTHPRIV | syslog.LOG_INFO, f"guanxi audit {line}")

    def last(self) -> int:
        """The number of the last seal written down here."""
        numbers = [head.seal for head in _heads(self._end().splitlines()) if isinstance(head, Head)]
        return numbers[-1] if numbers else 0

    def lines(self) -> Iterator[Head | None]:
        """None for a line that cannot be read; the first one names the file."""
        if not self.path.exists():
            return
        with self.path.open(errors="replace") as file:
            file.readline()
            yield from _heads(file)

    def _begin(self) -> str:
        name = secrets.token_hex(16)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._append([json.dumps({"heads": name})])
        return name

    def _append(self, lines: list[str]) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, "".join(f"{line}\n" for line in lines).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _end(self) -> str:
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - END_READ))
            return file.read().decode(errors="replace")


def _heads(lines: Iterable[str]) -> Iterator[Head | None]:
    for line in lines:
        yield _head(line)


def _head(line: str) -> Head | None:
    try:
        found: Any = json.loads(line)
        return Head(int(found["seal"]), str(found["digest"]), int(found["count"]), str(found["at"]))
    except (ValueError, KeyError, TypeError):
        return None
