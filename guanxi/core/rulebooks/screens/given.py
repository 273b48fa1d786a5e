"""Days and units out of a form, and remarks for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Unreadable

Errors = dict[str, list[Any]]


def day_given(text: str | None, field: str, errors: Errors) -> date | None:
    if not (text or "").strip():
        return None
    try:
        return read_date(str(text).strip(), today=clock.today(), may_be_future=True)
    except Unreadable as problem:
        errors[field] = [problem.message]
        return None


def units_given(texts: list[str], errors: Errors) -> list[int]:
    wanted = [text for text in texts if text]
    if not all(text.isdecimal() and len(text) < 18 for text in wanted):
        errors["unit_ids"] = [_("One of these units does not exist any more.")]
        return []
    return [int(text) for text in wanted]


def remark_for(remark: str, actor: Actor) -> str:
    """A comment in two languages is written `中文 / English`."""
    chinese, _slash, english = remark.partition(" / ")
    return chinese if actor.language.startswith("zh") else english or chinese
