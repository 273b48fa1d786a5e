"""How safety stands, one sign per matter. Each is a query or two; nothing is verified anew to show this page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.ui import formats

from .checks import FOUND, examine
from .models import AccessReview, LineState, ReviewLine
from .obligations import not_signed, version_to_sign
from .reviewing import due_on


@dataclass(frozen=True)
class Sign:
    """`tone`: done, open or late."""

    title: Any
    text: Any
    tone: str
    url: str


def signs(actor: Actor) -> list[Sign]:
    return [sign() for sign in SIGNS]


def review() -> Sign:
    title, url = _("Review of rights"), "/settings/security/reviews"
    open_one = AccessReview.objects.filter(closed_at=None).first()
    day = due_on()
    is_late = day < clock.today()
    if open_one:
        left = ReviewLine.objects.filter(review=open_one, state__in=[LineState.OPEN, LineState.OBJECTED]).count()
        text = _("Under way; lines still to be done: %(count)s") % {"count": formats.number(left)}
        return Sign(title, text, "late" if is_late else "open", f"{url}/{open_one.pk}")
    words = {"day": formats.day(day)}
    text = _("Was due on %(day)s") % words if is_late else _("Next one due on %(day)s") % words
    return Sign(title, text, "late" if is_late else "done", url)


def compliance() -> Sign:
    found = examine()
    count = sum(one.state == FOUND for one in found)
    words = {"count": count, "total": len(found)}
    text = _("%(count)s of %(total)s checks found something") % words
    return Sign(_("Compliance check"), text, "late" if count else "done", "/settings/security/checks")


def obligations() -> Sign:
    title, url = _("Signed obligations"), "/settings/security/obligations"
    version = version_to_sign()
    if version is None:
        return Sign(title, _("No conduct text is in force yet"), "open", url)
    count = not_signed(version).count()
    text = _("Not signed yet: %(count)s") % {"count": formats.number(count)} if count else _("Everybody has signed")
    return Sign(title, text, "open" if count else "done", url)


SIGNS: list[Callable[[], Sign]] = [review, compliance, obligations]
