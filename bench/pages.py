"""Pages beside the SQL a person would write for the same rows, counts and rights."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.test import RequestFactory

from guanxi.base.kernel import clock
from guanxi.base.org.models import Account, Staff

from .company import READERS
from .measure import Figure, compare

MOST_BESIDE_MS, MOST_QUERIES = 8.0, 5
WHO = (
    "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
    "SELECT a.*, s.* FROM org_account a LEFT JOIN org_staff s ON s.account_id = a.id WHERE a.id = %s AND a.is_active",
    "SELECT p.id, p.unit_id, r.key FROM org_post p JOIN org_role r ON r.id = p.role_id WHERE p.staff_id = %s",
    "SELECT g.* FROM org_grant g JOIN org_post p ON p.role_id = g.role_id WHERE p.staff_id = %s",
)
LIST = """
SELECT t.id, t.name, t.phone, t.status, t.grade, s.name, u.name, t.last_contact_at, t.created_at
FROM ({keys}) k JOIN customers_customer t ON t.id = k.id
LEFT JOIN org_staff s ON s.id = t.owner_id LEFT JOIN org_unit u ON u.id = t.unit_id
ORDER BY t.created_at DESC, t.id DESC
"""
ALL_KEYS = "SELECT id FROM customers_customer WHERE removed_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 51"
OWNER_KEYS = """
SELECT k.id, k.created_at FROM unnest(%s::bigint[]) o(id) CROSS JOIN LATERAL (
  SELECT id, created_at FROM customers_customer WHERE owner_id = o.id AND removed_at IS NULL
  ORDER BY created_at DESC, id DESC LIMIT 51) k ORDER BY k.created_at DESC, k.id DESC LIMIT 51
"""
COUNT = "SELECT count(*) FROM (SELECT 1 FROM customers_customer WHERE removed_at IS NULL {where} LIMIT 10001) x"
BELOW = """
WITH RECURSIVE b AS (SELECT id, staff_id FROM org_post WHERE staff_id = %s
  UNION SELECT p.id, p.staff_id FROM org_post p JOIN b ON p.superior_id = b.id) SELECT array_agg(staff_id) FROM b
