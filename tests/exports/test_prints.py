"""Cards and lists on paper: numbered, marked, in the trail, masked as on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.audit.models import Entry
from guanxi.base.records.prints import screens
from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("INS-09")]
Browse = Callable[[str], Client]
CustomerOf = Callable[..., Customer]
NUMBER = re.compile(r"P\d{8}")


def test_a_list_is_printed_as_seen(browse: Browse, customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强", status="active")
    customer_of("rep", name="王霞")
    page = browse("manager").get("/customers/print?cols=name,status&status=active").content.decode()
    assert "崔强" in page
    assert "王霞" not in page
    assert "状态：合作中" in page
    assert "康和健康" in page


def test_each_paper_has_its_own_number_in_the_trail(browse: Browse, customer_of: CustomerOf) -> None:
    customer_of("rep")
    client = browse("manager")
    numbers = [NUMBER.search(client.get("/customers/print").content.decode())[0] for _time in range(2)]  # type: ignore[index]  # a page without one fails here
    assert numbers[0] != numbers[1]
    entries = Entry.objects.filter(name="records:print:list_printed").order_by("id")
    assert [(e.changes["print_number"], e.changes["count"], e.who) for e in entries] == [
        (number, 1, "林岚") for number in numbers
    ]


def test_a_card_is_printed_with_its_mark(browse: Browse, customer_of: CustomerOf) -> None:
    customer = customer_of("rep", name="崔强", remark="晚上才在家")
    page = browse("rep").get(f"/customers/{customer.pk}/print").content.decode()
    assert "晚上才在家" in page
    assert "邱远 2026-11-16 09:00 P" in page
    entry = Entry.objects.get(name="records:print:card_printed")
    assert (entry.kind, entry.subject_id) == ("customer", customer.pk)


def test_paper_masks_what_the_screen_masks(browse: Browse, customer_of: CustomerOf, without_reveal: None) -> None:
    customer = customer_of("rep", phone="13894821993", address="解放路一号")
    client = browse("manager")
    for address in ("/customers/print?cols=name,phone,address", f"/customers/{customer.pk}/print"):
        page = client.get(address).content.decode()
        assert "138****1993" in page
        assert "解放路一号" not in page


def test_a_long_list_is_cut_and_says_so(
    browse: Browse, customer_of: CustomerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "MOST_ROWS", 2)
    for _number in range(3):
        customer_of("rep")
    page = browse("manager").get("/customers/print").content.decode()
    assert "只打印前 2 行" in page
    assert Entry.objects.get(name="records:print:list_printed").changes["count"] == 2


def test_an_empty_list_is_printed_empty(browse: Browse) -> None:
    assert "没有符合条件的结果" in browse("manager").get("/customers/print").content.decode()


def test_what_is_not_seen_is_not_printed(browse: Browse, customer_of: CustomerOf) -> None:
    customer = customer_of("rep", name="崔强")
    assert browse("stranger").get(f"/customers/{customer.pk}/print").status_code == 404
    assert "崔强" not in browse("stranger").get("/customers/print").content.decode()


def test_pages_for_paper_hold_no_styles_or_scripts_of_their_own(browse: Browse, customer_of: CustomerOf) -> None:
    customer_of("rep")
    answer = browse("manager").get("/customers/print")
    assert "style=" not in answer.content.decode()
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_number_of_queries_does_not_grow_with_the_rows(browse: Browse, customer_of: CustomerOf) -> None:
    client = browse("manager")
    client.get("/customers/print")
    counts = []
    for more in (1, 30):
        for _number in range(more):
            customer_of("rep")
        with CaptureQueriesContext(connection) as queries:
            client.get("/customers/print")
        counts.append(len(queries))
    assert counts[0] == counts[1]
