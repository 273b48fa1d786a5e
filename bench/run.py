"""One part in a process of its own: `python -m bench.run PART` measures and prints its figures as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module

import django

from .measure import Figure

# What writes gets a copy of the company to itself; the others share one.
WRITING = {"imports", "rules", "exports", "creating", "following", "compliance"}
PARTS = ("pages", "lists", "search", "boards", "exports", "creating", "imports", "rules", "following", "compliance")


def main() -> int:
    os.environ.setdefault("SECRET_KEY", "bench-only")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    part, size = sys.argv[1], os.environ.get("SIZE", "100k")
    if part in PREPARATIONS:
        PREPARATIONS[part](size)
        return 0
    figures: list[Figure] = import_module(f"bench.{part}").figures(size)
    sys.stdout.write(json.dumps([asdict(figure) for figure in figures]) + "\n")
    return 0


def migrate(size: str) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)
        # New tables and indexes are measured as they are after a night, not after a minute.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def build(size: str) -> None:
    from . import company

    migrate(size)
    company.build(company.SIZES[size])


PREPARATIONS: dict[str, Callable[[str], None]] = {"migrate": migrate, "build": build}

if __name__ == "__main__":
    sys.exit(main())
