"""How much room the disks have that this installation writes to. Too little stops what fills them; all else goes on.

Looked at every few seconds at most, whoever asks: a page costs no system call.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .errors import Refused

LOOK_SECONDS = 3.0
MEGABYTE = 1024 * 1024

PLACES: dict[str, Any] = {
    "data": _("the data folder"),
    "database": _("the database"),
    "files": _("attached files"),
    "backups": _("backups"),
    "temporary": _("temporary files"),
}
# What each of them writes to.
NEEDS = {
    "import": ("data", "database", "temporary"),
    "upload": ("data", "database", "files", "temporary"),
    "export": ("data", "database", "temporary"),
    "backup": ("backups", "temporary"),
}
# May lie on another machine, whose silence must not become ours.
FAR = frozenset({"backups"})
LONGEST_LOOK = 1.0


class NoRoom(Refused):
    status = 507
    code = "no_room"


@dataclass(frozen=True)
class Volume:
    """The disk below one of our places. `place` is a key of PLACES."""

    place: str
    free: int
    total: int

    @property
    def least(self) -> int:
        return max(self.total * settings.SPACE_LEAST_PERCENT // 100, settings.SPACE_LEAST_BYTES)

    @property
    def is_short(self) -> bool:
        return self.free < self.least

    @property
    def told(self) -> dict[str, Any]:
        return {"place": PLACES[self.place], "free": self.free // MEGABYTE, "least": self.least // MEGABYTE}


_seen: tuple[float, list[Volume]] = (float("-inf"), [])


def volumes() -> list[Volume]:
    global _seen
    at, found = _seen
    if time.monotonic() - at > LOOK_SECONDS:
        looks = [_look_in_time(place, Path(path)) for place, path in settings.SPACE_PLACES.items()]
        found = [volume for volume in looks if volume]
        _seen = (time.monotonic(), found)
    return found


def look_again() -> list[Volume]:
    global _seen
    _seen = (float("-inf"), [])
    return volumes()


_looking: dict[str, Thread] = {}


def _look_in_time(place: str, path: Path) -> Volume | None:
    """None while a far one does not answer: what is written there finds out by itself."""
    if place not in FAR:
        return _look(place, path)
    if place in _looking and _looking[place].is_alive():
        return None
    answer: list[Volume] = []
    _looking[place] = Thread(target=lambda: answer.append(_look(place, path)), daemon=True)
    _looking[place].start()
    _looking[place].join(LONGEST_LOOK)
    return answer[0] if answer else None


def _look(place: str, path: Path) -> Volume:
    """What is not there yet, or closed to us, lies on the disk of its folder."""
    while True:
        try:
            found = os.statvfs(path)
        except OSError:
            if path == path.parent:
                raise
            path = path.parent
        else:
            return Volume(place, found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


def short() -> list[Volume]:
    return [volume for volume in volumes() if volume.is_short]


def require(what: str) -> None:
    """Raises NoRoom before `what` (a key of NEEDS) begins while a disk it writes to is short."""
    for volume in short():
        if volume.place in NEEDS[what]:
            raise NoRoom(sentence(volume))


def sentence(volume: Volume) -> str:
    """Where, why, and what now."""
    text = _(
        "The disk that holds %(place)s has only %(free)s MB left, and %(least)s MB must stay free. Imports, uploads,"
        " exports and backups rest until an administrator has made room; everything else goes on."
    )
    return str(text % volume.told)
