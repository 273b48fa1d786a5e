"""What people write into own fields: on forms, in changes, on cards and lists, masked where it is personal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry as TrailEntry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Stale
from guanxi.base.org.models import Grant
from guanxi.base.records.asked import Asked
from guanxi.base.records.listing import list_page
from guanxi.base.records.own_fields.actions import Choice, Entry, change_own_field
from guanxi.base.records.own_fields.indexing import note_index
from guanxi.core.customers.actions import change_customer, create_customer
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

from .conftest import Make

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
Act = Callable[[str], Actor]


def typed(**values: str) -> dict[str, str]:
    return {"kind": "person", "name": "崔强", "phone": "13894820001", "status": "potential"} | values


@pytest.mark.req("FLD-04")
def test_a_form_takes_every_kind_and_the_card_shows_it(browse: Browse, own_field: Make) -> None:
    text, number, money = own_field("会员卡号"), own_field("家庭人数", "number"), own_field("预算", "money")
    day, answer = own_field("体检日期", "date"), own_field("有车", "yesno")
    choice = own_field("常去门店", "choice", choices=("春熙路店", "天府店"))
    values = {text.key: "VIP-7", number.key: "4", money.key: "1.2万", day.key: "2026-11-20", answer.key: "yes"}
    answered = browse("rep").post("/customers/new", typed(**values, **{choice.key: "2"}))
    assert answered.status_code == 302
    customer = Customer.objects.get(name="崔强")
    assert customer.own == {
        text.key: "VIP-7", number.key: 4, money.key: 12000, day.key: "2026-11-20", answer.key: True, choice.key: "2",
    }  # fmt: skip
    page = browse("rep").get(f"/customers/{customer.pk}").content.decode()
    for shown in ("会员卡号", "VIP-7", "12,000", "2026-11-20", "天府店", "其他信息"):
        assert shown in page


@pytest.mark.parametrize(
    ("kind", "text"),
    [("number", "四个"), ("number", "1e5"), ("number", "1" * 16), ("date", "2026-02-31"), ("money", "约500"),
     ("choice", "9"), ("phone", "1381234")],
)  # fmt: skip
def test_what_does_not_fit_its_kind_is_refused_at_the_field(
    browse: Browse, own_field: Make, kind: str, text: str
) -> None:
    field = own_field("自定", kind, choices=("甲",) if kind == "choice" else ())
    answered = browse("rep").post("/customers/new", typed(**{field.key: text}))
    assert answered.status_code == 422
    assert f"f-{field.key}-error" in answered.content.decode()
    assert not Customer.objects.filter(name="崔强").exists()


@pytest.mark.req("FLD-04")
def test_required_of_new_records_and_not_of_old_ones(
    browse: Browse, own_field: Make, customer_of: Callable[..., Customer]
) -> None:
    old = customer_of("rep", name="旧客")
    field = own_field("会员卡号", is_required=True)
    assert browse("rep").post("/customers/new", typed() | {field.key: ""}).status_code == 422
    edit = {"version": "1", "name": "旧客", "remark": "改", "phone": old.phone, "kind": "person", "status": "potential"}
    assert browse("rep").post(f"/customers/{old.pk}/edit", edit | {field.key: ""}).status_code == 302
    filled = {**edit, "version": "2", field.key: "A1"}
    assert browse("rep").post(f"/customers/{old.pk}/edit", filled).status_code == 302
    emptied = {**edit, "version": "3", field.key: ""}
    assert browse("rep").post(f"/customers/{old.pk}/edit", emptied).status_code == 422


@pytest.mark.req("FLD-04")
def test_an_action_refuses_a_new_record_without_what_is_required(own_field: Make, actor: Act) -> None:
    field = own_field("会员卡号", is_required=True)
    with pytest.raises(Invalid) as refused:
        create_customer({"kind": "person", "name": "崔强", "phone": "13894820001"}, actor=actor("rep"))
    assert field.key in refused.value.errors


def test_a_change_names_from_and_to_and_keeps_personal_values_apart(
    own_field: Make, actor: Act, customer_of: Callable[..., Customer]
) -> None:
    day, secret = own_field("体检日期", "date"), own_field("身份证号", is_personal=True)
    customer = customer_of("rep")
    wanted: dict[str, Any] = {day.key: date(2026, 11, 20), secret.key: "5101"}
    change_customer(customer.pk, wanted, version=1, actor=actor("rep"))
    entry = TrailEntry.objects.filter(name="customers:customer:changed").latest("id")
    assert entry.changes == {day.key: [None, "2026-11-20"]}
    assert entry.personal == {secret.key: [None, "5101"]}
    with pytest.raises(Stale):
        change_customer(customer.pk, {secret.key: "9"}, version=1, actor=actor("rep"))
    change_customer(customer.pk, {day.key: None}, version=2, actor=actor("rep"))
    customer.refresh_from_db()
    assert customer.own == {secret.key: "5101"}


def test_a_key_that_is_no_field_of_the_type_is_not_written(
    own_field: Make, actor: Act, customer_of: Callable[..., Customer]
) -> None:
    customer = customer_of("rep")
    own_field("会员卡号")
    change_customer(customer.pk, {"f999999": "x"}, version=1, actor=actor("rep"))
    customer.refresh_from_db()
    assert customer.own == {}


def test_a_list_shows_it_as_a_column_of_its_kind(
    own_field: Make, actor: Act, customer_of: Callable[..., Customer]
) -> None:
    day, number = own_field("体检日期", "date"), own_field("家庭人数", "number")
    customer_of("rep", **{day.key: date(2026, 11, 20), number.key: Decimal("4.5")})
    listed = list_page(CUSTOMERS, Asked(columns=("name", day.key, number.key)), actor("rep"))
    assert listed.rows[0][4:] == ("崔强", date(2026, 11, 20), Decimal("4.5"))


def test_a_personal_own_field_is_masked_on_card_and_form_and_left_alone(
    browse: Browse, own_field: Make, customer_of: Callable[..., Customer]
) -> None:
    secret = own_field("身份证号", is_personal=True)
    customer = customer_of("rep", **{secret.key: "510104"})
    seen = browse("rep").get(f"/customers/{customer.pk}").content.decode()
    assert "510104" in seen
    wide = f"/customers?cols=name,{secret.key}"
    assert "510104" in browse("rep").get(wide).content.decode()
    Grant.objects.filter(kind="customer", verb="reveal").delete()
    for page in (f"/customers/{customer.pk}", f"/customers/{customer.pk}/edit", wide):
        assert "510104" not in browse("rep").get(page).content.decode()
    edit = {"version": "1", "remark": "改", secret.key: "••••"}
    browse("rep").post(f"/customers/{customer.pk}/edit", edit)
    customer.refresh_from_db()
    assert customer.own == {secret.key: "510104"}


def test_a_choice_no_longer_offered_stays_where_it_is(
    browse: Browse, own_field: Make, actor: Act, customer_of: Callable[..., Customer]
) -> None:
    field = own_field("常去门店", "choice", choices=("春熙路店", "天府店"))
    customer = customer_of("rep", **{field.key: "1"})
    entry = Entry(label="常去门店", choices=[Choice("天府店", key="2"), Choice("高新店")])
    changed = change_own_field(field.pk, entry, version=1, actor=actor("admin"))
    assert [(o["key"], o["is_active"]) for o in changed.choices] == [("2", True), ("3", True), ("1", False)]
    assert "春熙路店" in browse("rep").get(f"/customers/{customer.pk}").content.decode()
    assert "春熙路店" not in browse("rep").get("/customers/new").content.decode()
    edit = {"version": "1", "remark": "改", field.key: "1"}
    assert browse("rep").post(f"/customers/{customer.pk}/edit", edit).status_code == 302
    other = customer_of("rep", name="另客")
    assert browse("rep").post(f"/customers/{other.pk}/edit", edit).status_code == 422


@pytest.mark.req("FLD-04")
def test_a_searchable_choice_is_a_quick_filter_once_its_index_is_ready(
    browse: Browse, own_field: Make, customer_of: Callable[..., Customer]
) -> None:
    field = own_field("常去门店", "choice", choices=("春熙路店", "天府店"), is_searchable=True)
    customer_of("rep", name="曾建国", **{field.key: "1"})
    customer_of("rep", name="夏梅", **{field.key: "2"})
    assert f'name="{field.key}"' not in browse("rep").get("/customers").content.decode()
    note_index(field.pk, "ready", actor=Actor.system("own fields"))
    page = browse("rep").get("/customers", {field.key: "2"}).content.decode()
    assert f'name="{field.key}"' in page
    assert "夏梅" in page
    assert "曾建国" not in page
