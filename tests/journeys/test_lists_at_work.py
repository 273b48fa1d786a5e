"""A manager's hour with a list: columns, many records at once and back again, a board, a month."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.installation import Installation

from .conftest import answered

pytestmark = pytest.mark.slow
SignIn = Callable[..., Page]


def owned_by(place: Installation, name: str) -> int:
    return int(
        one(
            place,
            "SELECT count(*) FROM customers_customer c JOIN org_staff s ON s.id = c.owner_id"
            " WHERE s.name = %s AND c.removed_at IS NULL",
            name,
        )
    )


def one(place: Installation, sql: str, *values: Any) -> Any:
    with place.database() as db:
        row = db.execute(sql, values).fetchone()
    assert row is not None
    return row[0]


def heads(page: Page) -> list[str]:
    return [text for text in page.locator("#list thead th").all_inner_texts() if text.strip()]


@pytest.mark.req("CUS-03")
def test_columns_are_chosen_by_keyboard_and_kept(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("linlan")
    page.goto(f"{place.address}/customers")
    page.keyboard.press("c")
    line = page.locator("[data-arrange] > li", has_text="需求")
    line.get_by_role("checkbox").check()
    for _ in range(3):
        line.locator("[data-move=up]").press("Enter")
    page.get_by_role("button", name="使用这些列").click()
    page.wait_for_url(re.compile("cols="))
    page.goto(f"{place.address}/customers")
    assert "需求" in heads(page)
    page.keyboard.press("c")
    page.get_by_role("button", name="恢复默认列").click()
    page.wait_for_url(f"{place.address}/customers")
    assert "需求" not in heads(page)


@pytest.mark.req("SHR-05", "CUS-03")
def test_ticked_customers_are_looked_at_given_away_and_taken_back(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("linlan")
    page.goto(f"{place.address}/customers?status=potential")
    before = owned_by(place, "黄娜")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("tr.glance")).to_contain_text("最近跟进")
    for _ in range(4):
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("[data-picked-count]")).to_have_text("4")
    page.locator("[data-picked-bar]").get_by_role("button", name="移交", exact=True).click()
    page.locator("select[name=to]").select_option(label="黄娜")
    page.fill("textarea[name=why]", "片区调整")
    page.get_by_role("button", name="预览变化").click()
    expect(page.locator("main")).to_contain_text("新负责人：黄娜")
    assert owned_by(place, "黄娜") == before
    page.get_by_role("button", name=re.compile("^对 .* 条记录执行")).click()
    page.get_by_role("button", name="撤销", exact=True).wait_for()
    changed = owned_by(place, "黄娜") - before
    assert 1 <= changed <= 4
    page.get_by_role("button", name="撤销", exact=True).click()
    page.locator("[data-confirm-yes]").click()
    expect(page.locator(".figures")).to_contain_text("已撤回")
    assert owned_by(place, "黄娜") == before


@pytest.mark.req("CUS-03")
def test_a_card_moves_on_the_board_by_its_menu_and_by_key(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("linlan", width=390)
    page.goto(f"{place.address}/customers?as=board&by=status")
    card = page.locator("[data-lane=potential] .board-card").first
    address = str(card.get_attribute("data-href"))
    card.locator("summary").click()
    with answered(page, "/move"):
        card.get_by_role("button", name="休眠").click()
    moved = page.locator(f'[data-lane=dormant] .board-card[data-href="{address}"]')
    expect(moved).to_have_count(1)
    assert (
        one(place, "SELECT status FROM customers_customer WHERE id = %s", int(address.rsplit("/", 1)[1])) == "dormant"
    )
    moved.locator("a").first.focus()
    with answered(page, "/move"):
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(f'[data-lane=active] .board-card[data-href="{address}"]')).to_have_count(1)


@pytest.mark.req("CUS-03")
def test_a_month_leads_to_the_list_of_a_day(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("linlan")
    page.goto(f"{place.address}/customers")
    page.locator(".switch").get_by_role("link", name="日历").click()
    page.locator(".month").wait_for()
    page.goto(f"{place.address}/customers?as=calendar&by=created_at")
    day = page.locator(".month td:not(.is-empty)").last
    expect(day.locator("li").first).to_be_visible()
    day.locator(".day-head a").click()
    page.locator("[data-list] tbody tr").first.wait_for()
    expect(page.locator(".filter-tag").first).to_contain_text("条件")
