"""Builds the company, measures, prints the table, and with WRITE=1 keeps it in docs/reference/speed.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

import django
import psycopg

from .measure import Figure

ROOT = Path(__file__).resolve().parent.parent


def server() -> str:
    """The address of a server with the product's own settings (fsync on), without a database name."""
    from guanxi.edge.ops import postgres

    return postgres.ensure_running(ROOT / ".cache" / "bench-pg")


def named(url: str, name: str) -> str:
    before, _, after = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{after}"


def fresh_copy(url: str, size: str) -> None:
    """Every run measures a copy of the company as built, so that one run does not burden the next."""
    base, copy = f"bench_{size}_base", f"bench_{size}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [base]).fetchone():
            connection.execute(f'CREATE DATABASE "{copy}"')
            subprocess.run([sys.executable, "-m", "bench", "build"], check=True, env=os.environ)
            connection.execute(f'ALTER DATABASE "{copy}" RENAME TO "{base}"')
        connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{base}" STRATEGY file_copy')


def main() -> int:
    size = os.environ.setdefault("SIZE", "100k")
    url = server()
    os.environ["DATABASE_URL"] = named(url, f"bench_{size}")
    os.environ.setdefault("SECRET_KEY", "bench-only")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    if sys.argv[1:]:
        django.setup()
        return PARTS[sys.argv[1]](size)
    # Each part has a copy of its own: what an import adds would burden the rules.
    figures = [figure for part in ("imports", "rules") for figure in run_part(part, url, size)]
    table = as_table(figures, size)
    say(table)
    if os.environ.get("WRITE"):
        (ROOT / "docs/reference/speed.md").write_text(table + "\n", "utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


def run_part(part: str, url: str, size: str) -> list[Figure]:
    fresh_copy(url, size)
    say(f"Measuring: {part}.")
    command = [sys.executable, "-m", "bench", part]
    done = subprocess.run(command, check=True, env=os.environ, stdout=subprocess.PIPE)
    return [Figure(**figure) for figure in json.loads(done.stdout)]


def build(size: str) -> int:
    from django.core.management import call_command

    from . import company

    wanted = company.SIZES[size]
    say(f"Building a company of {wanted.customers:,} customers and {wanted.activities:,} activities.")
    call_command("migrate", verbosity=0)
    company.build(wanted)
    return 0


def imports(size: str) -> int:
    from . import company
    from .imports import import_figures

    return tell(import_figures(rows=min(100_000, company.SIZES[size].customers)))


def rules(size: str) -> int:
    """And the pages, which show what the rules have made."""
    from .pages import page_figures
    from .rules import approve_pack, rule_figures

    approve_pack()
    return tell([*rule_figures(), *page_figures()])


def tell(figures: list[Figure]) -> int:
    say(json.dumps([asdict(figure) for figure in figures]))
    return 0


PARTS = {"build": build, "imports": imports, "rules": rules}


def as_table(figures: list[Figure], size: str) -> str:
    lines = [
        "# Speed",
        "",
        f"`make bench` on {date.today():%Y-%m-%d}, size {size}, {os.cpu_count()} cores, Python {platform.python_version()}.",  # noqa: DTZ011 (the day of the report)
        "Each figure stands beside hand-written SQL for the same work in the same run; the ratio is the bar.",
        "",
        "| what | ours, ms | p95 | SQL, ms | ratio | bar | note |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for f in figures:
        bar = f"{f.bar:g}{'' if f.holds else ' missed'}" if f.bar else "–"
        p95 = f"{f.p95:,.1f}" if f.p95 else ""
        lines.append(f"| {f.name} | {f.ours:,.1f} | {p95} | {f.sql:,.1f} | {f.ratio:.2f} | {bar} | {f.note} |")
    return "\n".join(lines)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
