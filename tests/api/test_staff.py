from __future__ import annotations

import pytest

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-01")]


def test_a_program_finds_whom_to_give_something_to(call, staff):
    found = call("rep").get("/staff?q=黄").json()["items"]
    assert [(row["id"], row["name"], row["unit"]["name"]) for row in found] == [
        (staff("colleague").id, "黄娜", "成都销售部")
    ]
    assert [row["name"] for row in call("rep").get("/staff?q=huang").json()["items"]] == ["黄娜"]


def test_who_has_left_is_not_offered(call):
    Staff.objects.filter(name="黄娜").update(left_on=clock.today())
    assert call("rep").get("/staff?q=黄娜").json()["items"] == []


def test_the_list_is_read_page_by_page_at_the_same_cost(call, django_assert_num_queries):
    program, read, at = call("rep"), [], ""
    while True:
        with django_assert_num_queries(3):
            page = program.get(f"/staff?limit=4&at={at}").json()
        read += [row["name"] for row in page["items"]]
        at = page["next"]
        if not at:
            break
    assert sorted(read) == sorted(Staff.objects.values_list("name", flat=True))
    assert len(read) == len(set(read))
