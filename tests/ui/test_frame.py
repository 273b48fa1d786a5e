"""The frame of a page is kept between requests; what belongs to one request never is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.ui.frame import HERE, TOKEN

pytestmark = pytest.mark.django_db
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_each_page_has_its_own_token_and_way_back(browse: Callable[[str], Client]) -> None:
    rep, gm = browse("rep"), browse("gm")
    first, again = page(rep, "/customers?q=<a>"), page(rep, "/customers?sort=name")
    other = page(gm, "/customers")
    for text in (first, again, other):
        assert TOKEN not in text
        assert HERE not in text
        assert len(set(TOKENS.findall(text))) == 1
    assert len({TOKENS.findall(text)[0] for text in (first, again, other)}) == 3
    assert 'name="next" value="/customers?q=%3Ca%3E"' in first
    assert 'name="next" value="/customers?sort=name"' in again


def test_the_frame_names_the_reader_and_shows_what_they_may_open(browse: Callable[[str], Client]) -> None:
    rep, gm, admin = (
        page(browse(login), "/customers" if login != "admin" else "/") for login in ("rep", "gm", "admin")
    )
    names = [re.findall(r'class="menu-head"><span class="strong">([^<]+)<', text) for text in (rep, gm, admin)]
    assert names == [["邱远"], ["何远山"], ["管理员"]]
    links = [set(re.findall(r'class="nav-link" href="([^"]+)"', text)) for text in (rep, gm, admin)]
    assert "/customers" in links[0]
    assert "/customers" not in links[2]


def test_the_page_that_is_open_is_marked(browse: Callable[[str], Client]) -> None:
    rep = browse("rep")
    for address in ("/customers", "/file-forms", "/customers"):
        text = page(rep, address)
        assert re.findall(r'class="nav-link" href="([^"]+)" aria-current="page"', text) == [address]


def test_the_language_of_a_page_is_the_readers(browse: Callable[[str], Client]) -> None:
    rep = browse("rep")
    assert "客户" in page(rep, "/customers")
    rep.cookies["guanxi_language"] = "en"
    assert "Customers" in page(rep, "/customers")
    del rep.cookies["guanxi_language"]
    assert "工作台" in page(rep, "/customers")
