"""Why the database gave no answer, by its SQLSTATE: what people are told, and the code for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Trouble:
    """`on`: how to go on. `seconds`: when a program may try again."""

    code: str
    title: Any
    what: Any
    on: Any
    seconds: int = 10


RESTING = Trouble(
    "resting",
    _("The service is resting for a moment"),
    _("The database is restarting or is under maintenance."),
    _("Try again in a minute."),
)
DISK_FULL = Trouble(
    "disk_full",
    _("The disk of the database is full"),
    _("There is no room to store this. Reading goes on."),
    _("Please tell an administrator; as soon as there is room again, send it once more."),
    seconds=60,
)
TOO_BUSY = Trouble(
    "too_busy",
    _("Too much is going on at once"),
    _("The database takes no more connections at the moment."),
    _("Try again in a minute."),
)
TOO_LONG = Trouble(
    "took_too_long",
    _("This took too long"),
    _("The database did not answer in time, so the step was broken off."),
    _("Narrow what you asked for, or try again in a minute."),
)
BUSY_RECORD = Trouble(
    "record_busy",
    _("Somebody else is working on the same records"),
    _("They did not become free in time, so the step was broken off."),
    _("Try again in a minute."),
)
BY_STATE = {
    "53100": DISK_FULL,
    "53300": TOO_BUSY,
    "57014": TOO_LONG,
    "55P03": BUSY_RECORD,
    "40P01": BUSY_RECORD,
    "40001": BUSY_RECORD,
}
# A refused connection carries no SQLSTATE, only the server's words.
FULL_UP = ("too many clients", "too many connections", "remaining connection slots", "53300")


def trouble_of(error: BaseException | None) -> Trouble | None:
    """None when it was not the database."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if state := _state_of(error):
        return BY_STATE.get(state, RESTING)
    return TOO_BUSY if any(words in str(error) for words in FULL_UP) else RESTING


def _state_of(error: BaseException | None) -> str | None:
    while error is not None:
        if state := getattr(error, "sqlstate", None):
            return str(state)
        error = error.__cause__
    return None
