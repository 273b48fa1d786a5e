"""Every page of the navigation opens for every role, in both languages, wide and narrow, without a complaint."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.req("INS-07", "INS-08", "INS-09")]
ROLES = ["liangzhendong", "zhoukai", "linlan", "tangning", "shenjie", "qiuyuan"]
# The navigation at the left and the menu of the person at the top right.
NAVIGATION = "nav a[href^='/'], header .menu-list a[href^='/']"
# What each role may open beyond its navigation: the first record behind every list.
FOLLOWED = "main table a[href^='/'], main li a[href^='/']:not([download])"


def addresses(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(NAVIGATION, "links => links.map(a => a.getAttribute('href'))")
    return sorted(set(found))


@pytest.mark.parametrize("login", ROLES)
@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 390)])
def test_every_page_opens_without_a_complaint(
    place: Installation, sign_in: Callable[..., Page], login: str, language: str, width: int
) -> None:
    page = sign_in(login, language=language, width=width)
    opened = addresses(page)
    assert len(opened) >= 3
    for address in opened:
        look_at(page, place.address + address)
        first = page.locator(FOLLOWED).first
        if first.count():
            look_at(page, place.address + str(first.get_attribute("href")))


def look_at(page: Page, address: str) -> None:
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, address
    assert "content-security-policy" in response.headers
    assert "unsafe" not in response.headers["content-security-policy"]
    page.locator("h1").first.wait_for()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{address} scrolls sideways"
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
