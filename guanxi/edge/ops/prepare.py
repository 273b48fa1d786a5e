"""Brings the database and the served files to this release. Run by the supervisor; safe to repeat."""

from __future__ import annotations

import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from guanxi.edge.ops import refusals, upgrading
from guanxi.edge.ops.installation import ROOT, Installation, write_secret

LOCK = 0x677578  # several hosts may come up at once on one database
OLDEST_POSTGRES = 150000
MUST_BE_ON = ("fsync", "full_page_writes")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    compile_translations()
    collect_static()
    here = Installation.from_environment()
    with alone():
        refuse_unsafe_database()
        upgrading.migrate(here)
        after_restore(here)
        refuse_demo_for_others(here)
        first_rows(here)
    return 0


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with suppress(Exception), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


# --- files ---


@contextmanager
def once_per_content(name: str, sources: Iterator[Path]) -> Iterator[bool]:
    """True when the sources changed since this was last done; two installations may share the folder."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (build / f".{name}").open("a+") as note:
        flock(note, LOCK_EX)
        note.seek(0)
        before, now = note.read(), _fingerprint(sources)
        yield before != now
        note.truncate(0)
        note.write(now)


def _fingerprint(sources: Iterator[Path]) -> str:
    stats = sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sources if path.is_file())
    return hashlib.sha256(repr(stats).encode()).hexdigest()


def compile_translations() -> None:
    with once_per_content("translations", (ROOT / "locale").glob("*/LC_MESSAGES/*.po")) as is_due:
        if is_due:
            subprocess.run([sys.executable, str(ROOT / "tools/i18n.py"), "compile"], check=True)


def collect_static() -> None:
    with once_per_content("static", _static_sources()) as is_due:
        if is_due:
            say("Collecting the static files ...")
            call_command("collectstatic", interactive=False, verbosity=0)


def _static_sources() -> Iterator[Path]:
    yield from (ROOT / "build/vendor").glob("*")
    for folder in (ROOT / "guanxi").glob("*/*/static"):
        yield from folder.rglob("*")


# --- database ---


def refuse_unsafe_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        version = cursor.fetchone()[0]
        if version < OLDEST_POSTGRES:
            sys.exit(f"PostgreSQL 15 or later is needed; this one says {version}.")
        for name in MUST_BE_ON:
            cursor.execute("SELECT current_setting(%s)", [name])
            if cursor.fetchone()[0] != "on":
                sys.exit(f"PostgreSQL runs with {name} off: a power cut would destroy the data. Turn it on first.")


def after_restore(here: Installation) -> None:
    """Before the first request: what happened since the backup and must hold all the same."""
    from guanxi.edge.ops.backups.afterwards import carry_out

    for line in carry_out(here):
        say(line)


def refuse_demo_for_others(here: Installation) -> None:
    from guanxi.base.org.models import Account
    from guanxi.edge.ops import demo

    is_open = demo.is_open() if Account.objects.exists() else here.demo
    if wrong := refusals.demo_for_others(is_open=is_open):
        sys.exit(f"Guanxi does not start like this:\n{wrong}")


def first_rows(here: Installation) -> None:
    from guanxi.base.kernel import clock
    from guanxi.base.org.calendar import fill_calendar
    from guanxi.base.org.models import Account
    from guanxi.domain.archive.controlled import load_templates
    from guanxi.edge.ops.roles import load_roles
    from guanxi.edge.ops.seed import load

    load_roles()
    load_templates()
    if Account.objects.exists():
        welcome(here)
        return
    fill_calendar(clock.today().year - 1, clock.today().year + 1)
    if here.demo:
        say("Founding the demo company ...")
        load()
    welcome(here)


def welcome(here: Installation) -> None:
    """What the supervisor prints with the address, kept readable by the owner alone."""
    note = here.data / "welcome"
    note.unlink(missing_ok=True)
    write_secret(note, _welcome_text(here))


def _welcome_text(here: Installation) -> str:
    from guanxi.base.org.models import Account
    from guanxi.edge.ops.demo import sign_ins, table

    if not Account.objects.exists():
        write_secret(here.setup_code, secrets.token_hex(4))
        code = here.setup_code.read_text()
        return f"Create the first administrator at {here.address}/set-up with the code {code}\n"
    return table(sign_ins())


if __name__ == "__main__":
    sys.exit(main())
