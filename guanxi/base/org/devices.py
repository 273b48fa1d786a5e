"""Browsers somebody signed in with before: a signed cookie says so, and a guesser elsewhere does not slow them down."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "guanxi.device"
A_YEAR = 365 * 86400
MOST_PEOPLE = 5
BROWSERS = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
SHOWN = {"MicroMessenger": "WeChat", "Edg": "Edge"}


def is_known(request: HttpRequest, account_id: int) -> bool:
    return account_id in _accounts(request)


def remember(request: HttpRequest, response: HttpResponse, account_id: int) -> None:
    known = [account_id, *(one for one in _accounts(request) if one != account_id)][:MOST_PEOPLE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(known, salt=SALT),
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _accounts(request: HttpRequest) -> list[int]:
    try:
        known = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=A_YEAR)
    except signing.BadSignature:
        return []
    return [one for one in known if isinstance(one, int)] if isinstance(known, list) else []


def named(user_agent: str) -> str:
    """Such as "Chrome, Windows": enough for the owner to recognise it, no fingerprint."""
    browser = next((SHOWN.get(word, word) for word in BROWSERS if word in user_agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in user_agent), "")
    return ", ".join(filter(None, (browser, system)))
