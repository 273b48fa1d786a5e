"""Measure: figures per clause, month, person and unit, kept ready to read.

Triggers on duties append differences to `rulebooks_tally` (migration 0006). Here they are folded, compared with the
duties they count, built anew, and the late list of a day is kept.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from guanxi.base.kernel import clock, statements

from ..models import FIGURES

KEY = "clause_id, month, staff_id, unit_id"
COLUMNS = f"{KEY}, {', '.join(FIGURES)}"
SUMS = ", ".join(f"sum({figure}) AS {figure}" for figure in FIGURES)
# What the figures are, said once more in one statement over all duties.
COUNTED = """SELECT clause_id,
  date_trunc('month', (due_at AT TIME ZONE 'Asia/Shanghai') - interval '1 microsecond')::date AS month,
  COALESCE(assignee_id, 0) AS staff_id, COALESCE(unit_id, 0) AS unit_id, count(*) AS raised,
  count(*) FILTER (WHERE state = 'done' AND NOT is_caught_up AND NOT settled_late) AS in_time,
  count(*) FILTER (WHERE state = 'done' AND NOT is_caught_up AND settled_late) AS late,
  count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
  count(*) FILTER (WHERE is_caught_up AND state <> 'withdrawn') AS caught_up,
  count(*) FILTER (WHERE is_forgiven) AS forgiven
FROM rulebooks_duty WHERE clause_id IS NOT NULL GROUP BY 1, 2, 3, 4"""
HAS_ANY = f"({', '.join(f'sum({figure})' for figure in FIGURES)}) <> (0, 0, 0, 0, 0, 0)"
SUMMED = f"SELECT {KEY}, {SUMS} FROM rulebooks_tally GROUP BY {KEY} HAVING {HAS_ANY}"
# Rows of a tally are never changed, only replaced, so whoever reads sees all of before or all of after.
FOLD = f"""
WITH fresh AS (SELECT DISTINCT {KEY} FROM rulebooks_tally WHERE is_fresh),
gone AS (DELETE FROM rulebooks_tally t USING fresh f
  WHERE (t.clause_id, t.month, t.staff_id, t.unit_id) = (f.clause_id, f.month, f.staff_id, f.unit_id) RETURNING t.*)
INSERT INTO rulebooks_tally ({COLUMNS}, is_fresh) SELECT {KEY}, {SUMS}, FALSE FROM gone GROUP BY {KEY} HAVING {HAS_ANY}
"""
# One snapshot: what others change meanwhile stands in differences that are neither removed nor counted here.
REBUILD = f"""
WITH gone AS (DELETE FROM rulebooks_tally)
INSERT INTO rulebooks_tally ({COLUMNS}, is_fresh) SELECT x.*, FALSE FROM ({COUNTED}) x
"""
DIFFERENT = f"""
SELECT count(*) FROM ((({COUNTED}) EXCEPT ({SUMMED})) UNION ALL (({SUMMED}) EXCEPT ({COUNTED}))) x
"""
LATE = """
INSERT INTO rulebooks_dayend (day, clause_id, late, duty_ids, taken_at)
SELECT %(day)s, clause_id, count(*), array_agg(id ORDER BY due_at, id), %(now)s FROM rulebooks_duty
WHERE state = 'open' AND NOT is_caught_up AND due_at <= %(until)s AND clause_id IS NOT NULL GROUP BY clause_id
ON CONFLICT (day, clause_id) DO NOTHING
"""
ONE_AT_A_TIME = 74061


def fold() -> None:
    """Differences into one row per key. Nobody waits for it, and it waits only for another fold."""
    _write(FOLD)


def rebuild() -> None:
    _write(REBUILD)


def differences() -> int:
    """How many figures say another number than the duties; 0 is what it should be."""
    return int(statements.value(DIFFERENT))


def keep_day_end(day: date) -> None:
    """The late list of the day that is over; the first one taken stays."""
    with connection.cursor() as cursor:
        cursor.execute(LATE, {"day": day, "until": clock.end_of(day), "now": clock.now()})


@transaction.atomic
def _write(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute(sql)
