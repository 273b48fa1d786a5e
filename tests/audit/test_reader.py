"""The auditor reads the whole trail by who, what, which record and when; and nothing but the trail."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client, override_settings
from django.urls import get_resolver

from guanxi.base.audit.models import Entry
from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.kernel import clock
from guanxi.base.org import permits
from guanxi.base.org.models import Account, Post, Role, Staff, Unit
from guanxi.core.customers.models import Customer
from guanxi.edge.ops.screens.reader import asked_of, matching

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]
Customers = Callable[..., Customer]
TRAIL = "/settings/trail"


@pytest.fixture
def auditor(db: None) -> Client:
    account = Account.objects.create_user("shenji", "correct horse battery", created_at=clock.now())
    Account.objects.filter(id=account.pk).update(must_change_password=False)
    staff = Staff.objects.create(
        account=account, name="审计", pinyin="shen ji", number="9001", joined_on=date(2025, 1, 1)
    )
    role, unit = Role.objects.get(key="auditor"), Unit.objects.get(code="company")
    Post.objects.create(staff=staff, unit=unit, role=role, starts_on=date(2025, 1, 1))
    client = Client()
    client.force_login(account, backend="guanxi.base.org.signin.Backend")
    return client


def entries_of(client: Client, **query: object) -> str:
    answer = client.get(TRAIL, query)
    assert answer.status_code == 200
    return answer.content.decode().split('id="list"')[1]


def test_it_narrows_by_each_and_by_all_together(auditor: Client, customer_of: Customers) -> None:
    customer = customer_of("rep", name="崔强")
    customer_of("colleague", name="夏梅")
    rep = Staff.objects.get(account__login="rep")
    created = "customers:customer:created"
    assert "邱远新建了" in entries_of(auditor, who=rep.pk, kind="customer", action=created, record=customer.pk)
    assert "黄娜" not in entries_of(auditor, who=rep.pk)
    assert "黄娜新建了" in entries_of(auditor, action=created, since="2026-11-16", until="2026-11-16")
    assert "新建了" not in entries_of(auditor, action=created, until="2026-11-15")
    assert "新建了" not in entries_of(auditor, action=created, since="2026-11-17")
    assert "崔强" not in entries_of(auditor), "whom it was about is not the trail's to show"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_says_what_is_sealed_in_both_languages(auditor: Client, customer_of: Customers, language: str) -> None:
    auditor.cookies["guanxi_language"] = language
    customer_of("rep")
    words = {"zh-hans": "待封存", "en": "Not yet sealed"}[language]
    assert words in entries_of(auditor)
    seal_waiting()
    assert words not in entries_of(auditor)
    assert {"zh-hans": "最近一次封存", "en": "the last seal"}[language] in entries_of(auditor)


@pytest.mark.parametrize("query", [{"record": "x"}, {"since": "x"}, {"until": "9" * 9}, {"action": "'"}, {"who": "９"}])
def test_odd_filters_are_told_or_find_nothing(auditor: Client, query: dict[str, str]) -> None:
    entries_of(auditor, **query)


def test_the_auditor_reads_the_trail_and_nothing_else(auditor: Client, customer_of: Customers) -> None:
    customer = customer_of("rep")
    open_to_all = {200, 302, 404, 405}
    for address in ("/customers", f"/customers/{customer.pk}", "/file-forms", "/settings/roles", "/settings/units"):
        assert auditor.get(address).status_code in (403, 404), address
    for address in ("/exports", "/imports", "/settings/calendar", "/settings/channels", "/duties"):
        assert auditor.get(address).status_code in (403, 404), address
    for address in ("/", TRAIL, "/rulebooks", "/messages"):
        assert auditor.get(address).status_code in open_to_all | {403}, address
    assert get_resolver().resolve(TRAIL)
    assert auditor.post("/customers/new", {"kind": "person", "name": "x"}).status_code == 403


def test_the_file_holds_what_the_filters_show_and_says_so_in_the_trail(auditor: Client, customer_of: Customers) -> None:
    for number in range(3):
        customer_of("rep", name=f"客户{number}")
    answer = auditor.post(TRAIL + "/export", {"action": "customers:customer:created", "purpose": "年度审计"})
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 4
    assert all("邱远新建了" in row[3] for row in rows[1:])
    assert "客户1" not in text
    entry = Entry.objects.get(name="ops:trail:exported")
    assert entry.changes["count"] == 3
    assert entry.changes["purpose"] == [None, "年度审计"]
    assert auditor.post(TRAIL + "/export", {"purpose": " "}).status_code == 422


def test_a_large_file_wants_a_permit_and_uses_it_up(auditor: Client, customer_of: Customers) -> None:
    for _number in range(3):
        customer_of("rep")
    with override_settings(EXPORT_WITHOUT_PERMIT=2):
        wanted = {"action": "customers:customer:created", "purpose": "年度审计"}
        assert auditor.post(TRAIL + "/export", wanted).status_code == 409
        staff = Staff.objects.get(number="9001")
        gm = Staff.objects.get(account__login="gm")
        permits.give(staff.pk, "export", "audit", 1, given_by=gm.pk)
        assert auditor.post(TRAIL + "/export", wanted).status_code == 200
        assert auditor.post(TRAIL + "/export", wanted).status_code == 409


def test_formulas_in_the_file_are_harmless(auditor: Client, customer_of: Customers) -> None:
    Staff.objects.filter(account__login="rep").update(name="=cmd|'/c calc'!A1")
    customer_of("rep")
    answer = auditor.post(TRAIL + "/export", {"purpose": "审计"})
    for row in csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


FILL = """
INSERT INTO audit_entry (at, name, via, who, staff_id, address, kind, subject_id, changes, personal)
SELECT %s::timestamptz - make_interval(secs => 60000 - n), 'test:thing:done', 'web', 'x', n %% 200, '', 'thing', n,
  '{}', '{}'
FROM generate_series(1, 60000) n
"""


def test_the_trail_of_a_person_is_read_by_its_index(db: None) -> None:
    """The same plan as with ten million rows: it walks as many entries as the page shows."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [clock.now()])
        cursor.execute("ANALYZE audit_entry")
    given = QueryDict("who=7")
    page = matching(given, asked_of(given)).order_by("-id")[:51]
    plan = page.explain(analyze=True)
    assert "entry_staff" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
    begun = time.monotonic()
    assert len(list(page)) == 51
    assert time.monotonic() - begun < 2
    by_record = QueryDict("kind=thing&record=77")
    assert "entry_subject" in matching(by_record, asked_of(by_record)).order_by("-id")[:51].explain()
