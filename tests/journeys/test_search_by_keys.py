"""The search box in a real browser, without the mouse: open it, read the groups, go there, find it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import answered

SignIn = Callable[..., Page]
CHOSEN = "#search-results [aria-selected=true]"


@pytest.mark.req("CUS-03")
def test_a_customer_is_found_and_found_again_by_keys_alone(sign_in: SignIn) -> None:
    page = sign_in("qiuyuan")
    page.keyboard.press("Control+k")
    expect(page.locator("[data-search] input")).to_be_focused()
    with answered(page, "/search?q=wang"):
        page.keyboard.type("wang")
    expect(page.locator(f"{CHOSEN} mark")).to_have_count(1)
    expect(page.locator("[data-search] [role=status]")).to_contain_text("条结果")
    first = page.locator(CHOSEN).inner_text()
    page.keyboard.press("Tab")
    expect(page.locator(CHOSEN)).not_to_have_text(first)
    page.keyboard.press("Shift+Tab")
    name = page.locator(f"{CHOSEN} .strong").inner_text()
    with answered(page, "/search/remember"):
        page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*")
    expect(page.locator("h1")).to_have_text(name)
    page.keyboard.press("/")
    expect(page.locator("#search-results")).to_contain_text("最近打开")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{CHOSEN} .strong")).to_have_text(name)
    expect(page.locator("#search-results [data-again=wang]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#search-results")).to_be_empty()
