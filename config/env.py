"""Typed reading of the environment. Business choices are rows in the database, never here."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})


def data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR", "data")).resolve()


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in YES


def number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def at_least(name: str, default: int, *, least: int) -> int:
    value = number(name, default)
    if value < least:
        raise ImproperlyConfigured(f"{name} is {value}; it must be at least {least}.")
    return value


def one_of(name: str, *allowed: str) -> str:
    """The first is the default."""
    value = os.environ.get(name, allowed[0])
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(filter(None, allowed))}.")
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
        "ENGINE": "guanxi.base.kernel.database",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": {
            **database_timeouts(),
            **query,
            "prepare_threshold": 0 if flag("PREPARED_STATEMENTS", True) else None,
        },
    }


def database_timeouts() -> dict[str, object]:
    """Nothing waits for ever. Pages are bound to what a person waits; jobs may take their time.

    `patience` is our own (kernel/database): longer than the server's, for servers that do not answer at all.
    """
    timeouts: dict[str, object] = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10}
    timeouts |= {"keepalives_count": 3, "tcp_user_timeout": 60_000}
    seconds = at_least("STATEMENT_TIMEOUT", 30, least=0)
    if not flag("GUANXI_WEB") or not seconds:
        return timeouts
    of_server = {"statement_timeout": seconds, "lock_timeout": 5, "idle_in_transaction_session_timeout": 60}
    text = " ".join(f"-c {name}={value}s" for name, value in of_server.items())
    # Poolers between refuse to be told such things.
    told = {"options": text} if flag("DATABASE_TIMEOUTS", True) else {}
    return timeouts | {"patience": seconds + 5.0} | told


def embedded_database(data: Path) -> Path:
    """Where the embedded server keeps its files; edge/ops/osuser.py leaves the pointer."""
    pointer = data / "postgres" / "pg.path"
    return Path(pointer.read_text().strip()) if pointer.exists() else data / "postgres" / "pg"


def backup_folder(data: Path) -> Path:
    """Where backups lie on a disk of this machine, or would: those of a bucket take no room here."""
    target = os.environ.get("BACKUP_TARGET", "").strip()
    return Path(target) if target and "://" not in target else data / "backups"


def cookie_suffix() -> str:
    """Browsers keep cookies per host, not per port: two installations on one machine need two names."""
    suffix = os.environ.get("GUANXI_COOKIE_SUFFIX", "")
    return f"_{suffix}" if suffix else ""
