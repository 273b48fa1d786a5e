"""How kinds, states and troubles of backups are called."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import VERIFY
from ..sets import Kind, Part

KINDS: dict[str, Any] = {
    Kind.FULL: _("Full backup"),
    Kind.DIFFERENTIAL: _("Differential backup"),
    Kind.INCREMENTAL: _("Incremental backup"),
}
ABOUT: dict[str, Any] = {
    Kind.FULL: _("Everything. It stands alone and takes the most room."),
    Kind.DIFFERENTIAL: _("What changed since the last full one. To come back it needs that one as well."),
    Kind.INCREMENTAL: _("What changed since the last backup of any kind. To come back it needs all before it."),
}
DOINGS: dict[str, Any] = {**KINDS, VERIFY: _("Verification")}
PARTS: dict[str, Any] = {
    Part.DATABASE: _("Database"),
    Part.FILES: _("Files and pictures"),
    Part.CONFIGURATION: _("Configuration"),
}
TROUBLES: dict[str, Any] = {
    "settings": _("The settings of the place for backups cannot be used. Correct them and start anew."),
    "unreachable": _("The place for backups does not answer, is full, or does not let us in."),
    "key": _("BACKUP_KEY or BACKUP_KEY_FALLBACKS holds something that is no key."),
    "damaged": _("What lies on the place for backups is not what was written there."),
    "failed": _("The database or the files could not be read."),
    "gave_up": _("It was cut off three times and then given up."),
    "restored": _("The data were restored while it was under way."),
    "unexpected": _("Something went wrong on our side. The log of the worker tells more."),
}
WEEKDAYS: list[tuple[str, Any]] = [
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
]
EVERY: list[tuple[str, Any]] = [
    ("0", _("None between the daily ones")),
    ("15", _("Every 15 minutes")),
    ("30", _("Every 30 minutes")),
    ("60", _("Every hour")),
    ("120", _("Every 2 hours")),
    ("240", _("Every 4 hours")),
    ("480", _("Every 8 hours")),
]
