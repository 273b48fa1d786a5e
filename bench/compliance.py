"""The pages of figures with 50 thousand and with 5 million closed duties, beside hand-written SQL for the same work.

What is open is the same at both sizes; the duties lie over two years. A page must cost at 5 million what it costs at 50
thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

from guanxi.base.kernel import clock
from guanxi.base.org.models import Grant, Role
from guanxi.core.rulebooks.models import DayCheck, Rule
from guanxi.core.rulebooks.phases import measuring

from .loading import bare
from .measure import Figure, compare, timed
from .pages import DUTIES, DUTY_COUNTS, Reader, runs
from .rules import approve_pack

SMALL, LARGE, OPEN_DUTIES, DAYS = 50_000, 5_000_000, 20_000, 720
GROWTH, BESIDE_MS = 1.2, 2.0
DUTY = """
INSERT INTO rulebooks_duty (clause_id, rule_id, subject_kind, subject_id, customer_id, unit_id, occurrence, step, assignee_id,
  purpose, purpose_en, opens_at, due_at, base_due_at, is_caught_up, created_at, state, settled_at, settled_late, withdrawn_at,
  withdrawn_why)
SELECT r.clause_id, r.id, 'fileform', i + %(offset)s, %(customer)s + i %% %(customers)s, o.unit_id, 'bench', 1, o.staff_id,
  'call', '', x.due_at - interval '3 days', x.due_at, x.due_at, {caught_up}, x.due_at - interval '3 days', {state}
FROM generate_series(%(first)s, %(last)s) i
JOIN (SELECT clause_id, id, row_number() OVER (ORDER BY id) - 1 AS n FROM rulebooks_rule WHERE id = ANY(%(rules)s)) r
  ON r.n = i %% %(count)s
JOIN bench_owner o ON o.position = (hashint8extended(i, 3) & 1023) %% 400
CROSS JOIN LATERAL (SELECT %(midnight)s::timestamptz - ({days}) * interval '1 day' AS due_at) x
"""
# Of a hundred closed ones 85 in time, 10 late, 3 withdrawn, 2 caught up. Some were done today.
CLOSED = """CASE WHEN i %% 100 < 3 THEN 'withdrawn' ELSE 'done' END,
  CASE WHEN i %% 100 >= 3 THEN least(x.due_at + CASE WHEN i %% 100 < 13 THEN interval '1 day' ELSE interval '-5 hours' END,
    %(now)s::timestamptz) END,
  i %% 100 BETWEEN 3 AND 12, CASE WHEN i %% 100 < 3 THEN x.due_at END, CASE WHEN i %% 100 < 3 THEN 'by_hand' ELSE '' END"""
FIGURES = """
SELECT clause_id, month, sum(raised), sum(in_time), sum(late), sum(withdrawn), sum(caught_up), sum(forgiven)
FROM rulebooks_tally WHERE month BETWEEN %s AND %s {where} GROUP BY 1, 2
"""
BY = """
SELECT {column}, sum(raised), sum(in_time), sum(late), sum(withdrawn), sum(caught_up), sum(forgiven)
FROM rulebooks_tally WHERE month = %s {where} GROUP BY 1
"""
LATE = """
SELECT clause_id, assignee_id, unit_id, count(*) FROM rulebooks_duty
WHERE state = 'open' AND NOT is_caught_up AND due_at > %s AND due_at <= %s {where} GROUP BY 1, 2, 3
"""
WORDS = """
SELECT r.*, c.key, b.* FROM rulebooks_rule r JOIN rulebooks_clause c ON c.id = r.clause_id
JOIN rulebooks_rulebook b ON b.id = c.rulebook_id WHERE r.version_id = (SELECT max(version_id) FROM rulebooks_rule)
"""
NAMES = (
    "SELECT id, name FROM org_staff WHERE left_on IS NULL ORDER BY pinyin",
    "SELECT id, parent_id, name FROM org_unit",
)
BRANCH = """
SELECT s.id, s.name,
  (SELECT count(*) FROM rulebooks_duty t WHERE t.assignee_id = s.id AND t.state = 'open' AND NOT t.is_caught_up
    AND t.due_at <= %s),
  (SELECT count(*) FROM rulebooks_duty t WHERE t.assignee_id = s.id AND t.state = 'done' AND t.settled_at >= %s)
