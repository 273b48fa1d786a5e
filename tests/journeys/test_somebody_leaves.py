"""Somebody leaves: announced, handed over piece by piece, received, ended; and the door is closed behind them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.installation import DEMO_PASSWORD, Installation, until

from .steps import choose, number_in, one, receive, send

pytestmark = pytest.mark.slow
SignIn = Callable[..., Page]
LEAVER, LOGIN, HEIR, RECEIVER = "赵春建", "zhaochunjian", "黎静", "林岚"


@pytest.mark.req("ORG-06", "ORG-10", "ORG-11", "RB-21.18")
def test_who_leaves_hands_everything_over_before_the_account_closes(
    place: Installation, sign_in: SignIn, browser: Browser
) -> None:
    staff, account = place.row("SELECT id, account_id FROM org_staff WHERE name = %s", LEAVER)
    office = sign_in("zhoukai")
    office.goto(f"{place.address}/departures/new")
    choose(office.locator("select[name=staff]"), LEAVER)
    choose(office.locator("select[name=receiver]"), RECEIVER)
    office.fill("input[name=leaves_on]", place.day())
    send(office, "/departures/new", r"/departures/\d+$")
    departure = number_in(office)
    office.goto(f"{place.address}/settings/accounts/{account}/close")
    expect(office.locator("main")).to_contain_text("客户")
    assert office.locator("main form .actions button[type=submit]").count() == 0
    receiver = sign_in("linlan")
    hand_customers_over(receiver, place, departure)
    hand_duties_over(receiver, place, staff)
    hand_files_over(receiver, sign_in, place, staff)
    receiver.goto(f"{place.address}/departures/{departure}")
    receiver.locator(f"form[action='/departures/{departure}/received'] button").click()
    receiver.locator("[data-confirm-yes]").click()
    until(lambda: one(place, "SELECT received_at IS NOT NULL FROM org_departure WHERE id = %s", departure))
    office.goto(f"{place.address}/departures/{departure}")
    office.locator(f"a[href='/settings/staff/{staff}/leave']").click()
    send(office, f"/settings/staff/{staff}/leave", rf"/settings/staff/{staff}$")
    assert one(place, "SELECT completed_at IS NOT NULL FROM org_departure WHERE id = %s", departure)
    cannot_sign_in(place, browser)


def hand_customers_over(page: Page, place: Installation, departure: int) -> None:
    page.goto(f"{place.address}/departures/{departure}")
    page.locator("form[action='/bulk/start'] button").first.click()
    page.wait_for_url(re.compile(r"/bulk/\d+"))
    choose(page.locator("select[name=to]"), HEIR)
    page.fill("textarea[name=why]", "离职移交")
    page.get_by_role("button", name="预览变化").click()
    # The answer leads on to the run; the next page must not be asked for meanwhile.
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^对 .* 条记录执行")).click()
    held = "SELECT count(*) FROM customers_customer c JOIN org_staff s ON s.id = c.owner_id WHERE s.name = %s"
    until(lambda: one(place, held + " AND c.removed_at IS NULL", LEAVER) == 0, seconds=60)


def hand_duties_over(page: Page, place: Installation, staff: int) -> None:
    """Duties go with the customers; what is left is handed over one by one."""
    left = """SELECT array_agg(id) FROM rulebooks_duty
              WHERE assignee_id = %s AND state = 'open' AND subject_kind <> 'departure'"""
    for duty in one(place, left, staff) or []:
        page.goto(f"{place.address}/duties/{duty}/hand-over")
        choose(page.locator("#gesture select").first, HEIR)
        page.locator("#gesture textarea, #gesture input[type=text]").first.fill("离职移交")
        page.locator("#gesture button[type=submit]").first.click()
        page.locator("#gesture").wait_for(state="detached")
    assert not one(place, left, staff)


def hand_files_over(page: Page, sign_in: SignIn, place: Installation, staff: int) -> None:
    page.goto(f"{place.address}/file-registers?holder={staff}")
    form = page.locator("#hand-over")
    if form.count():
        choose(form.locator("select[name=to]"), RECEIVER)
        send(page, f"/file-registers/{staff}/hand-over", r"/transfers/\d+$")
        receive(page, place, number_in(page))


def cannot_sign_in(place: Installation, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{place.address}/sign-in")
    page.fill("input[name=login]", LOGIN)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page.locator(".errors, .error").first).to_be_visible()
    assert "/sign-in" in page.url
    context.close()
