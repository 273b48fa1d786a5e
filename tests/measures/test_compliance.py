"""The manager's page: figures by clause, unit and person; behind each figure stand the duties it counts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.phases import measuring
from guanxi.core.rulebooks.screens.listing import PAGE

pytestmark = pytest.mark.req("CAR-30")
FIGURE = re.compile(r'<a[^>]*href="(/duties\?[^"]*)"[^>]*>(?:<span class="value[^"]*">)?([\d,]+)<')


@pytest.fixture
def worked(rulebook_21: Any, form_of: Any, call: Any, customer_of: Any) -> None:
    """Two months of forms and calls of three people in two branches, some late."""
    for login in ("rep", "colleague", "stranger"):
        for number in range(3):
            form = form_of(login, customer_of(login), purchased=number > 0)
            if number == 1:
                call(login, form.customer)
    clock.advance(days=16)
    run_rules()
    for login in ("rep", "stranger"):
        form_of(login, customer_of(login))
    Duty.objects.filter(assignee__account__login="doctor").update(assignee=None)


def figures_of(html: str) -> list[tuple[str, int]]:
    return [(address.replace("&amp;", "&"), int(count.replace(",", ""))) for address, count in FIGURE.findall(html)]


def rows_behind(client: Any, address: str) -> int:
    html = client.get(address).content.decode()
    return len(set(re.findall(r'<li id="duty-(\d+)"', html)))


@pytest.mark.parametrize("login", ["gm", "manager", "rep", "hangzhou", "service"])
def test_each_figure_has_exactly_its_rows(login: str, worked: None, browse: Any) -> None:
    client = browse(login)
    for month in ("2026-11", "2026-12"):
        html = client.get(f"/compliance?month={month}").content.decode()
        found = figures_of(html)
        assert len(found) > 20
        for address, count in found:
            assert rows_behind(client, address) == min(count, PAGE), address


@pytest.mark.parametrize("query", ["unit", "person", "rulebook"])
def test_narrowed_figures_have_their_rows(query: str, worked: None, browse: Any, staff: Any) -> None:
    from guanxi.base.org.models import Unit

    value = {
        "unit": Unit.objects.get(code="chengdu").pk,
        "person": staff("rep").pk,
        "rulebook": "huixiao-archive",
    }[query]
    client = browse("gm")
    found = figures_of(client.get(f"/compliance?month=2026-11&{query}={value}").content.decode())
    assert sum(count for _address, count in found) > 0
    for address, count in found:
        assert rows_behind(client, address) == min(count, PAGE), address
        if query != "rulebook":
            assert query in parse_qs(urlsplit(address).query)


def test_the_figures_of_a_rulebook_are_the_same_before_and_after_folding(worked: None, browse: Any) -> None:
    client = browse("manager")
    before = figures_of(client.get("/rulebooks/huixiao-archive").content.decode())
    measuring.fold()
    assert figures_of(client.get("/rulebooks/huixiao-archive").content.decode()) == before
    for address, count in before:
        assert rows_behind(client, address) == min(count, PAGE), address


def test_nobody_reads_figures_of_people_out_of_sight(worked: None, browse: Any, staff: Any) -> None:
    assert "邵平" not in browse("manager").get("/compliance").content.decode()
    assert "彭海" not in browse("manager").get("/compliance?month=2026-11").content.decode()
    assert browse("manager").get(f"/compliance?person={staff('stranger').pk}").status_code == 404
    assert browse("rep").get(f"/compliance?person={staff('colleague').pk}").status_code == 404
    assert browse("admin").get("/compliance").status_code == 403


def test_who_is_late_most_stands_first(worked: None, browse: Any) -> None:
    html = browse("gm").get("/compliance?month=2026-11").content.decode()
    table = html[html.index('aria-label="按人员"') :] if "按人员" in html else html[html.index("By person") :]
    late = [int(n) for n in re.findall(r'class="late strong"[^>]*>(\d+)<', table)]
    assert late == sorted(late, reverse=True)
    assert late[0] > 0


def test_figures_leave_as_file_and_on_paper_and_the_trail_says_so(worked: None, browse: Any) -> None:
    from guanxi.base.audit.models import Entry

    client = browse("manager")
    text = client.get("/compliance/file?form=csv&month=2026-11").content.decode("utf-8-sig")
    assert "邱远" in text
    assert "彭海" not in text
    assert client.get("/compliance/file?form=xlsx").content[:2] == b"PK"
    assert "P0" in client.get("/compliance/print?month=2026-11").content.decode()
    assert client.get("/compliance/file?form=pdf").status_code == 404
    assert Entry.objects.filter(name="rulebooks:figures:taken").count() == 3


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "month=x", "unit=999999", "unit=-1", "person=abc", "rulebook=nothing", "unit=" + "9" * 30],
)
def test_odd_questions_are_answered(query: str, worked: None, browse: Any) -> None:
    for path in ("/compliance", "/compliance/days", "/duties"):
        assert browse("gm").get(f"{path}?{query}").status_code in (200, 404)


def test_queries_do_not_grow_with_people_and_clauses(worked: None, browse: Any) -> None:
    client = browse("gm")
    client.get("/compliance?month=2026-11")
    with CaptureQueriesContext(connection) as queries:
        client.get("/compliance?month=2026-11")
    assert len(queries) <= 14, [q["sql"][:100] for q in queries]
