"""Who adds, changes, orders and removes own fields, and within which limits."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry as TrailEntry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Stale
from guanxi.base.org import stamps
from guanxi.base.records.own_fields import provider
from guanxi.base.records.own_fields.actions import (
    Entry,
    change_own_field,
    create_own_field,
    move_own_field,
    remove_own_field,
    restore_own_field,
)
from guanxi.base.records.own_fields.models import OwnField
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

from .conftest import Make

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
Act = Callable[[str], Actor]


def keys() -> list[str]:
    return [field.key for field in CUSTOMERS.all_fields if field.is_own]


@pytest.mark.req("FLD-01", "FLD-02")
def test_an_administrator_adds_a_field_on_the_screen_and_forms_have_it(browse: Browse) -> None:
    admin = browse("admin")
    assert "还没有自定义字段" in admin.get("/settings/fields").content.decode()
    assert "从列表中选择" in admin.get("/settings/fields/customer/new").content.decode()
    sent = {
        "field_kind": "choice",
        "label": "常去门店",
        "label_en": "Preferred store",
        "section": "business",
        "is_required": "on",
        "choice_key": ["", "", ""],
        "choice": ["天府店", "", "春熙路店"],
        "choice_en": ["Tianfu", "", "Chunxi Road"],
        "choice_place": ["2", "3", "1"],
        "op_key": str(uuid4()),
    }
    for _again in range(2):
        assert admin.post("/settings/fields/customer/new", sent).status_code == 302
    field = OwnField.objects.get()
    assert [option["label"] for option in field.choices] == ["春熙路店", "天府店"]
    assert "常去门店" in admin.get("/settings/fields").content.decode()
    form = browse("rep").get("/customers/new").content.decode()
    assert form.index("所属行业" if "所属行业" in form else "行业") < form.index("常去门店") < form.index("备注")
    assert TrailEntry.objects.filter(name="records:field:created", subject_id=field.pk).count() == 1


@pytest.mark.req("FLD-07")
def test_names_are_kept_per_language_and_english_may_be_missing(browse: Browse, own_field: Make) -> None:
    own_field("常去门店", label_en="Preferred store", group="到店", group_en="Visits")
    own_field("会员卡号")
    client = browse("rep")
    client.cookies["guanxi_language"] = "en"
    page = client.get("/customers/new").content.decode()
    for shown in ("Preferred store", "Visits", "会员卡号"):
        assert shown in page
    assert "常去门店" not in page


@pytest.mark.parametrize("login", ["rep", "manager", "gm"])
def test_others_have_no_such_page(browse: Browse, own_field: Make, actor: Act, login: str) -> None:
    field = own_field("会员卡号")
    for page in ("/settings/fields", "/settings/fields/customer/new", f"/settings/fields/{field.pk}"):
        assert browse(login).get(page).status_code == 403
    with pytest.raises(NotAllowed):
        create_own_field("customer", "text", Entry(label="甲"), actor=actor(login))


@pytest.mark.req("FLD-03")
def test_the_kind_stays_after_saving(browse: Browse, own_field: Make) -> None:
    field = own_field("会员卡号")
    sent = {"field_kind": "date", "label": "卡号", "section": "*", "version": "1", "op_key": str(uuid4())}
    assert browse("admin").post(f"/settings/fields/{field.pk}", sent).status_code == 302
    field.refresh_from_db()
    assert (field.field_kind, field.label) == ("text", "卡号")


@pytest.mark.parametrize(
    ("entry", "kind", "at"),
    [
        (Entry(label=""), "text", "label"),
        (Entry(label="长" * 41), "text", "label"),
        (Entry(label="甲\x00"), "text", "label"),
        (Entry(label="姓名"), "text", "label"),
        (Entry(label="甲"), "colour", "field_kind"),
        (Entry(label="甲"), "choice", "choices"),
        (Entry(label="甲", section="nowhere"), "text", "section"),
        (Entry(label="甲", is_searchable=True), "longtext", "is_searchable"),
    ],
)
def test_what_makes_no_sound_field_is_refused(actor: Act, entry: Entry, kind: str, at: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_own_field("customer", kind, entry, actor=actor("admin"))
    assert list(refused.value.errors) == [at]


def test_types_without_a_place_for_them_have_none(actor: Act) -> None:
    with pytest.raises(Missing):
        create_own_field("duty", "text", Entry(label="甲"), actor=actor("admin"))


def test_two_fields_have_not_the_same_name(own_field: Make, actor: Act) -> None:
    first = own_field("会员卡号")
    with pytest.raises(Invalid):
        own_field("会员卡号")
    remove_own_field(first.pk, actor=actor("admin"))
    own_field("会员卡号")
    with pytest.raises(Invalid):
        restore_own_field(first.pk, actor=actor("admin"))


def test_a_hundred_fields_and_twenty_searchable_are_the_most(own_field: Make) -> None:
    rows = (
        OwnField(kind="customer", field_kind="text", label=f"栏{n}", position=n, is_searchable=n < 19,
                 created_at=clock.now(), updated_at=clock.now())
        for n in range(98)
    )  # fmt: skip
    OwnField.objects.bulk_create(rows)
    own_field("第二十个", is_searchable=True)
    with pytest.raises(Invalid) as refused:
        own_field("第二十一个", is_searchable=True)
    assert list(refused.value.errors) == ["is_searchable"]
    own_field("第一百个")
    with pytest.raises(Invalid) as refused:
        own_field("多出来的")
    assert list(refused.value.errors) == [""]


@pytest.mark.req("FLD-02")
def test_the_order_is_the_administrators(own_field: Make, actor: Act) -> None:
    first, second, third = own_field("甲"), own_field("乙"), own_field("丙")
    move_own_field(third.pk, up=True, actor=actor("admin"))
    assert keys() == [first.key, third.key, second.key]
    move_own_field(first.pk, up=True, actor=actor("admin"))
    assert keys() == [first.key, third.key, second.key]


@pytest.mark.req("FLD-04")
def test_removing_hides_it_and_keeps_what_records_hold(
    browse: Browse, own_field: Make, actor: Act, customer_of: Callable[..., Customer]
) -> None:
    field = own_field("会员卡号")
    customer = customer_of("rep", **{field.key: "VIP-7"})
    assert browse("admin").post(f"/settings/fields/{field.pk}/remove").status_code == 302
    assert "VIP-7" not in browse("rep").get(f"/customers/{customer.pk}").content.decode()
    assert browse("rep").get(f"/customers?cols=name,{field.key}").status_code == 200
    browse("rep").post(f"/customers/{customer.pk}/edit", {"version": "1", "remark": "改", field.key: "x"})
    assert browse("admin").post(f"/settings/fields/{field.pk}/restore").status_code == 302
    assert "VIP-7" in browse("rep").get(f"/customers/{customer.pk}").content.decode()
    assert own_field("另一个").pk > field.pk


def test_an_old_version_changes_nothing(own_field: Make, actor: Act, browse: Browse) -> None:
    field = own_field("会员卡号")
    change_own_field(field.pk, Entry(label="卡号"), version=1, actor=actor("admin"))
    with pytest.raises(Stale):
        change_own_field(field.pk, Entry(label="旧"), version=1, actor=actor("admin"))
    answered = browse("admin").post(f"/settings/fields/{field.pk}", {"label": "旧", "version": "1"})
    assert answered.status_code == 409


def test_another_process_sees_the_change_with_its_next_request(browse: Browse, own_field: Make) -> None:
    own_field("会员卡号")
    client = browse("rep")
    assert "会员卡号" in client.get("/customers/new").content.decode()
    # As another process leaves it: the rows and the stamp changed, our memory did not.
    OwnField.objects.update(label="改名卡号")
    stamps.Stamp.objects.update(value="x" * 32)
    assert "改名卡号" in client.get("/customers/new").content.decode()


def test_reading_fields_costs_no_query_in_a_request(
    own_field: Make, django_assert_num_queries: Callable[[int], object]
) -> None:
    own_field("会员卡号")
    provider.fields_of("customer")
    with stamps.held():
        stamps.brought(dict(stamps.Stamp.objects.values_list("key", "value")))
        with django_assert_num_queries(0):  # type: ignore[attr-defined]  # a context manager of pytest-django
            for told in (CUSTOMERS.all_fields, CUSTOMERS.all_columns, CUSTOMERS.all_sections):
                assert told
