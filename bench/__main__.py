"""Builds the company, measures, prints the table, and with WRITE=1 keeps it in docs/reference/speed.md.

`python -m bench lists search` measures these parts alone; `python -m bench build` only builds.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg

from .measure import Figure
from .run import PARTS, WRITING

ROOT = Path(__file__).resolve().parent.parent
# Changes with what company.py builds, so that an older company is not measured for a newer one.
COMPANY = "v4"


def server() -> str:
    """The address of a server with the product's own settings (fsync on), without a database name."""
    from guanxi.edge.ops import postgres

    return postgres.ensure_running(ROOT / ".cache" / "bench-pg")


def named(url: str, name: str) -> str:
    before, _, after = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{after}"


def base_of(url: str, size: str) -> str:
    """The company as built, built if it is not there; its tables and indexes follow the code."""
    base, draft = f"bench_{size}_{COMPANY}", f"bench_{size}_draft"
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [base]).fetchone():
            say(f"Building a company of {size} customers; the larger one takes a while.")
            connection.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{draft}"')
            run_in(named(url, draft), "build")
            connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{base}"')
    run_in(named(url, base), "migrate")
    return base


def fresh_copy(url: str, base: str) -> str:
    """What writes measures a copy, so that one run does not burden the next."""
    copy = f"{base}_copy"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{base}" STRATEGY file_copy')
    return copy


def run_in(url: str, part: str) -> bytes:
    command = [sys.executable, "-m", "bench.run", part]
    return subprocess.run(command, check=True, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE).stdout


def measured(part: str, url: str, base: str) -> list[Figure]:
    say(f"Measuring: {part}.")
    database = fresh_copy(url, base) if part in WRITING else base
    return [Figure(**figure) for figure in json.loads(run_in(named(url, database), part))]


def main() -> int:
    size = os.environ.setdefault("SIZE", "100k")
    url = server()
    base = base_of(url, size)
    wanted = sys.argv[1:] or list(PARTS)
    if wanted == ["build"]:
        return 0
    figures = [figure for part in wanted for figure in measured(part, url, base)]
    table = as_table(figures, size)
    say(table)
    if os.environ.get("WRITE"):
        (ROOT / "docs/reference/speed.md").write_text(table + "\n", "utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


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
    return "\n".join([*lines, *(row_of(figure) for figure in figures)])


def row_of(f: Figure) -> str:
    bars = [
        f"{f.bar:g}" if f.bar else "",
        f"{'' if f.by_median or not f.p95 else 'p95 '}{f.most:g} ms" if f.most else "",
    ]
    bar = ", ".join(b for b in bars if b) or "–"
    p95 = f"{f.p95:,.1f}" if f.p95 else ""
    sql, ratio = (f"{f.sql:,.1f}", f"{f.ratio:.2f}") if f.sql >= 0.05 else ("", "")
    missed = "" if f.holds else " missed"
    return f"| {f.name} | {f.ours:,.1f} | {p95} | {sql} | {ratio} | {bar}{missed} | {f.note} |"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
