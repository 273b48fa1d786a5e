"""What people do on many pages: send a form, hand paper over, receive it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page

from tests.installation import Installation


def one(place: Installation, sql: str, *values: Any) -> Any:
    return place.row(sql, *values)[0]


def choose(select: Locator, name: str) -> None:
    """The option that begins with the name; unit and number follow it."""
    option = select.locator("option", has_text=re.compile(f"^{name}")).first
    select.select_option(option.get_attribute("value"))


def send(page: Page, action: str, then: str) -> None:
    """Presses the main button of the form at an address; `then` is a pattern of the address it leads to."""
    page.locator(f"form[action='{action}'] .actions button[type=submit]").first.click()
    page.wait_for_url(re.compile(then))


def number_in(page: Page) -> int:
    found = re.search(r"/(\d+)$", page.url)
    assert found is not None, page.url
    return int(found[1])


def hand_over(page: Page, place: Installation, kind: str, to: str, ids: list[int]) -> int:
    """Exactly these forms go on a list; the list's id."""
    page.goto(f"{place.address}/transfers/new?kind={kind}")
    for box in page.locator("input[name=forms]").all():
        box.set_checked(int(box.get_attribute("value") or 0) in ids)
    choose(page.locator("select[name=to]"), to)
    send(page, "/transfers/new", r"/transfers/\d+$")
    return number_in(page)


def receive(page: Page, place: Installation, transfer_id: int) -> None:
    page.goto(f"{place.address}/transfers")
    page.locator(f"main a[href='/transfers/{transfer_id}']").first.click()
    form = page.locator(f"form[action='/transfers/{transfer_id}/receive']")
    form.locator("button[type=submit]").click()
    form.wait_for(state="detached")
