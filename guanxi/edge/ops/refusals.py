"""With what Guanxi does not start: each sentence says what is wrong and what to set."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from config import env

from .installation import Installation

ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1", "testserver"})
SHORTEST_KEY = 32
# What the connection to a database on another machine must be, by DATABASE_TLS; the first is the default.
ENCRYPTED = {"verify": ("verify-full",), "require": ("require", "verify-ca", "verify-full"), "none": ()}
KNOWN_KEYS = ("only-for-debug", "django-insecure", "changeme", "secret")


def faults(here: Installation, given: Mapping[str, str] = os.environ) -> list[str]:
    plain = plain_database(here.database_url, given)
    return [*_open_places(given), *_weak_key(given), *_readable_secrets(here), *filter(None, [plain])]


def names_for_others(given: Mapping[str, str] = os.environ) -> list[str]:
    """Under which people on other machines reach it."""
    hosts = {host.strip() for host in given.get("ALLOWED_HOSTS", "").split(",") if host.strip()}
    return sorted(hosts - ON_THIS_MACHINE)


def _open_places(given: Mapping[str, str]) -> Iterator[str]:
    public = names_for_others(given)
    if not public:
        return
    if _is_on(given, "DEBUG"):
        yield f"DEBUG=1 shows the inside of the program to everybody at {public[0]}. Leave it out."
    if not _is_on(given, "BEHIND_TLS") and not _is_on(given, "ALLOW_PLAIN_HTTP"):
        yield (
            f"{public[0]} would be served without encryption: passwords could be read on the way. Put a proxy with "
            "https in front and set BEHIND_TLS=1, or take the risk with ALLOW_PLAIN_HTTP=1."
        )


def demo_for_others(*, is_open: bool, given: Mapping[str, str] = os.environ) -> str:
    """`is_open`: a demo company is there, or is about to be founded, whose password is printed everywhere."""
    public = names_for_others(given)
    if not (public and is_open) or _is_on(given, "DEMO_FOR_OTHERS"):
        return ""
    return (
        f"The demo company, whose password is printed in the manual, would be open to everybody at {public[0]}. Found "
        "your own with DEMO=0 and a new DATA_DIR (or database), give its accounts other passwords, or take the risk "
        "with DEMO_FOR_OTHERS=1."
    )


def plain_database(url: str, given: Mapping[str, str] = os.environ) -> str:
    """Passwords and customers travel on that connection. A socket, or this machine, needs no encryption."""
    wanted = given.get("DATABASE_TLS", "verify")
    if wanted not in ENCRYPTED:
        return f"DATABASE_TLS is {wanted!r}; it must be one of: {', '.join(ENCRYPTED)}."
    far = [host for host in _hosts_of(url) if host not in ON_THIS_MACHINE and not host.startswith("/")]
    allowed, mode = ENCRYPTED[wanted], _mode_of(url, given)
    if not far or not allowed or mode in allowed:
        return ""
    return (
        f"The connection to the database on {far[0]} could be read or turned aside on the way (sslmode={mode}). Add "
        f"sslmode={allowed[-1]} to DATABASE_URL, with sslrootcert where the authority is your own, or say with "
        "DATABASE_TLS what is enough: require (encrypted, whoever answers) or none (a network of its own)."
    )


def _hosts_of(url: str) -> list[str]:
    """As the driver reads them: several with commas, `host` instead of the name before it, `hostaddr` besides."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    places = parts.netloc.rpartition("@")[2].split(",")
    before = [unquote(re.sub(r":\d*$", "", place)) for place in places]
    named, more = (
        [host for value in asked.get(name, []) for host in value.split(",")] for name in ("host", "hostaddr")
    )
    return [host for host in [*(named if any(named) else before), *more] if host]


def _mode_of(url: str, given: Mapping[str, str]) -> str:
    """As the driver has it."""
    return parse_qs(urlsplit(url).query).get("sslmode", [given.get("PGSSLMODE", "prefer")])[-1]


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
