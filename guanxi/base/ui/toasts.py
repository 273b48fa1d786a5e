"""Short words of success, shown once: on the next page, or at once when only a part of a page is answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest

from guanxi.base.ui import current

KEY = "toasts"


@dataclass(frozen=True)
class Toast:
    """`tone` is "done", "plain" or "late"; `href` and `link` offer the next step."""

    text: str
    tone: str = "done"
    href: str = ""
    link: str = ""


def toast(request: HttpRequest, text: Any, *, tone: str = "done", href: str = "", link: Any = "") -> None:
    entry = asdict(Toast(str(text), tone, href, str(link)))
    request.session[KEY] = [*request.session.get(KEY, []), entry]


def taken_from(request: HttpRequest | None) -> list[dict[str, str]]:
    session = getattr(request, "session", None)
    try:
        # Asking first: pop on a session without toasts would still write the session row.
        if session is None or KEY not in session:
            return []
    except (OperationalError, InterfaceError):  # this is the page that says so
        return []
    waiting: list[dict[str, str]] = session.pop(KEY)
    return waiting


def pending() -> list[dict[str, str]]:
    return taken_from(current.request())
