"""The list of duties shows what the reader answers for, by state, person, clause and month."""

from __future__ import annotations

import re

import pytest

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.screens.listing import PAGE

from .conftest import NOTE, copies, in_row, rows_of, text_of

pytestmark = pytest.mark.django_db


def test_everybody_sees_as_far_as_their_people_reach(browse, desk):
    mine, other, far = desk("rep", name="甲"), desk("colleague", name="乙"), desk("stranger", name="丙")
    clock.advance(days=5)

    def seen(login: str) -> set[int]:
        return set(rows_of(browse(login).get("/duties?state=overdue"))) & {mine.pk, other.pk, far.pk}

    assert seen("rep") == {mine.pk}
    assert seen("supervisor") == {mine.pk, other.pk}
    assert seen("hangzhou") == {far.pk}
    assert seen("gm") == {mine.pk, other.pk, far.pk}


def test_the_list_of_a_person_out_of_reach_is_not_there(browse, desk, staff):
    desk()
    address = f"/duties?person={staff('rep').pk}"
    assert browse("stranger").get(address).status_code == 404
    assert browse("supervisor").get(address).status_code == 200


def test_a_phone_is_masked_for_whoever_may_not_reveal_it(browse, desk, staff):
    duty = desk(name="甲")
    in_row(browse("rep"), duty, "hand-over", to=staff("stranger").pk, why="我在杭州会场")
    receiver = text_of(browse("stranger").get("/duties?state=coming"))
    assert duty.customer.phone in receiver.replace(" ", "")
    page = text_of(browse("hangzhou").get("/duties?state=coming"))
    assert duty.customer.phone not in page.replace(" ", "")
    assert f"{duty.customer.phone[:3]}****" in page


@pytest.mark.parametrize("login", ["rep", "supervisor", "gm"])
def test_pages_go_there_and_back_without_loss(browse, desk, login):
    duty = desk()
    expected = [duty.pk, *copies(duty, PAGE + 2)]
    clock.advance(days=5)
    client = browse(login)
    address = "/duties?state=overdue&clause=" + str(duty.clause_id)
    first = client.get(address)
    second = client.get(turn(first, "next"))
    back = client.get(turn(second, "prev"))
    assert rows_of(first) + rows_of(second) == expected
    assert rows_of(back) == rows_of(first)


def turn(page, rel: str) -> str:
    return re.search(rf'rel="{rel}" href="([^"]+)"', text_of(page)).group(1).replace("&amp;", "&")


@pytest.mark.parametrize(
    "address",
    ["at=nonsense", "at=WyJ4Iiw1LGZhbHNlXQ", "clause=x", "month=2026-13", "state=none", "person=99999999999999999999"],
)
def test_odd_addresses_are_answered_calmly(browse, desk, address):
    desk()
    assert browse("rep").get(f"/duties?{address}").status_code in (200, 404)


def test_done_and_withdrawn_have_their_tabs(browse, desk):
    done, gone = desk(name="甲"), desk(name="乙")
    in_row(browse("rep"), done, "log", kind="call", result="reached", note=NOTE)
    in_row(browse("supervisor"), gone, "withdraw", why="不必了")
    client = browse("rep")
    assert rows_of(client.get("/duties?state=done")) == [done.pk]
    assert rows_of(client.get("/duties?state=withdrawn")) == [gone.pk]


def test_the_list_costs_the_same_queries_however_long(browse, desk, django_assert_num_queries):
    desk()
    client = browse("rep")
    client.get("/duties")
    # Session, account, posts, rights; rows; clauses to filter by.
    with django_assert_num_queries(3):
        client.get("/duties?state=coming")
    copies(Duty.objects.get(step=1, clause__key="buyer-callback"), 20)
    with django_assert_num_queries(3):
        client.get("/duties?state=coming")
