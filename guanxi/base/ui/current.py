"""The request being answered, so that components need no context handed down to every macro.

Macros imported without context are compiled once and kept; with context they would be run anew on each page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

from guanxi.base.kernel.actor import Actor

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_framing: ContextVar[bool] = ContextVar("framing", default=False)


@contextmanager
def serving(request: HttpRequest) -> Iterator[None]:
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def framing() -> Iterator[None]:
    """While a part is rendered that is kept for other requests too (frame.py)."""
    token = _framing.set(True)
    try:
        yield
    finally:
        _framing.reset(token)


def is_framing() -> bool:
    return _framing.get()


def request() -> HttpRequest | None:
    return _request.get()


def actor() -> Actor | None:
    """None on pages for people who have not signed in."""
    found: Actor | None = getattr(_request.get(), "actor", None)
    return found if found and found.via != "anonymous" else None


def path() -> str:
    now = _request.get()
    return now.path if now else ""


def cookie(name: str) -> str:
    now = _request.get()
    return now.COOKIES.get(name, "") if now else ""