FROM org_staff s WHERE s.id IN (SELECT staff_id FROM org_post WHERE unit_id = ANY(%s::bigint[]))
"""
BRANCH_ROWS = """
SELECT d.id, d.due_at, d.purpose, c.id, c.name, c.phone, r.article, s.name
FROM (SELECT k.id FROM unnest(%s::bigint[]) p(id) CROSS JOIN LATERAL (
    (SELECT t.id FROM rulebooks_duty t WHERE t.assignee_id = p.id AND t.state = 'open' AND NOT t.is_caught_up
      AND t.due_at <= %s ORDER BY t.due_at, t.id LIMIT 60)
    UNION ALL (SELECT t.id FROM rulebooks_duty t WHERE t.assignee_id = p.id AND t.state = 'done' AND t.settled_at >= %s
      ORDER BY t.settled_at LIMIT 60)) k LIMIT 400) k JOIN rulebooks_duty d ON d.id = k.id
LEFT JOIN customers_customer c ON c.id = d.customer_id LEFT JOIN rulebooks_rule r ON r.id = d.rule_id
LEFT JOIN org_staff s ON s.id = d.assignee_id
"""
Statements = list[tuple[str, list[object]]]


class Page(NamedTuple):
    name: str
    opens: Callable[[], bytes]
    sql: Statements


def figures(size: str) -> list[Figure]:
    approve_pack()
    let_check()
    small = at_size(0, SMALL, with_open=True)
    large = at_size(SMALL, LARGE, with_open=False)
    costs = [trigger_cost(), fold_cost()]
    return [*small, *large, *(growth(a, b) for a, b in zip(small, large, strict=True)), *costs]


def let_check() -> None:
    """The company may be older than the board."""
    role = Role.objects.get(key="service-doctor")
    Grant.objects.get_or_create(role=role, kind=DayCheck.KIND, verb="create", defaults={"scope": "branch"})


def at_size(done: int, count: int, *, with_open: bool) -> list[Figure]:
    fill(done, count, with_open=with_open)
    said = f"{count // 1000} thousand closed duties"
    return [compare(f"{page.name}, {said}", page.opens, runs(page.sql), bar=4.0, times=15) for page in pages()]


def growth(small: Figure, large: Figure) -> Figure:
    most = small.ours * GROWTH + BESIDE_MS
    name = f"{large.name.rpartition(',')[0]}: 5 million beside 50 thousand"
    return Figure(name, large.ours, small.ours, None, most=round(most, 1), by_median=True, note="SQL: at 50 thousand")


def fill(done: int, count: int, *, with_open: bool) -> None:
    """Closed duties number `done` to `count`; the tallies are built anew by their one statement."""
    rules = [rule.pk for rule in Rule.objects.order_by("id") if rule.spec["steps"] and not rule.spec.get("waits_for")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id), count(*) FROM customers_customer")
        customer, customers = cursor.fetchone()
        values: dict[str, object] = {
            "customer": customer,
            "customers": customers,
            "midnight": clock.start_of(clock.today()),
            "now": clock.now(),
            "rules": rules,
            "count": len(rules),
            "offset": 100_000_000,
        }
        cursor.execute("ALTER TABLE rulebooks_duty DISABLE TRIGGER USER")
    with bare("rulebooks_duty"), connection.cursor() as cursor:
        closed = DUTY.format(caught_up="i %% 100 > 97", state=CLOSED, days=f"i %% {DAYS}")
        cursor.execute(closed, values | {"first": done + 1, "last": count})
        if with_open:
            state = "'open', NULL, FALSE, NULL, ''"
            still = DUTY.format(caught_up="FALSE", state=state, days="i %% 40 - 25")
            cursor.execute(still, values | {"first": 1, "last": OPEN_DUTIES, "offset": 200_000_000})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rulebooks_duty ENABLE TRIGGER USER")
        measuring.rebuild()
        cursor.execute("VACUUM ANALYZE rulebooks_duty, rulebooks_tally")


def pages() -> list[Page]:
    gm, manager, rep, doctor = (Reader(login) for login in ("gm", "manager3", "rep7", "doctor-u3"))
    return [
        Page("compliance, reader: all", gm.opens("/compliance"), [*gm.who(), *by_hand("")]),
        Page("compliance, reader: subordinates", manager.opens("/compliance"), [*manager.who(), *of_people(manager)]),
        Page("rulebook, reader: all", gm.opens("/rulebooks/huixiao-archive"), [*gm.who(), *by_hand("", by_people=False)]),
        Page("own record", rep.opens("/record"), [*rep.who(), *of_people(rep, only=rep.staff.pk)]),
        Page("board of the day", doctor.opens("/board"), [*doctor.who(), *of_branch(doctor)]),
        Page("workbench", rep.opens("/"), [*rep.who(), *of_workbench(rep)]),
    ]  # fmt: skip


def by_hand(where: str, *, by_people: bool = True, duties: str = "", values: list[object] | None = None) -> Statements:
    first, last, more = month_before(5), month_before(0), values or []
    statements: Statements = [
        (FIGURES.format(where=where), [first, last, *more]),
        (LATE.format(where=duties), [clock.start_of(last), clock.now(), *more]),
        (WORDS, []),
    ]
    if by_people:
        statements += [(BY.format(column=column, where=where), [last, *more]) for column in ("staff_id", "unit_id")]
        statements += [(sql, []) for sql in NAMES]
    return statements


def of_people(reader: Reader, *, only: int | None = None) -> Statements:
    people: list[object] = [[only] if only else reader.below()]
    staff, assignee = "AND staff_id = ANY(%s::bigint[])", "AND assignee_id = ANY(%s::bigint[])"
    return by_hand(staff, by_people=only is None, duties=assignee, values=people)


def of_branch(reader: Reader) -> Statements:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(id) FROM org_unit WHERE parent_id = (SELECT parent_id FROM org_unit u JOIN org_post p"
            " ON p.unit_id = u.id WHERE p.staff_id = %s)",
            [reader.staff.pk],
        )
        units = cursor.fetchone()[0]
        cursor.execute("SELECT array_agg(staff_id) FROM org_post WHERE unit_id = ANY(%s)", [units])
        people = cursor.fetchone()[0]
    morning, tonight = clock.start_of(clock.today()), clock.end_of(clock.today())
    return [(BRANCH, [tonight, morning, units]), (BRANCH_ROWS, [people, tonight, morning])]


def of_workbench(reader: Reader) -> Statements:
    now, midnight, who = clock.now(), clock.end_of(clock.today()), reader.staff.pk
    whens = ["d.due_at <= %s", "d.due_at > %s AND d.due_at <= %s", "d.due_at > %s"]
    values: list[list[object]] = [[who, now], [who, now, midnight], [who, midnight]]
    parts: Statements = [(DUTIES.format(when=w), v) for w, v in zip(whens, values, strict=True)]
    return [*parts, (DUTY_COUNTS, [now, now, midnight, who])]


def month_before(count: int) -> date:
    first = clock.today().replace(day=1)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def trigger_cost() -> Figure:
    """Raising 20,000 duties with the figures kept, beside the same without them."""
    insert = DUTY.format(caught_up="FALSE", state="'open', NULL, FALSE, NULL, ''", days="i %% 40 - 25")
    rules = list(Rule.objects.values_list("id", flat=True)[:1])
    values = {
        "customer": 1, "customers": 1, "midnight": clock.start_of(clock.today()), "now": clock.now(), "rules": rules, "count": 1,
        "first": 1, "last": OPEN_DUTIES,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM customers_customer")
        values["customer"] = cursor.fetchone()[0]

    def raised(offset: int) -> float:
        with connection.cursor() as cursor:
            return timed(lambda: cursor.execute(insert, values | {"offset": offset}))

    took = []
    for number, state in enumerate(("ENABLE", "DISABLE") * 3):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE rulebooks_duty {state} TRIGGER USER")
        took.append(raised(300_000_000 + number * 1_000_000))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rulebooks_duty ENABLE TRIGGER USER")
    kept, bare_ = sorted(took[::2])[1], sorted(took[1::2])[1]
    return Figure("20,000 duties inserted, figures kept", kept, bare_, 1.5, note="SQL: without the triggers")


def fold_cost() -> Figure:
    return Figure("differences folded", timed(measuring.fold), 0.0, None, note="every ten minutes")
