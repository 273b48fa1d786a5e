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

from guanxi.base.kernel.appended import append

END_READ = 64 * 1024


@dataclass(frozen=True)
class Head:
    seal: int
    digest: str
    count: int
    at: str


@dataclass(frozen=True)
class Returned:
    """A restore went back to this seal: those after it were of a past that is over, and their numbers come again."""

    seal: int
    digest: str
    at: str
    set: str


class Heads:
    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings.DATA_DIR / "audit" / "heads"

    def name(self) -> str:
        """Of the file, which is begun when there is none yet."""
        return self.known_name() or self._begin()

    def known_name(self) -> str:
        try:
            with self.path.open() as file:
                # A line without its end was never written whole: the file is still to be begun.
                line = file.readline()
                return str(json.loads(line)["heads"])[:32] if line.endswith("\n") else ""
        except FileNotFoundError:
            return ""
        except (ValueError, KeyError, TypeError):
            # Not a beginning of ours: what follows is written down, and the check says what is wrong here.
            return "unreadable"

    def add(self, heads: Iterable[Head]) -> None:
        lines = [json.dumps(head.__dict__) for head in heads]
        append(self.path, lines)
        if settings.AUDIT_SYSLOG:
            for line in lines:
                syslog.syslog(syslog.LOG_AUTHPRIV | syslog.LOG_INFO, f"guanxi audit {line}")

    def last(self) -> int:
        """The number of the last seal written down here; after a restore, of the last that came back."""
        numbers = [line.seal for line in _heads(self._end().splitlines()) if line]
        return numbers[-1] if numbers else 0

    def note_restore(self, returned: Returned) -> None:
        """Said once, however often the restore had to be finished."""
        if list(self.lines())[-1:] != [returned]:
            append(self.path, [json.dumps({"restored_to": returned.seal, **_but_seal(returned)})])

    def lines(self) -> Iterator[Head | Returned | None]:
        """None for a line that cannot be read; the first one names the file."""
        if not self.path.exists():
            return
        with self.path.open(errors="replace") as file:
            file.readline()
            yield from _heads(_whole(file))

    def _begin(self) -> str:
        """Whole or not at all."""
        name = secrets.token_hex(16)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        waiting = self.path.with_name("heads.new")
        waiting.unlink(missing_ok=True)
        append(waiting, [json.dumps({"heads": name})])
        waiting.replace(self.path)
        return name

    def _end(self) -> str:
        with self.path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - END_READ))
            return file.read().decode(errors="replace")


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """Without those that a crash or a full disk cut short: the same line follows, whole, or nothing does yet."""
    before = ""
    for line in lines:
        if before and not line.startswith(before.rstrip("\n")):
            yield before
        before = line
    if before.endswith("\n"):
        yield before


def _but_seal(returned: Returned) -> dict[str, str]:
    return {"digest": returned.digest, "at": returned.at, "set": returned.set}


def _heads(lines: Iterable[str]) -> Iterator[Head | Returned | None]:
    for line in lines:
        yield _head(line)


def _head(line: str) -> Head | Returned | None:
    try:
        found: Any = json.loads(line)
        if "restored_to" in found:
            return Returned(int(found["restored_to"]), str(found["digest"]), str(found["at"]), str(found["set"]))
        return Head(int(found["seal"]), str(found["digest"]), int(found["count"]), str(found["at"]))
    except (ValueError, KeyError, TypeError):
        return None
