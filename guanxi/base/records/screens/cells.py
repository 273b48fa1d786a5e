"""One cell of a list: a value as this reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.phone import mask_phone
from guanxi.base.ui import formats

from ..reveal import may_reveal
from ..types import ListColumn, RecordType
from ..values import HIDDEN

Maker = Callable[[tuple[Any, ...], Any], Any]
BADGE = Markup('<span class="badge is-{}">{}</span>')


def cell_maker(type_: RecordType, column: ListColumn, actor: Actor) -> Maker:
    """Made once per column, run once per row: (id, sort value, owner, unit, ...) and the value."""
    plain = _plain(column)
    if column.kind != "phone" and not column.is_personal:
        return lambda row, value: plain(value)
    mask = mask_phone if column.kind == "phone" else _hidden
    kind = type_.key

    def guarded(row: tuple[Any, ...], value: Any) -> Any:
        if value is None or value == "":
            return ""
        return plain(value) if may_reveal(actor, kind, row[2], row[3]) else mask(value)

    return guarded


def _hidden(value: Any) -> str:
    return HIDDEN


def _plain(column: ListColumn) -> Callable[[Any], Any]:
    if column.tones:
        choices = column.choices.items()
        badges = {value: BADGE.format(column.tones.get(value, "plain"), label) for value, label in choices}
        return lambda value: badges.get(value, value or "")
    if column.choices:
        labels = {value: str(label) for value, label in column.choices.items()}
        return lambda value: labels.get(value, value or "")
    if column.kind == "yesno":
        words = {True: _("Yes"), False: _("No"), "true": _("Yes"), "false": _("No")}
        return lambda value: words.get(value, "")
    return MAKERS.get(column.kind, _text)


def _text(value: Any) -> Any:
    return "" if value is None else value


def _day(value: Any) -> str:
    return formats.day(value) if isinstance(value, date) else str(value or "")


def _moment(value: Any) -> str:
    return formats.near(value) if isinstance(value, datetime) else str(value or "")


def _money(value: Any) -> str:
    return formats.money(value) if isinstance(value, Decimal | int) else str(value or "")


MAKERS: dict[str, Callable[[Any], Any]] = {"date": _day, "moment": _moment, "money": _money}
