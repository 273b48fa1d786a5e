"""Shipped checklists of administrators with their state; what the product can see by itself is looked at live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, scanner
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .. import doctor
from ..backups import schedule
from ..installation import Installation
from .checks import BY_KEY, FINE, examine
from .models import ItemState, NetworkRange
from .obligations import not_signed, version_to_sign

FILE = Path(__file__).parent / "checklists.yaml"
KIND = ItemState.KIND
OPEN, DONE, NOT_APPLICABLE = "open", "done", "not-applicable"
STATES: dict[str, Any] = {
    OPEN: gettext_lazy("To be done"),
    DONE: gettext_lazy("Done"),
    NOT_APPLICABLE: gettext_lazy("Does not apply"),
}


@dataclass(frozen=True)
class Item:
    """`key` is "list.item"."""

    key: str
    text_zh: str
    text_en: str
    live: str = ""

    @property
    def text(self) -> str:
        return self.text_zh if (translation.get_language() or "").startswith("zh") else self.text_en


@dataclass(frozen=True)
class Checklist:
    key: str
    title_zh: str
    title_en: str
    items: tuple[Item, ...]

    @property
    def title(self) -> str:
        return self.title_zh if (translation.get_language() or "").startswith("zh") else self.title_en


@cache
def checklists() -> tuple[Checklist, ...]:
    read = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple(
        Checklist(one["key"], one["title"], one["title_en"], tuple(_item(one["key"], item) for item in one["items"]))
        for one in read
    )


def _item(of: str, item: dict[str, str]) -> Item:
    return Item(f"{of}.{item['key']}", item["text"], item["text_en"], item.get("live", ""))


def item_of(key: str) -> Item:
    found = next((item for one in checklists() for item in one.items if item.key == key), None)
    if found is None:
        raise Missing()
    return found


@dataclass(frozen=True)
class Live:
    is_fine: bool
    text: Any


def _check(key: str) -> Live:
    found = examine([BY_KEY[key]])[0]
    return Live(
        found.state == FINE,
        _("In order") if found.state == FINE else _("Found: %(count)s") % {"count": len(found.evidence)},
    )


def _tls() -> Live:
    return Live(settings.BEHIND_TLS, _("BEHIND_TLS is on") if settings.BEHIND_TLS else _("BEHIND_TLS is off"))


def _scanner() -> Live:
    is_set = scanner.is_configured()
    return Live(is_set, _("A scanner is set up") if is_set else _("No scanner is set up (VIRUS_SCANNER)"))


def _backups() -> Live:
    is_fine = schedule.last_good() is not None and schedule.late_plan() is None
    return Live(is_fine, _("In order") if is_fine else _("No backup was verified in time"))


def _doctor(look: Callable[[Installation], doctor.Finding]) -> Live:
    found = look(Installation.from_environment())
    return Live(found.is_fine, _("In order") if found.is_fine else _("Not in order; see: guanxi doctor"))


def _ranges() -> Live:
    count = NetworkRange.objects.count()
    return Live(count > 0, _("Networks on the list: %(count)s") % {"count": count})


def _obligations() -> Live:
    version = version_to_sign()
    left = not_signed(version).count() if version else None
    if left is None:
        return Live(False, _("No conduct text is in force yet"))
    return Live(left == 0, _("Not signed yet: %(count)s") % {"count": left})


LIVE: dict[str, Callable[[], Live]] = {
    "review": lambda: _check("review"),
    "factor": lambda: _check("factor"),
    "duties": lambda: _check("duties"),
    "obligations": _obligations,
    "ranges": _ranges,
    "scanner": _scanner,
    "tls": _tls,
    "backups": _backups,
    "disk": lambda: _doctor(doctor.disk),
    "migrations": lambda: _doctor(doctor.migrations),
    "database": lambda: _doctor(doctor.settings),
}


@dataclass(frozen=True)
class Standing:
    """An item, what was noted about it, and what the product sees now."""

    item: Item
    row: ItemState | None
    live: Live | None = None

    @property
    def state(self) -> str:
        return self.row.state if self.row else OPEN

    @property
    def is_overdue(self) -> bool:
        day = self.row.next_check_on if self.row else None
        return bool(day and day < clock.today() and self.state != NOT_APPLICABLE)

    @property
    def is_settled(self) -> bool:
        return self.state in (DONE, NOT_APPLICABLE) and not self.is_overdue


def standings(*, live: bool = True) -> list[tuple[Checklist, list[Standing]]]:
    rows = {row.item: row for row in ItemState.objects.select_related("responsible", "changed_by")}
    return [(one, [standing(item, rows.get(item.key), live=live) for item in one.items]) for one in checklists()]


def standing(item: Item, row: ItemState | None, *, live: bool = True) -> Standing:
    return Standing(item, row, LIVE[item.live]() if live and item.live else None)


@dataclass(frozen=True)
class Note:
    state: str
    why: str = ""
    evidence: str = ""
    responsible: Staff | None = None
    next_check_on: date | None = None


@action("ops:checklist:noted", gettext_lazy("%(who)s noted how an item of a checklist stands."))
def note_item(key: str, note: Note, *, actor: Actor) -> ItemState:
    gate.ask(actor, "update", KIND)
    item = item_of(key)
    _require(note)
    row = ItemState.objects.select_for_update().filter(item=item.key).first() or ItemState(item=item.key)
    before = [row.state if row.pk else OPEN, row.next_check_on and row.next_check_on.isoformat()]
    row.state, row.why, row.evidence = note.state, note.why.strip(), note.evidence.strip()
    row.responsible, row.next_check_on = note.responsible, note.next_check_on
    row.changed_at, row.changed_by_id = clock.now(), actor.staff_id
    row.version += 1
    row.save()
    after = [row.state, note.next_check_on and note.next_check_on.isoformat()]
    changes = {"item": [None, key], "state": [before[0], after[0]], "next_check_on": [before[1], after[1]]}
    trail.record(KIND, row.pk, actor=actor, changes=changes)
    return row


def _require(note: Note) -> None:
    errors: dict[str, list[Any]] = {}
    if note.state not in STATES:
        errors["state"] = [_("Choose one of the values offered.")]
    if note.state == NOT_APPLICABLE and not note.why.strip():
        errors["why"] = [_("Say why it does not apply here.")]
    for field, text, most in (("why", note.why, 300), ("evidence", note.evidence, 500)):
        if len(text.strip()) > most:
            errors[field] = [_("At most %(count)s characters.") % {"count": most}]
    if errors:
        raise Invalid(errors)
