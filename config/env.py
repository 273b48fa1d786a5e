"""Typed reading of the environment. Business choices are rows in the database, never here."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR", "data")).resolve()


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def at_least(name: str, default: int, *, least: int) -> int:
    value = number(name, default)
    if value < least:
        raise ImproperlyConfigured(f"{name} is {value}; it must be at least {least}.")
    return value


def secret_key() -> str:
    """From SECRET_KEY, or the file the supervisor wrote; a process without either must not start with a known key."""
    if value := os.environ.get("SECRET_KEY"):
        return value
    path = data_dir() / "secret_key"
    return path.read_text().strip() if path.exists() else ""


def database(url: str) -> dict[str, object]:
    """A `postgresql://` address as Django settings; the socket folder may stand in `?host=`.

    What many requests run is planned once per connection (kernel/statements.py), unless a pooler between forbids it.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {**query, "prepare_threshold": 0 if flag("PREPARED_STATEMENTS", True) else None},
    }


def cookie_suffix() -> str:
    """Browsers keep cookies per host, not per port: two installations on one machine need two names."""
    suffix = os.environ.get("GUANXI_COOKIE_SUFFIX", "")
    return f"_{suffix}" if suffix else ""
