"""Rows and capped count of the customer list, for everybody who reads, in every order, narrowed and deep inside.

Beside each the statements a person would write who knows this one reader and this one question: keys from the best
index, rows joined back, and a capped count. Who reads is known to both; whole pages are measured in pages.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account, Staff
from guanxi.base.org.scopes import Scope, scope_of
from guanxi.base.records.asked import Asked
from guanxi.base.records.keys import Cursor
from guanxi.base.records.listing import list_page
from guanxi.core.customers.screens.customer import CUSTOMERS

from .company import READERS
from .measure import Figure, compare

MOST_MS = 50.0
DEEP = 1_999 * 50
ORDERS = {
    "new": ("created_at", "created_at DESC, id DESC"),
    "name": ("pinyin", "pinyin, id"),
    "contact": ("last_contact_at", "last_contact_at DESC NULLS LAST, id DESC"),
}
FIRST = """
SELECT id, {value} AS v FROM customers_customer t WHERE removed_at IS NULL AND {who} {further} ORDER BY {order} LIMIT 51
"""
EACH = """
SELECT k.id, k.v FROM unnest(%s::bigint[]) o(who) CROSS JOIN LATERAL ({first}) k
ORDER BY {order} LIMIT 51
"""
ROWS = """
SELECT t.id, t.name, t.phone, t.status, t.grade, s.name, u.name, t.last_contact_at, t.created_at
FROM ({keys}) k JOIN customers_customer t ON t.id = k.id
LEFT JOIN org_staff s ON s.id = t.owner_id LEFT JOIN org_unit u ON u.id = t.unit_id ORDER BY {order}
"""
COUNT = """
SELECT count(*) FROM (SELECT 1 FROM customers_customer t WHERE removed_at IS NULL AND {who} {further} LIMIT 10001) x
"""
COUNT_LENT = """
SELECT count(*) FROM (SELECT 1 FROM org_reach r JOIN customers_customer t ON t.id = r.record_id
  WHERE r.staff_id = %s AND r.kind = 'customer' AND t.removed_at IS NULL {further} LIMIT 10001) x
