"""A list as a month: each entry on its day in company time, a few shown, the rest counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.records import calendars
from guanxi.base.records.asked import Asked
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.domain.archive.screens.fileform import FILE_FORMS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03")]
READERS = ["rep", "supervisor", "doctor", "gm", "stranger"]


@pytest.fixture
def november(staff: Callable[[str], Staff]) -> list[Customer]:
    """Created in October to December, many within an hour of midnight."""
    random = Random(3)
    owners = [staff(login) for login in ("rep", "colleague", "stranger")]
    rows = []
    for number in range(150):
        owner = random.choice(owners)
        day = date(2026, 10, 20) + timedelta(days=random.randrange(50))
        at = datetime.combine(day, time(random.choice([0, 7, 23]), random.randrange(60)), tzinfo=clock.ZONE)
        rows.append(
            Customer(
                name=f"客户{number}",
                pinyin="ke hu",
                phone=f"137{number:08}",
                owner=owner,
                unit=owner.posts.get().unit,
                created_at=at,
                updated_at=at,
                last_contact_at=at if number % 3 else None,
            )
        )
    return Customer.objects.bulk_create(rows)


@pytest.mark.parametrize("is_long", [False, True], ids=["short", "long"])
@pytest.mark.parametrize("by", ["created_at", "last_contact_at"])
@pytest.mark.parametrize("login", READERS)
def test_every_day_counts_its_own(
    november: list[Customer],
    actor: Callable[[str], Actor],
    login: str,
    by: str,
    is_long: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_long:
        monkeypatch.setattr(calendars, "CAP", 1)
    reader = actor(login)
    month = calendars.calendar_page(CUSTOMERS, Asked(month="2026-11"), reader, CUSTOMERS.field(by))
    assert not month.too_broad
    values = Customer.objects.visible_to(reader).exclude(**{by: None}).values_list(by, flat=True)
    for day in month.days:
        wanted = sum(clock.local_date(value) == day.on for value in values)
        assert (day.count, len(day.rows)) == (wanted, min(wanted, calendars.SHOWN))


def test_the_grid_is_whole_weeks_from_monday() -> None:
    for text, first, last in [("2026-11", "2026-10-26", "2026-12-06"), ("2027-02", "2027-02-01", "2027-02-28")]:
        days = calendars.empty_month(CUSTOMERS.field("created_at"), calendars.month_of(text)).days
        assert (str(days[0].on), str(days[-1].on)) == (first, last)


@pytest.mark.parametrize("text", ["", "2026-13", "x", "9999-12", "0001-01", "2026-11-05", "２０２６-11"])
def test_a_month_that_is_none_is_this_month(text: str) -> None:
    assert calendars.month_of(text) == date(2026, 11, 1)


def test_birthdays_and_other_personal_days_make_no_calendar() -> None:
    assert [f.key for f in calendars.calendar_fields(CUSTOMERS)] == ["last_contact_at", "created_at"]


def test_the_page_shows_the_month_with_holidays_and_the_way_to_a_day(browse: Any, customer_of: Any) -> None:
    for number in range(7):
        customer_of("rep", name=f"客户{number}")
    page = browse("rep").get("/customers?as=calendar&by=created_at&month=2026-11").content.decode()
    assert "还有 2 条" in page
    assert "where=created_at+%3E%3D+2026-11-16+and+created_at+%3C+2026-11-17" in page
    assert "国庆节" in browse("rep").get("/customers?as=calendar&month=2026-10").content.decode()


def test_days_of_forms_are_days(browse: Any) -> None:
    assert [f.key for f in calendars.calendar_fields(FILE_FORMS)] == ["completed_on", "created_at"]
    assert browse("manager").get("/file-forms?as=calendar&by=completed_on").status_code == 200


def test_the_number_of_queries_stays(november: list[Customer], browse: Any) -> None:
    client = browse("manager")
    client.get("/customers?as=calendar&month=2026-11")
    costs = []
    for month in ("2026-11", "2020-01"):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/customers?as=calendar&month={month}")
        costs.append(len(queries))
    assert costs[0] - costs[1] in (0, 1)
