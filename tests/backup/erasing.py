"""A person with canaries in an installation that runs, and erasing that person there, by the product's own code."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from psycopg import sql

from guanxi.edge.ops import postgres
from tests.installation import ROOT, Installation

MARK = "canary7q"
PLANT = f"""
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer
from guanxi.core.privacy.actions.erasure import reasons_against
found = next(c for c in Customer.objects.order_by("id") if not reasons_against([c.id]) and c.activities.exists())
Customer.objects.filter(id=found.id).update(name="{MARK}")
Activity.objects.filter(customer_id=found.id).update(note="{MARK}")
print(found.id)
"""
ERASE = """
from guanxi.base.kernel.actor import Actor
from guanxi.core.privacy.actions.erasure import erase_customer
print(erase_customer(int(sys.argv[1]), actor=Actor.system("test")).digest)
"""
TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public'
"""


def told_by(made: Installation, script: str, *words: str) -> str:
    own = {"DATABASE_URL": postgres.Server(made.data / "postgres").url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import sys, django\ndjango.setup()\n" + script, *words],
        cwd=ROOT, env=made.environment() | own, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def hits(made: Installation) -> dict[str, int]:
    """Rows that hold the canary, by table, whatever the column."""
    with made.database() as db:
        tables: list[tuple[str, str]] = db.execute(TABLES.encode()).fetchall()
        assert len(tables) > 100
        query = "SELECT count(*) FROM {} t WHERE t::text LIKE %s"
        counts: dict[str, Any] = {
            table: db.execute(sql.SQL(query).format(sql.Identifier(schema, table)), [f"%{MARK}%"]).fetchone()
            for schema, table in tables
        }
    return {table: row[0] for table, row in counts.items() if row[0]}
