"""Reading what a form sent, and doing it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.web import ActorRequest

APART = {"csrfmiddlewaretoken", "op_key"}


@dataclass(frozen=True)
class Sent:
    """`errors` by field, empty when it was done; `refusal` when the state of things forbids it."""

    errors: dict[str, list[Any]] = field(default_factory=dict)
    refusal: Refused | None = None
    is_repeated: bool = False

    @property
    def is_done(self) -> bool:
        return not self.errors


def send(request: ActorRequest, name: str, perform: Callable[[], Any]) -> Sent:
    """`perform` runs once per operation key. What it returns is not kept: a one-time password must not be."""

    def run() -> dict[str, Any]:
        perform()
        return {}

    payload = {key: request.POST.getlist(key) for key in request.POST if key not in APART}
    try:
        answer = operations.once(
            request.POST.get("op_key", ""), actor=request.actor, name=name, payload=payload, perform=run
        )
    except Invalid as refused:
        return Sent(errors=refused.errors)
    except Refused as refused:
        return Sent(errors={"": [refused.message]}, refusal=refused)
    return Sent(is_repeated=answer.repeated)


def together(**readers: Callable[[], Any]) -> dict[str, Any]:
    """Runs them all before refusing, so that every fault of the form is shown at once."""
    values: dict[str, Any] = {}
    errors: dict[str, list[Any]] = {}
    for name, read in readers.items():
        try:
            values[name] = read()
        except Invalid as refused:
            errors |= refused.errors
    if errors:
        raise Invalid(errors)
    return values


def day(post: QueryDict, name: str) -> date:
    found = day_or_none(post, name)
    if found is None:
        raise Invalid({name: [_("Enter a day.")]})
    return found


def day_or_none(post: QueryDict, name: str) -> date | None:
    text = post.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as unreadable:
        raise Invalid({name: [_("Enter the day as 2026-11-21.")]}) from unreadable
    # The last day of the calendar has no 24:00 to count to.
    if not 1900 <= found.year < 2200:
        raise Invalid({name: [_("Enter the day as 2026-11-21.")]})
    return found


def number(post: QueryDict, name: str) -> int:
    found = number_or_none(post, name)
    if found is None:
        raise Invalid({name: [_("Choose one of the list.")]})
    return found


def number_or_none(post: QueryDict, name: str) -> int | None:
    text = post.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
