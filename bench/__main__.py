"""Builds the company, measures, prints the table, and with WRITE=1 keeps it in docs/reference/speed.md."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

import django
import psycopg

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
    if sys.argv[1:] == ["build"]:
        return build()
    fresh_copy(url, size)
    return measure(size)


def build() -> int:
    django.setup()
    from django.core.management import call_command

    from . import company

    size = company.SIZES[os.environ["SIZE"]]
    say(f"Building a company of {size.customers:,} customers and {size.activities:,} activities.")
    call_command("migrate", verbosity=0)
    company.build(size)
    return 0


def measure(size: str) -> int:
    django.setup()
    from . import company, imports, pages, rules

    say("Measuring the import.")
    figures = imports.import_figures(rows=min(100_000, company.SIZES[size].customers))
    rules.approve_pack()
    say("Measuring the rules.")
    figures += rules.rule_figures()
    say("Measuring pages.")
    figures += pages.page_figures()
    table = as_table(figures, size)
    say(table)
    if os.environ.get("WRITE"):
        (ROOT / "docs/reference/speed.md").write_text(table + "\n", "utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


def as_table(figures: list, size: str) -> str:  # type: ignore[type-arg]  # Figure is importable only after setup
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
