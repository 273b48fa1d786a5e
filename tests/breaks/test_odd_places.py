"""Places and days at the edge of the calendar, a server of another language, fields that came after a view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.org import stamps
from guanxi.base.records.bulk.models import BulkRun
from guanxi.base.records.keys import Cursor
from guanxi.base.records.own_fields.actions import Choice, Entry, create_own_field
from guanxi.base.records.own_fields.models import OwnField
from guanxi.base.records.own_fields.provider import STAMP
from guanxi.base.records.views.actions import create_view
from guanxi.base.records.views.patience import TooSlow, within_seconds
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-02")]
Browse = Callable[[str], Client]
PLACES = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "0001-01-01", "9999-12-31")
PATHS = ("customers", "customers/count", "customers/criteria", "customers/export", "customers/print")


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59", "0001-01-01", "9999-12-31"]
)
@pytest.mark.parametrize("place", ["at={}", "as=board&by=status&lane=potential&after={}"])
@pytest.mark.parametrize("sort", ["new", "contact"])
def test_a_place_nobody_was_at_opens_the_list(
    browse: Browse, customer_of: Callable[..., Customer], value: str, place: str, sort: str
) -> None:
    customer_of("rep")
    for back in (True, False):
        address = place.format(Cursor(value, 1, back).encode())
        assert browse("manager").get(f"/customers?{address}&sort={sort}").status_code == 200


@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "path", ["customers", "customers/count", "customers/criteria", "customers/export", "customers/print"]
)
def test_the_first_and_last_day_of_the_calendar_can_be_asked_for(
    browse: Browse, customer_of: Callable[..., Customer], operator: str, day: str, path: str
) -> None:
    customer_of("rep")
    answer = browse("manager").get(f"/{path}", {"where": f"created_at {operator} {day}"})
    assert answer.status_code < 400


def ended_in_chinese() -> None:
    """What a server that speaks Chinese says when a statement has run too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN RAISE EXCEPTION '由于语句执行超时，正在取消查询命令' USING ERRCODE = '57014'; END $$"
        )


def test_a_slow_question_is_told_so_by_a_server_of_any_language() -> None:
    with pytest.raises(TooSlow), within_seconds():
        ended_in_chinese()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.req("CUS-03")
def test_a_view_may_narrow_by_a_searchable_own_choice(
    browse: Browse, actor: Callable[[str], Actor], customer_of: Callable[..., Customer]
) -> None:
    entry = Entry(label="门店", choices=[Choice("春熙路"), Choice("天府")], is_searchable=True)
    shop = create_own_field("customer", "choice", entry, actor=actor("admin"))
    OwnField.objects.filter(id=shop.pk).update(index_state=OwnField.IndexState.READY)
    stamps.renew(STAMP)
    customer_of("rep", name="甲客户", **{shop.key: "1"})
    customer_of("rep", name="乙客户", **{shop.key: "2"})
    view = create_view(CUSTOMERS, "春熙路", {shop.key: "1"}, actor=actor("rep"))
    page = browse("rep").get(f"/customers?view={view.pk}").content.decode()
    assert "甲客户" in page
    assert "乙客户" not in page


WORDS = (
    "q=\x00",
    "where=name+%3D+%22%00%22",
    "cols=" + "name," * 9000,
    "sort=zzz&as=zzz",
    "a=1&" * 300,
    "where=" + "(" * 3900,
)


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize("words", WORDS)
def test_a_view_of_odd_words_is_kept_or_refused(browse: Browse, words: str) -> None:
    form = {"kind": "customer", "name": "视图", "words": words, "sharing": "nobody"}
    assert browse("manager").post("/views/new", form).status_code in (302, 422)


@pytest.mark.req("CUS-04")
@pytest.mark.parametrize("where", ["segment(1)", "(((", "name = '\x00'", "x" * 9000, 'name = "' + "x" * 9000])
def test_a_segment_of_odd_words_is_refused(browse: Browse, where: str) -> None:
    form = {"kind": "customer", "name": "客群", "purpose": "p\x00", "where": where}
    assert browse("manager").post("/segments/new", form).status_code in (400, 422)


@pytest.mark.req("SHR-05")
def test_no_step_for_all_begins_from_a_view_that_shows_nothing(
    browse: Browse, actor: Callable[[str], Actor], customer_of: Callable[..., Customer]
) -> None:
    customer_of("rep")
    view = create_view(CUSTOMERS, "旧筛选", {"gone": "1"}, actor=actor("manager"))
    form = {"kind": "customer", "step": "customer-status", "all": "1", "asked": f"view={view.pk}"}
    answer = browse("manager").post("/bulk/start", form)
    assert answer["Location"].startswith("/customers")
    assert not BulkRun.objects.exists()
