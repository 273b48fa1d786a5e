"""Chromium goes through the product as every role: no violation of the policy, no complaint, no foreign request, and
nothing in web storage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from tests.installation import ARGUMENTS, CHROMIUM, Installation

from .crawl import Crawl, completed, crawl_all
from .headers import POLICY

pytestmark = [pytest.mark.slow, pytest.mark.req("SEC-06")]
ROLES = ["qiuyuan", "liangzhendong", "zhoukai", "linlan", "hanmei", "tangning", "fanglei", "shenjie"]


def crawled(place: Installation, *, per_route: int, presses: int, share: int = 1000) -> list[Crawl]:
    with place.database() as db:
        rows = db.execute("SELECT name, phone FROM customers_customer LIMIT 2000").fetchall()
    canaries = frozenset(str(value) for row in rows for value in row if value)
    assert len(canaries) > 100
    shared: dict[str, int] = defaultdict(int)
    return completed(
        crawl_all([Crawl(place.address, login, per_route, presses, shared, share, canaries) for login in ROLES])
    )


def judge(crawls: list[Crawl], *, least: int) -> None:
    routes = {route for crawl in crawls for route, count in crawl.seen.items() if count}
    pages, presses = sum(len(crawl.opened) for crawl in crawls), sum(crawl.pressed for crawl in crawls)
    print(f"browser: {pages} pages of {len(routes)} routes as {len(crawls)} roles, {presses} presses")  # noqa: T201  (a figure)
    print({crawl.login: len(crawl.opened) for crawl in crawls})  # noqa: T201  (a figure)
    assert [complaint for crawl in crawls for complaint in crawl.complaints][:20] == []
    assert len(routes) >= 120
    assert pages >= least
    assert min(len(crawl.opened) for crawl in crawls) >= 6


def test_no_role_meets_a_violation_and_nothing_is_stored(place: Installation) -> None:
    """Every route as one role that opens it at least, the navigation as all of them."""
    crawls = crawled(place, per_route=1, presses=6, share=1)
    judge(crawls, least=250)
    assert sum(crawl.pressed for crawl in crawls) > 800


@pytest.mark.soak
def test_no_role_meets_a_violation_with_everything_pressed(place: Installation) -> None:
    """Every route as every role, several records of each, everything pressed."""
    judge(crawled(place, per_route=4, presses=200), least=1000)


PLANTED: dict[str, tuple[str, str]] = {
    "handler": ("<button onclick='x()'>", "violation of script-src-attr"),
    "loaded": ("<img src=/static/none.png onerror='x()'>", "violation of script-src-attr"),
    "style": ("<p style='color: red'>", "violation of style-src-attr"),
    "styles": ("<style>p { color: red }</style>", "violation of style-src-elem"),
    "script": ("<script>window.__xss('in line')</script>", "violation of script-src-elem"),
    "elsewhere": ("<script src='https://example.com/x.js'></script>", "violation of script-src-elem by https://example"),
    "image": ("<img src='https://example.com/x.png'>", "violation of img-src by https://example.com"),
    "frame": ("<iframe src='https://example.com'></iframe>", "violation of frame-src"),
    "base": ("<base href='https://example.com/'>", "violation of base-uri"),
    "eval": ("<script src='/planted-script?eval'></script>", "violation of script-src by eval"),
    "fetch": ("<script src='/planted-script?fetch'></script>", "violation of connect-src by https://example.com"),
    "error": ("<script src='/planted-script?error'></script>", "script error"),
    "alert": ("<script src='/planted-script?alert'></script>", "alert: 1"),
    "session storage": ("<script src='/planted-script?session'></script>", "web storage holds [{},{\"last\":\"邱远\"}"),
    "local storage": ("<script src='/planted-script?local'></script>", "web storage holds [{\"last\":\"邱远\"}"),
    "database": ("<script src='/planted-script?database'></script>", "web storage holds [{},{},[\"邱远\"]"),
}  # fmt: skip
SCRIPTS = {
    "eval": "setTimeout(() => eval('1'))",
    "fetch": "fetch('https://example.com/').catch(() => {})",
    "error": "throw new Error('x')",
    "alert": "alert(1)",
    "session": "sessionStorage.last = '邱远'",
    "local": "localStorage.last = '邱远'",
    "database": "indexedDB.open('邱远')",
}
HEADER = "; ".join(f"{name} {value}" for name, value in POLICY.items())


async def planted(place: Installation, *, policy: str = HEADER) -> dict[str, list[str]]:
    """What the crawler says of each hole; the pages are ours, under the product's own policy."""
    said: dict[str, list[str]] = {}
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (markup, _expected) in PLANTED.items():
            crawl = Crawl(place.address, name, canaries=frozenset({"邱远"}))
            context = await browser.new_context()
            page: Page = await crawl.page_of(context)
            await page.route("**/planted*", serving(markup, policy))
            await crawl.look_at(page, "/planted")
            await page.wait_for_timeout(150)
            await crawl.look_into_storage(page)
            said[name] = crawl.complaints
            await context.close()
        await browser.close()
    return said


def serving(markup: str, policy: str) -> Callable[[Route], Awaitable[None]]:
    return lambda route: serve(route, markup, policy)


async def serve(route: Route, markup: str, policy: str) -> None:
    headers: dict[str, str] = {"Content-Security-Policy": policy}
    if "planted-script" in route.request.url:
        body = SCRIPTS[route.request.url.rpartition("?")[2]]
        await route.fulfill(body=body, content_type="text/javascript", headers=headers)
    else:
        page = f"<!doctype html><meta charset=utf-8><body>{markup}</body>"
        await route.fulfill(body=page, content_type="text/html; charset=utf-8", headers=headers)


def test_every_planted_hole_is_found(place: Installation) -> None:
    said: dict[str, Any] = completed(planted(place))
    missed = {name: said[name] for name, (_m, expected) in PLANTED.items() if expected not in "\n".join(said[name])}
    assert missed == {}


def test_a_policy_made_loose_is_found(place: Installation) -> None:
    """And the scripts that run under it."""
    loose = HEADER.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    said = completed(planted(place, policy=loose))
    assert all("policy" in "\n".join(complaints) for complaints in said.values())
    assert "script ran: in line" in "\n".join(said["script"])