"""
DUTIES = """
SELECT d.id, d.due_at, d.purpose, d.is_caught_up, c.id, c.name, c.phone, c.owner_id, c.unit_id, r.article, s.name
FROM rulebooks_duty d LEFT JOIN customers_customer c ON c.id = d.customer_id LEFT JOIN rulebooks_rule r ON r.id = d.rule_id
LEFT JOIN org_staff s ON s.id = d.assignee_id
WHERE d.assignee_id = %s AND d.state = 'open' AND NOT d.is_caught_up AND {when} ORDER BY d.due_at, d.id LIMIT 51
"""
DUTY_COUNTS = """
SELECT count(*) FILTER (WHERE due_at <= %s), count(*) FILTER (WHERE due_at > %s AND due_at <= %s), count(*)
FROM rulebooks_duty WHERE assignee_id = %s AND state = 'open'
"""


class Reader:
    """Somebody with a session, asking the whole stack in this process."""

    def __init__(self, login: str) -> None:
        self.account = Account.objects.get(login=login)
        self.staff = Staff.objects.get(account=self.account)
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store.update(
            {
                SESSION_KEY: str(self.account.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: self.account.get_session_auth_hash(),
                "seen_at": int(clock.now().timestamp()),
            }
        )
        store.save()
        self.session = store.session_key
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.requests = RequestFactory(headers={"Host": "localhost"})
        self.requests.cookies[settings.SESSION_COOKIE_NAME] = self.session

    def opens(self, address: str, *, part: bool = False) -> Callable[[], bytes]:
        headers = {"HX-Request": "true"} if part else {}

        def run() -> bytes:
            response = self.handler.get_response(self.requests.get(address, headers=headers))
            if response.status_code != 200:
                raise RuntimeError(f"{address} answered {response.status_code}")
            return bytes(response.content)

        return run

    def who(self) -> list[tuple[str, list[object]]]:
        values = [[self.session, clock.now()], [self.account.pk], [self.staff.pk], [self.staff.pk]]
        return list(zip(WHO, values, strict=True))

    def below(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(BELOW, [self.staff.pk])
            return list(cursor.fetchone()[0])


def runs(statements: list[tuple[str, list[object]]]) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            for sql, values in statements:
                cursor.execute(sql, values)
                cursor.fetchall()

    return run


def list_figure(kind: str, login: str) -> Figure:
    reader = Reader(login)
    statements = reader.who()
    if kind == "all":
        statements += [(LIST.format(keys=ALL_KEYS), []), (COUNT.format(where=""), [])]
    else:
        owners = [reader.staff.pk]
        if kind == "subordinates":
            statements.append((BELOW, [reader.staff.pk]))
            owners = reader.below()
        where = "AND owner_id = ANY(%s::bigint[])"
        statements += [(LIST.format(keys=OWNER_KEYS), [owners]), (COUNT.format(where=where), [owners])]
    return compare(f"customer list, first page, reader: {kind}", reader.opens("/customers"), runs(statements), bar=4.0)


def card_figure() -> Figure:
    reader = Reader(READERS["own"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM customers_customer WHERE owner_id = %s ORDER BY id LIMIT 1", [reader.staff.pk])
        customer_id = cursor.fetchone()[0]
    mine: list[object] = [customer_id]
    statements = [
        *reader.who(),
        ("SELECT t.*, s.name, u.name FROM customers_customer t LEFT JOIN org_staff s ON s.id = t.owner_id"
         " LEFT JOIN org_unit u ON u.id = t.unit_id WHERE t.id = %s", mine),
        ("SELECT a.*, s.name FROM activities_activity a LEFT JOIN org_staff s ON s.id = a.staff_id WHERE a.customer_id = %s"
         " AND a.removed_at IS NULL ORDER BY a.happened_at DESC, a.id DESC LIMIT 31", mine),
        ("SELECT d.*, r.article FROM rulebooks_duty d LEFT JOIN rulebooks_rule r ON r.id = d.rule_id WHERE d.customer_id = %s"
         " ORDER BY d.due_at LIMIT 31", mine),
        ("SELECT * FROM archive_fileform WHERE customer_id = %s AND removed_at IS NULL ORDER BY completed_on DESC LIMIT 20", mine),
        ("SELECT * FROM customers_teammember WHERE customer_id = %s AND to_on IS NULL", mine),
        ("SELECT * FROM customers_validity WHERE customer_id = %s ORDER BY from_at DESC LIMIT 12", mine),
        ("SELECT * FROM audit_entry WHERE kind = 'customer' AND subject_id = %s ORDER BY id DESC LIMIT 12", mine),
    ]  # fmt: skip
    return compare("customer card", reader.opens(f"/customers/{customer_id}"), runs(statements), bar=None)


def workbench_figure() -> Figure:
    reader = Reader(READERS["own"])
    now, midnight = clock.now(), clock.end_of(clock.today())
    who = reader.staff.pk
    whens = ["d.due_at <= %s", "d.due_at > %s AND d.due_at <= %s", "d.due_at > %s"]
    values: list[list[object]] = [[who, now], [who, now, midnight], [who, midnight]]
    statements = reader.who() + [(DUTIES.format(when=w), v) for w, v in zip(whens, values, strict=True)]
    statements += [(DUTY_COUNTS, [now, now, midnight, who])]
    return compare("workbench", reader.opens("/"), runs(statements), bar=4.0)


def beside_figure(kind: str, login: str) -> Figure:
    """What a list page costs in this process beside its queries, and how many these are. Time of the processor, so that
    what else the machine does stays out of it."""
    opens, took, queries = Reader(login).opens("/customers"), [], 0
    for _ in range(5):
        opens()
    for _ in range(30):
        watch = Watch()
        started = time.process_time()
        with connection.execute_wrapper(watch):
            opens()
        took.append((time.process_time() - started - watch.spent) * 1000)
        queries = watch.queries
    note = f"{queries} queries, at most {MOST_QUERIES}"
    ours = statistics.median(took) if queries <= MOST_QUERIES else float("inf")
    return Figure(f"list page beside its queries, reader: {kind}", ours, 0.0, None, note=note, most=MOST_BESIDE_MS)


class Watch:
    """What the queries of a page cost in this process, and how many they are."""

    def __init__(self) -> None:
        self.spent, self.queries = 0.0, 0

    def __call__(self, execute: Callable[..., object], *arguments: object) -> object:
        started = time.process_time()
        try:
            return execute(*arguments)
        finally:
            self.spent += time.process_time() - started
            self.queries += 1


def figures(size: str) -> list[Figure]:
    kinds = {kind: READERS[kind] for kind in ("own", "subordinates", "all")}
    return [make(kind, login) for make in (list_figure, beside_figure) for kind, login in kinds.items()]
