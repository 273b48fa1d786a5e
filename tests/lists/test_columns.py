"""Columns are chosen, kept for the person, and never show what the reader sees masked."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.org.models import Reach
from guanxi.base.records.asked import Asked
from guanxi.base.records.habits import ListHabit
from guanxi.base.records.screens.chips import chips_of, parts_of
from guanxi.base.records.types import Field
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]


def heads_of(response: HttpResponse) -> list[str]:
    text = re.search(r"<thead>.*?</thead>", response.content.decode(), re.S)
    assert text
    return re.findall(r'<th scope="col"[^>]*data-label="([^"]*)"', text[0])


def choose(client: Client, *keys: str, **more: str) -> HttpResponse:
    return client.post("/customers/columns", {"col": list(keys), **more})


def test_what_was_chosen_is_in_the_address_and_comes_back_tomorrow(browse: Any, customer_of: Any) -> None:
    customer_of("rep")
    response = choose(browse("rep"), "need", "name", "gender", asked="status=potential")
    assert response["Location"] == "/customers?status=potential&cols=need%2Cname%2Cgender"
    assert heads_of(browse("rep").get("/customers")) == ["需求", "姓名", "性别"]
    assert heads_of(browse("manager").get("/customers")) != ["需求", "姓名", "性别"]


def test_the_address_goes_before_the_habit(browse: Any, customer_of: Any) -> None:
    customer_of("rep")
    choose(browse("rep"), "name", "need")
    assert heads_of(browse("rep").get("/customers?cols=gender,nonsense,gender")) == ["姓名", "性别"]


def test_the_usual_columns_come_back(browse: Any, customer_of: Any) -> None:
    customer_of("rep")
    usual = heads_of(browse("rep").get("/customers"))
    choose(browse("rep"), "name", "need")
    assert choose(browse("rep"), reset="1")["Location"] == "/customers"
    assert heads_of(browse("rep").get("/customers")) == usual
    assert not ListHabit.objects.exists()


def test_a_column_that_is_gone_is_left_out(browse: Any, customer_of: Any, staff: Any) -> None:
    customer_of("rep")
    ListHabit.objects.create(staff=staff("rep"), kind="customer", words={"cols": "name,f999,need"})
    assert heads_of(browse("rep").get("/customers")) == ["姓名", "需求"]


@pytest.mark.req("SEC-01")
def test_personal_columns_are_masked_row_by_row(browse: Any, customer_of: Any, staff: Any) -> None:
    """Lent to a stranger to read, not to work on: the row is there, what is personal is not."""
    customer = customer_of("rep", address="雀舌巷四百号", remark="雀备注", birth_on=date(1950, 3, 2))
    Reach.objects.create(kind="customer", record_id=customer.pk, staff=staff("stranger"), why="team:1")
    address = "/customers?cols=name,phone,address,remark,birth_on"
    clear, masked = text_of(browse("rep"), address), text_of(browse("stranger"), address)
    for personal in ("雀舌巷四百号", "雀备注", "1950-03-02", customer.phone):
        assert personal in clear
        assert personal not in masked
    assert customer.name in masked


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_five_hundred_columns_do_not_break_a_list(
    browse: Any, customer_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guanxi.base.records import types

    fields = [Field(f"f{number}", f"自定义{number}", is_own=True) for number in range(1, 501)]
    monkeypatch.setattr(types.OWN_FIELDS, "_provider", lambda kind: fields if kind == "customer" else ())
    customer_of("rep")
    client = browse("rep")
    choose(client, "name", *(field.key for field in fields))
    assert len(heads_of(client.get("/customers"))) == 501
    assert client.get("/customers/columns").content.decode().count("data-move") > 1000


def test_the_queries_of_a_list_do_not_grow_with_rows_or_columns(browse: Any, customer_of: Any) -> None:
    client = browse("manager")

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    customer_of("rep")
    client.get("/customers")
    few = cost("/customers")
    for number in range(30):
        customer_of("rep", name=f"客户{number}")
    assert cost("/customers") == few
    assert cost("/customers?cols=" + ",".join(CUSTOMERS.all_columns)) <= few


def test_a_look_into_a_row_shows_its_facts_and_last_contacts(browse: Any, customer_of: Any) -> None:
    customer = customer_of("rep", need="睡眠")
    part = browse("rep").get(f"/customers/{customer.pk}/glance", headers={"HX-Request": "true"}).content.decode()
    assert "睡眠" in part
    assert "还没有跟进记录" in part
    assert "<html" not in part
    assert browse("stranger").get(f"/customers/{customer.pk}/glance").status_code == 404


def test_each_condition_has_a_chip_that_takes_it_off(actor: Any) -> None:
    asked = Asked(q="崔", filters={"status": "active"}, where='grade = A and need = "睡眠"')
    filters = [(f, f.options(actor("gm"))) for f in CUSTOMERS.filters]
    chips = chips_of(CUSTOMERS, asked, filters, actor("gm"))
    assert [str(chip.text) for chip in chips][:2] == ["崔", "合作中"]
    assert len(chips) == 4
    assert all(len(Asked.of(CUSTOMERS, _query(chip.without)).said()) <= 3 for chip in chips)
    assert "need" in chips[2].without
    assert "grade" not in chips[2].without
    assert parts_of("this ((") == ["this (("]


def _query(address: str) -> dict[str, str]:
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(address).query))


def test_a_condition_that_cannot_be_read_is_said_and_shows_no_rows(browse: Any, customer_of: Any) -> None:
    customer_of("rep")
    response = browse("rep").get("/customers?where=grade+%3E")
    assert response.status_code == 422
    assert "条件现在无法读取" in response.content.decode()
    assert "data-href" not in response.content.decode()
