"""With what Guanxi does not start: each sentence says what is wrong and what to set."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping

from config import env

from .installation import Installation

ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})
SHORTEST_KEY = 32
KNOWN_KEYS = ("only-for-debug", "django-insecure", "changeme", "secret")


def faults(here: Installation, given: Mapping[str, str] = os.environ) -> list[str]:
    return [*_open_places(given), *_weak_key(given), *_readable_secrets(here)]


def _open_places(given: Mapping[str, str]) -> Iterator[str]:
    hosts = {host.strip() for host in given.get("ALLOWED_HOSTS", "").split(",") if host.strip()}
    public = sorted(hosts - ON_THIS_MACHINE)
    if not public:
        return
    if _is_on(given, "DEBUG"):
        yield f"DEBUG=1 shows the inside of the program to everybody at {public[0]}. Leave it out."
    if not _is_on(given, "BEHIND_TLS") and not _is_on(given, "ALLOW_PLAIN_HTTP"):
        yield (
            f"{public[0]} would be served without encryption: passwords could be read on the way. Put a proxy with "
            "https in front and set BEHIND_TLS=1, or take the risk with ALLOW_PLAIN_HTTP=1."
        )


def _weak_key(given: Mapping[str, str]) -> Iterator[str]:
    key = given.get("SECRET_KEY", "")
    if key and (len(key) < SHORTEST_KEY or key.lower().startswith(KNOWN_KEYS)):
        yield f"SECRET_KEY is short or well known. Leave it out (one is made) or give {SHORTEST_KEY} random characters."


def _readable_secrets(here: Installation) -> Iterator[str]:
    for name in ("secret_key", "setup_code"):
        path = here.data / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield f"{path} can be read by others on this machine. Run: chmod 600 {path}"


def _is_on(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "0").lower() in env.YES
