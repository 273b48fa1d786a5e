"""The mark on a copy that leaves: who took it, when, and a code that leads back to this reading (SEC-11).

The file itself never changes: a copy is made for the reader by a confined process (marking/), bounded in time, memory
and size. What cannot carry a mark leaves as it is, with the code in its name, or not at all (UNMARKED_SECRETS)."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic
from typing import IO, Any, BinaryIO, cast

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused
from guanxi.base.org.models import Staff
from guanxi.base.records.labels import LABELS
from guanxi.base.records.prints.actions import next_number
from guanxi.base.ui import formats

from .marking.asked import FORMATS, LOCKED, PDF, TOO_MUCH, Asked
from .models import Document, DocumentVersion
from .sniffing import HEAD, detect

MODULE = "guanxi.core.documents.marking"
ROOT = Path(__file__).parents[3]
MARKABLE = frozenset({PDF, *FORMATS})
WALL_SECONDS = 40
MEGABYTE = 1024 * 1024
# Larger ones are not marked within the memory that the process may take.
MOST_BYTES = 60 * MEGABYTE
MOST_OUT = 160 * MEGABYTE
AT_ONCE = 64 * 1024
# Each takes a processor and up to half a gigabyte; whoever comes next waits a while for a place.
PLACES = BoundedSemaphore(2)
WAIT_SECONDS = 20
PLAIN = re.compile(r"[^ -~]+")


class Unmarked(Refused):
    code = "unmarked"


class Busy(Refused):
    status = 503
    code = "busy"


LOWER = _("Whoever keeps the company's secrets can lower the level of this document.")
WHY: dict[int, Any] = {
    LOCKED: _("This PDF is locked with a password and cannot carry a mark, so no copy of it leaves."),
    TOO_MUCH: _("This file is too large to be marked, so no copy of it leaves."),
}
UNREADABLE = _("This file is damaged or unusual and cannot be marked, so no copy of it leaves.")
NO_KIND = _("Files of this kind cannot carry a mark, and ones this secret do not leave without it.")


@dataclass(frozen=True)
class Mark:
    """`latin` is drawn; `han` stands beside it in a PDF."""

    code: str
    latin: str
    han: str


def mark_for(version: DocumentVersion, actor: Actor) -> Mark | None:
    """None: nothing this secret. Each has a new code."""
    word = LABELS.on_copies(Document.KIND, version.document_id)
    if not word:
        return None
    code = next_number("D")
    return Mark(code, _words(word, actor, code), f"{LABELS.of(Document.KIND, version.document_id)} {actor.label}")


def preview_words(version: DocumentVersion, actor: Actor) -> str:
    """Who looks at a small picture, and when; it is no copy, so there is no code. Empty: nothing this secret."""
    word = LABELS.on_copies(Document.KIND, version.document_id)
    return _words(word, actor, "") if word else ""


def _words(word: str, actor: Actor, code: str) -> str:
    """In letters that are drawn everywhere: how the name sounds, and the number of the person."""
    staff = Staff.objects.filter(id=actor.staff_id).first() if actor.staff_id else None
    name = (staff.pinyin if staff else "") or pinyin.sort_key(actor.label)
    parts = [word, name.upper(), staff.number if staff else "", formats.moment(clock.now()), code]
    return "  ".join(plain for part in parts if (plain := PLAIN.sub("", part).strip()[:60]))


def require_kind(version: DocumentVersion) -> None:
    """What cannot be marked leaves without, unless the house wants otherwise."""
    if settings.UNMARKED_SECRETS == "refuse" and version.detected not in MARKABLE:
        raise Unmarked(_said(NO_KIND))


def leaves_as(version: DocumentVersion) -> str:
    """Said on its page: "marked", "plain" with the code in its name, "kept" for one that leaves for nobody, or ""."""
    if not LABELS.on_copies(Document.KIND, version.document_id):
        return ""
    if version.detected in MARKABLE:
        return "marked" if version.size <= MOST_BYTES else "kept"
    return "kept" if settings.UNMARKED_SECRETS == "refuse" else "plain"


def is_markable(version: DocumentVersion) -> bool:
    return version.detected in MARKABLE


def marked_copy(file: BinaryIO, version: DocumentVersion, mark: Mark) -> IO[bytes]:
    """Raises Unmarked for what should carry a mark and cannot."""
    if version.size > MOST_BYTES:
        raise Unmarked(_said(WHY[TOO_MUCH]))
    if not PLACES.acquire(timeout=WAIT_SECONDS):
        raise Busy(_("Many files are being marked just now. Please try again in a minute."))
    try:
        copy = marked_apart(file, Asked(version.detected, mark.latin, mark.han))
    finally:
        PLACES.release()
    if detect(copy.read(HEAD)) != version.detected:
        copy.close()
        raise Unmarked(_said(UNREADABLE))
    copy.seek(0)
    return copy


def marked_apart(file: BinaryIO, asked: Asked, *, seconds: float = WALL_SECONDS) -> IO[bytes]:
    source = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
    copy = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115  (closed by whoever sends it)
    try:
        code = _run(source, copy, asked, until=monotonic() + seconds)
    except BaseException:
        copy.close()
        raise
    finally:
        os.close(source)
    if code:
        copy.close()
        raise Unmarked(_said(WHY.get(code, UNREADABLE)))
    copy.seek(0)
    return copy


def _run(source: int, copy: IO[bytes], asked: Asked, *, until: float) -> int:
    # Our interpreter and our module, an empty environment, and nothing of ours but the file.
    with subprocess.Popen(  # noqa: S603  (our own program; the words are one argument, read as JSON)
        [sys.executable, "-E", "-s", "-B", "-X", "utf8", "-m", MODULE, asked.as_text()],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd=ROOT,
        close_fds=True,
    ) as process:
        is_whole = _taken(cast(IO[bytes], process.stdout), copy, until=until)
        if not is_whole:
            process.kill()
    return process.returncode if is_whole else TOO_MUCH


def _taken(pipe: IO[bytes], copy: IO[bytes], *, until: float) -> bool:
    """All of it, within its time and size."""
    poll, size = select.poll(), 0
    poll.register(pipe, select.POLLIN)
    while poll.poll(max(0, until - monotonic()) * 1000):
        block = os.read(pipe.fileno(), AT_ONCE)
        if not block:
            return True
        size += len(block)
        if size > MOST_OUT:
            return False
        copy.write(block)
    return False


def _said(why: Any) -> str:
    return f"{why} {LOWER}"
