"""The workbench says what is to be done today, for whom, why and by when, at a price that never grows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.models import Duty

from .conftest import copies, in_row, rows_of, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.req("ACT-23", "CAR-02")
def test_it_shows_customer_purpose_clause_and_deadline(browse, desk):
    desk(name="欧阳静怡")
    page = text_of(browse("rep").get("/"))
    for words in (
        "欧阳静怡",
        "指导服用产品",
        "购买顾客：满意代表在档案表建档后3日",
        "/rulebooks/huixiao-archive#buyer-callback",
    ):
        assert words in page


@pytest.mark.req("ACT-23")
def test_what_is_late_comes_first_and_what_lies_far_ahead_is_not_there(browse, desk):
    late = desk(name="甲")
    clock.advance(days=4)
    fresh = desk(name="乙")
    shown = rows_of(browse("rep").get("/"))
    assert shown == [late.pk, fresh.pk]


def test_it_costs_the_same_queries_with_one_duty_and_with_forty(browse, desk, django_assert_num_queries):
    desk()
    client = browse("rep")
    client.get("/")  # the first request writes the session
    # Session, account, posts, rights; counts; rows; no more.
    with django_assert_num_queries(3):
        client.get("/")
    copies(Duty.objects.get(step=1, clause__key="buyer-callback"), 40)
    with django_assert_num_queries(3):
        client.get("/")


def test_a_long_section_is_cut_and_goes_on_where_it_was_cut(browse, desk):
    duty = desk()
    expected = [duty.pk, *copies(duty, 22)]
    clock.advance(days=5)
    client = browse("rep")
    first = client.get("/")
    more = text_of(first).split('hx-get="/?part=overdue')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"/?part=overdue{more}", headers={"HX-Request": "true"})
    assert rows_of(first)[:20] + rows_of(second) == expected


def test_an_empty_desk_says_what_comes_next(browse, desk):
    duty = desk()
    Duty.objects.filter(assignee=duty.assignee).exclude(pk=duty.pk).delete()
    Duty.objects.filter(pk=duty.pk).update(due_at=clock.now() + timedelta(days=20))
    page = browse("rep").get("/")
    assert "今天没有到期的事项" in text_of(page)
    assert rows_of(page) == [duty.pk]


def test_nobody_with_nothing_to_do_is_left_with_a_blank_page(browse, db):
    for login in ("rep", "admin", "gm"):
        assert "没有应办事项" in text_of(browse(login).get("/"))


@pytest.mark.req("ACT-23")
def test_caught_up_duties_are_folded_away_with_their_count(browse, desk):
    duty = desk(completed_on=clock.today() - timedelta(days=10))
    client = browse("rep")
    first = client.get("/")
    assert duty.is_caught_up
    assert duty.pk not in rows_of(first)
    assert 'id="count-caught_up">1<' in text_of(first)
    assert rows_of(client.get("/?part=caught_up", headers={"HX-Request": "true"})) == [duty.pk]


def test_a_superior_sees_the_team_late_first_and_a_representative_has_no_such_tab(browse, desk, staff):
    desk("colleague", name="甲")
    clock.advance(days=5)
    desk("rep", name="乙")
    page = text_of(browse("supervisor").get("/?view=team"))
    assert page.index("黄娜") < page.index("邱远")
    assert f"/duties?state=overdue&person={staff('colleague').pk}" in page
    assert "彭海" not in page
    assert "view=team" not in text_of(browse("rep").get("/"))


def test_duties_nobody_was_found_for_are_listed_for_whoever_answers(browse, desk):
    orphan = desk("stranger")
    Duty.objects.filter(pk=orphan.pk).update(assignee=None)
    assert orphan.pk in rows_of(browse("hangzhou").get("/?view=team"))
    assert orphan.pk in rows_of(browse("gm").get("/?view=team"))
    assert orphan.pk not in rows_of(browse("manager").get("/?view=team"))


def test_the_figures_follow_after_something_was_done(browse, desk):
    duty = desk()
    client = browse("rep")
    Duty.objects.filter(pk=duty.pk).update(due_at=clock.now() - timedelta(hours=1))
    before = text_of(client.get("/?part=counts", headers={"HX-Request": "true"}))
    answer = in_row(client, duty, "postpone", until="2026-11-30", why="客户外出")
    after = text_of(client.get("/?part=counts", headers={"HX-Request": "true"}))
    assert "duties-changed" in answer["HX-Trigger"]
    assert 'class="value late">1<' in before
    assert 'class="value late">1<' not in after
