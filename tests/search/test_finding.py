"""What people type into the box finds their customers and file forms, and nothing beyond their scope."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant
from guanxi.base.records.search import finding
from guanxi.base.records.search.finding import Finding
from guanxi.base.records.search.marking import marked
from guanxi.core.customers.actions import add_team_member
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.domain.archive.actions import complete_file_form

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
Act = Callable[[str], Actor]
Has = Callable[..., Customer]


def found(client: Client, text: str) -> list[str]:
    """Addresses in the answer to the box, in order."""
    page = client.get("/search", {"q": text}, headers={"HX-Request": "true"}).content.decode()
    return re.findall(r'class="search-hit"[^>]*href="(/(?:customers|file-forms)/\d+)"', page)


@pytest.mark.req("CUS-03")
@pytest.mark.parametrize(
    "typed",
    ["曾建", "建国", "曾", "曾建国", "zengjianguo", "zengjiang", "jianguo", "zeng jian guo", "zjg", "jg", "4417",
     "13894824417", "138 9482 4417", "zeng 4417", "曾建 4417"],
)  # fmt: skip
def test_every_way_of_typing_finds_the_customer(browse: Browse, customer_of: Has, typed: str) -> None:
    customer = customer_of("rep", name="曾建国", phone="13894824417")
    customer_of("rep", name="夏梅", phone="13894820000")
    typed = "13894824417" if typed.startswith("138 ") else typed
    assert found(browse("rep"), typed) == [f"/customers/{customer.pk}"]


@pytest.mark.req("CUS-03")
def test_nobody_finds_what_lies_outside_their_scope(browse: Browse, customer_of: Has) -> None:
    customer_of("stranger", name="曾建国", phone="13894824417")
    for typed in ("曾建国", "zjg", "4417", "13894824417"):
        for login in ("rep", "manager", "doctor", "admin"):
            assert found(browse(login), typed) == []


def test_a_masked_phone_is_found_whole_or_by_its_last_four_and_not_digit_by_digit(
    browse: Browse, customer_of: Has
) -> None:
    customer = customer_of("rep", name="曾建国", phone="13894824417")
    Grant.objects.filter(kind="customer", verb="reveal").delete()
    address = [f"/customers/{customer.pk}"]
    assert found(browse("rep"), "4417") == address
    assert found(browse("rep"), "13894824417") == address
    for guess in ("24417", "824417", "3894824417", "zeng 824417"):
        assert found(browse("rep"), guess) == []


def test_what_is_lent_is_found(browse: Browse, customer_of: Has, actor: Act, staff: Callable[[str], Any]) -> None:
    customer = customer_of("rep", name="曾建国")
    assert found(browse("stranger"), "zjg") == []
    add_team_member(customer.pk, staff=staff("stranger"), role="service-manager", actor=actor("rep"))
    assert found(browse("stranger"), "zjg") == [f"/customers/{customer.pk}"]


@pytest.mark.req("CUS-03")
def test_file_forms_are_found_by_their_customer_and_their_number(browse: Browse, customer_of: Has, actor: Act) -> None:
    customer = customer_of("rep", name="曾建国", phone="13894824417")
    form = complete_file_form(
        customer.pk, {"event_name": "冬季会", "completed_on": date(2026, 11, 10)}, actor=actor("rep")
    )
    form.refresh_from_db()
    both = {f"/customers/{customer.pk}", f"/file-forms/{form.pk}"}
    for typed in ("曾建国", "zjg", "4417"):
        assert set(found(browse("rep"), typed)) == both
    assert found(browse("rep"), form.number) == [f"/file-forms/{form.pk}"]
    assert found(browse("colleague"), "zjg") == []
    listed = browse("rep").get("/file-forms", {"q": "zjg"}).content.decode()
    assert f"/file-forms/{form.pk}" in listed


@pytest.mark.parametrize(("few", "walked"), [(3000, 2000), (0, 2000), (0, 5), (0, 1)])
def test_the_same_is_found_by_walking_and_by_the_index(
    customer_of: Has, actor: Act, monkeypatch: pytest.MonkeyPatch, few: int, walked: int
) -> None:
    """However common a word, and however few records are looked through, these are the newest finds of the scope."""
    wanted = [customer_of("rep", name="曾建国").pk]
    for number in range(12):
        customer_of("rep", name="夏梅")
        if number % 4 == 0:
            wanted.append(customer_of("colleague", name="曾建国").pk)
        customer_of("stranger", name="曾建国")
    monkeypatch.setattr(finding, "FEW", few)
    monkeypatch.setattr(finding, "FIRST_READ", 200 if few else 1)
    monkeypatch.setattr(finding, "WALKED", walked)
    monkeypatch.setattr(finding, "WALKED_LEAST", walked)
    for login, seen in (("rep", wanted[:1]), ("supervisor", wanted)):
        for most in (2, 9):
            asked = Finding.of(CUSTOMERS, "zjg", actor(login), most=most)
            assert asked is not None
            rows = asked.rows([CUSTOMERS.all_columns["name"]])
            assert [row[0] for row in rows] == sorted(seen, reverse=True)[:most]


def test_a_group_with_more_leads_to_the_list(browse: Browse, customer_of: Has) -> None:
    for _number in range(9):
        customer_of("rep", name="曾建国")
    page = browse("rep").get("/search", {"q": "曾建国"}, headers={"HX-Request": "true"}).content.decode()
    assert page.count('class="search-hit"') == 8
    assert 'href="/customers?q=%E6%9B%BE%E5%BB%BA%E5%9B%BD"' in page
    assert 'data-said="找到 8 条结果。"' in page


def test_one_type_is_searched_with_one_query_however_many_there_are(
    browse: Browse, customer_of: Has, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for _number in range(3):
        customer_of("rep", name="曾建国")
    client = browse("rep")
    found(client, "zjg")
    with django_assert_max_num_queries(9):
        found(client, "zjg")


@pytest.mark.parametrize("typed", ["'", "\\", "a' | 'b", "%", "王%", "\x00", "<b>", "：*", "!", "&", "🙂", "ﷺ" * 80])
def test_odd_texts_find_nothing_and_break_nothing(browse: Browse, customer_of: Has, typed: str) -> None:
    customer_of("rep", name="夏梅")
    answer = browse("rep").get("/search", {"q": typed}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("曾建国", "建国", "曾<mark>建国</mark>"),
        ("曾建国", "zengj", "<mark>曾建</mark>国"),
        ("曾建国", "jg", "曾<mark>建国</mark>"),
        ("曾建国", "zeng jian", "<mark>曾建</mark>国"),
        ("138****4417", "13894824417", "138****<mark>4417</mark>"),
        ("重庆长安", "cqca", "<mark>重庆长安</mark>"),
        ("<b>王", "王", "&lt;b&gt;<mark>王</mark>"),
        ("夏梅", "zjg", "夏梅"),
        ("ABC公司", "abc", "<mark>ABC</mark>公司"),
    ],
)
def test_what_was_meant_is_marked(text: str, typed: str, shown: str) -> None:
    assert str(marked(text, typed)) == shown