"""
LENT = "EXISTS (SELECT 1 FROM org_reach r WHERE r.staff_id = %s AND r.kind = 'customer' AND r.record_id = t.id)"


@dataclass(frozen=True)
class Case:
    """`further` and `values`: the same in SQL as `asked`, both without the place."""

    name: str
    asked: Asked
    further: str = ""
    values: tuple[object, ...] = ()


NOBODY, AND_NOBODY = {"status": "potential", "grade": "B"}, "AND t.status = 'potential' AND t.grade = 'B'"
SEARCH = "AND t.search @@ %s::tsquery"
CASES = [
    Case("first page", Asked()),
    Case("by name", Asked(sort="name")),
    Case("by last contact", Asked(sort="contact")),
    Case("one status", Asked(filters={"status": "dormant"}), "AND t.status = 'dormant'"),
    # Each alone has a quarter of all customers; nobody has both, which no statistics tell.
    Case("what nobody has", Asked(filters=NOBODY), AND_NOBODY),
    Case("what nobody has, by name", Asked(filters=NOBODY, sort="name"), AND_NOBODY),
    Case("one status by last contact", Asked(filters={"status": "lost"}, sort="contact"), "AND t.status = 'lost'"),
    Case("a common name", Asked(q="建国"), SEARCH, ("'建国'",)),
    Case("a phone", Asked(q="13900004711"), SEARCH, (f"'#{'13900004711'[::-1]}'",)),
]
WIDE = ("branch", "all", "100,000 lent")


class Hand:
    """The statements for one reader."""

    def __init__(self, scope: Scope) -> None:
        self.values: list[object] = []
        self.column, self.count = "TRUE", COUNT
        if scope.everything:
            return
        if scope.unit_ids:
            self.column, self.values = "t.unit_id", [list(scope.unit_ids)]
        elif len(scope.staff_ids) > 1 or not has_lent(scope):
            self.column, self.values = "t.owner_id", [list(scope.staff_ids)]
        else:
            self.column, self.count, self.values = LENT, COUNT_LENT, [scope.reach_staff_id]

    def statements(self, case: Case, place: str = "", at: tuple[object, ...] = ()) -> list[tuple[str, list[object]]]:
        value, order = ORDERS[case.asked.sort or "new"]
        further = f"{case.further} {place}"
        by_each = self.column in ("t.owner_id", "t.unit_id")
        who = f"{self.column} = o.who" if by_each else self.column
        first = FIRST.format(value=value, who=who, further=further, order=order)
        keys = EACH.format(first=first, order=order.replace(value, "k.v").replace(" id", " k.id")) if by_each else first
        whole = f"{self.column} = ANY(%s)" if by_each else self.column
        joined = order.replace(value, f"t.{value}").replace(" id", " t.id")
        given = [*self.values, *case.values]
        return [
            (ROWS.format(keys=keys, order=joined), [*given, *at]),
            (self.count.format(who=whole, further=case.further), given),
        ]


def has_lent(scope: Scope) -> bool:
    return Staff.objects.get(id=scope.reach_staff_id).name == "lent"


def reader(login: str) -> Actor:
    account = Account.objects.select_related("staff").get(login=login)
    return Actor(login, "web", account_id=account.pk, staff_id=account.staff.pk)


def figures(size: str) -> list[Figure]:
    found = []
    for who, login in READERS.items():
        actor = reader(login)
        hand = Hand(scope_of(actor, "customer"))
        found += [figure(f"{case.name}, reader: {who}", actor, case, hand.statements(case)) for case in CASES]
        if who in WIDE:
            found += deep_figures(who, actor, hand)
    return found


def deep_figures(who: str, actor: Actor, hand: Hand) -> list[Figure]:
    """Page 2,000, and among those never contacted, who come last."""
    found = []
    for sort in ("new", "contact"):
        asked = Asked(sort=sort)
        column = ORDERS[sort][0]
        place, at = f"AND (t.{column}, t.id) < (%s, %s)", key_at(actor, hand, sort)
        if at[0] is None:
            place, at = "AND t.last_contact_at IS NULL AND t.id < %s", (at[1],)
        cursor = Cursor(*at) if len(at) == 2 else Cursor(None, at[0])  # type: ignore[arg-type]  # from SQL
        case = Case("", Asked(sort=sort, cursor=cursor.encode()))
        name = "page 2,000" if sort == "new" else "after the last ever contacted"
        statements = hand.statements(Case("", asked), place, at)
        found.append(figure(f"{name}, reader: {who}", actor, case, statements))
    return found


def key_at(actor: Actor, hand: Hand, sort: str) -> tuple[object, ...]:
    """The key before page 2,000 of this reader, or one well among the nulls."""
    value, order = ORDERS[sort]
    where = "t.last_contact_at IS NULL" if sort == "contact" else "TRUE"
    who = f"{hand.column} = ANY(%s)" if hand.column in ("t.owner_id", "t.unit_id") else hand.column
    sql = f"""SELECT {value}, id FROM customers_customer t WHERE removed_at IS NULL AND {where} AND {who}
      ORDER BY {order} OFFSET %s LIMIT 1"""
    with connection.cursor() as cursor:
        for offset in (1000 if sort == "contact" else DEEP, 1000, 10, 0):
            cursor.execute(sql, [*hand.values, offset])
            if row := cursor.fetchone():
                return tuple(row)
    raise RuntimeError("nobody to read on from")


def figure(name: str, actor: Actor, case: Case, statements: list[tuple[str, list[object]]]) -> Figure:
    def ours() -> object:
        return list_page(CUSTOMERS, case.asked, actor)

    return compare(f"customers: {name}", ours, runs(statements), bar=4.0, most=MOST_MS, times=20)


def runs(statements: list[tuple[str, list[object]]]) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                cursor.fetchall()

    return run
