"""A real installation and a real browser. One installation serves all journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.installation import ARGUMENTS, CHROMIUM, DEMO_PASSWORD, Installation, installed


@pytest.fixture(scope="session")
def place() -> Iterator[Installation]:
    with installed() as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module and no longer: while it runs, Django takes this thread for an event loop."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: script errors, violations of the content policy, foreign requests."""
    return []


@pytest.fixture
def sign_in(place: Installation, browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """`sign_in("qiuyuan")`: a page of its own, signed in through the sign-in page."""
    contexts: list[BrowserContext] = []

    def make(login: str, *, language: str = "zh-hans", width: int = 1440, password: str = DEMO_PASSWORD) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        listen(page, place.address, complaints)
        page.goto(f"{place.address}/sign-in")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        speak(context, place.address, language)
        page.goto(place.address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def speak(context: BrowserContext, address: str, language: str) -> None:
    context.add_cookies([{"name": "guanxi_language", "value": language, "url": address}])


def listen(page: Page, address: str, complaints: list[str]) -> None:
    def on_console(message: Any) -> None:
        # An expected refusal (422, 409, 401) is a line of the browser or of htmx, not a fault of the page.
        expected = ("Failed to load resource", "Response Status Error Code 4")
        if message.type == "error" and not message.text.startswith(expected):
            complaints.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else complaints.append(r.url))


@contextmanager
def answered(page: Page, part: str) -> Iterator[None]:
    """Waits for the answer to the request whose address holds `part`."""
    with page.expect_response(lambda response: part in response.url):
        yield
