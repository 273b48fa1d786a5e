"""A list of a hundred thousand rows as a file, from the request to the file in the database, and what it holds in memory."""

from __future__ import annotations

import resource

from django.db import connection
from django.test import override_settings

from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import Wanted, ask_export
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.running import carry_out
from guanxi.core.customers.screens.customer import CUSTOMERS

from .lists import reader
from .measure import Figure, timed

MOST_MS, MOST_MB = 20_000.0, 300.0
# Of a million customers about a hundred thousand were made in these days (company.py).
WHERE = {"1m": "created_at > now - 47 days"}
BY_HAND = """
COPY (SELECT t.number, t.name, t.phone, t.status, t.grade, s.name, u.name, t.last_contact_at, t.created_at
  FROM customers_customer t LEFT JOIN org_staff s ON s.id = t.owner_id LEFT JOIN org_unit u ON u.id = t.unit_id
  WHERE t.removed_at IS NULL ORDER BY t.created_at DESC, t.id DESC LIMIT 100000) TO STDOUT (FORMAT csv)
"""


def figures(size: str) -> list[Figure]:
    found = [figure(format_, size) for format_ in (ExportRun.CSV, ExportRun.XLSX)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*found, Figure("export: peak of the process, MB instead of ms", peak, 0.0, None, most=MOST_MB)]


@override_settings(EXPORT_WITHOUT_PERMIT=10**7, EXPORT_WITHOUT_PERMIT_A_DAY=10**8)
def figure(format_: str, size: str) -> Figure:
    actor, asked = reader("gm"), Asked(where=WHERE.get(size, ""))
    run = ask_export(CUSTOMERS, asked, Wanted(format_, "bench"), actor=actor)
    took = timed(lambda: carry_out(run.pk))
    run.refresh_from_db()
    if run.state != ExportRun.DONE:
        raise RuntimeError(f"export ended as {run.state}: {run.problem}")
    note = f"{run.rows:,} rows, {run.size / 1e6:.0f} MB"
    return Figure(f"export of a list as {format_}", took, timed(by_hand), None, note=note, most=MOST_MS)


def by_hand() -> None:
    with connection.cursor() as cursor, cursor.copy(BY_HAND) as copy:  # type: ignore[attr-defined]  # psycopg's
        for _ in copy:
            pass
