"""The exact headers of an answer by its class, and what an answer has wrong beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.conf import settings

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
SANDBOX = {"sandbox": "", "default-src": "'none'"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "web",
}
DENIED = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "serial", "hid")
NEVER = ("X-Powered-By", "Via", "X-AspNet-Version", "X-Runtime", "Access-Control-Allow-Origin", "X-Debug", "ETag")
VERSION = re.compile(r"\d+\.\d+\.\d+")
PLAIN_TYPES = ("text/plain", "application/json", "text/csv")


def faults_in(headers: Mapping[str, str], *, is_static: bool = False) -> Iterator[str]:
    for name, value in ALWAYS.items():
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)!r}"
    policy = policy_of(headers.get("Content-Security-Policy", ""))
    if policy not in (POLICY, SANDBOX):
        yield f"Content-Security-Policy is {policy}"
    if policy == SANDBOX and "attachment" not in headers.get("Content-Disposition", "attachment"):
        yield "a file opens in the page"
    for name in DENIED:
        if f"{name}=()" not in headers.get("Permissions-Policy", "").split(", "):
            yield f"{name} is permitted"
    yield from _kept(headers, is_static=is_static)
    yield from _told(headers, is_static=is_static)


def _kept(headers: Mapping[str, str], *, is_static: bool) -> Iterator[str]:
    """Nothing of a person stays in a cache; static files do."""
    cache = headers.get("Cache-Control", "")
    if is_static != ("public" in cache and "no-store" not in cache) or is_static == ("no-store" in cache):
        yield f"Cache-Control is {cache!r}"


def _told(headers: Mapping[str, str], *, is_static: bool) -> Iterator[str]:
    for name in NEVER:
        if name in headers and not (is_static and name == "ETag"):
            yield f"{name} is told"
    if VERSION.search(headers.get("Server", "")):
        yield "the server tells its version"
    kind = headers.get("Content-Type", "")
    if kind.startswith("text/html") and "charset=utf-8" not in kind:
        yield f"Content-Type is {kind!r}"


def policy_of(text: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in text.split(";") if part.strip())
    return {name: value for name, _, value in parts}


def faults_of_cookies(cookies: Mapping[str, Mapping[str, str | bool]]) -> Iterator[str]:
    for name, morsel in cookies.items():
        if morsel["max-age"] == 0:
            continue
        if morsel["samesite"] not in ("Lax", "Strict"):
            yield f"cookie {name} goes along from other sites"
        if morsel["path"] != "/" or morsel["domain"]:
            yield f"cookie {name} is not of this host alone"
        # The one of the form token is read by our script, and the language by nobody.
        if not morsel["httponly"] and name not in (settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
            yield f"cookie {name} is for scripts to read"
