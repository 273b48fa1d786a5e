"""What people see happen, in Chromium, under the strict content security policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui import urls

TOUCHED = "main .button, main .input, main .chip, main .check, .bottom > *, .tool"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    urls.seen.clear()
    urls.session["is_lost"] = False
    yield
    urls.session["is_lost"] = False


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_gallery_draws_without_complaint(screen: Page, complaints: list[str], width: int, theme: Any):
    screen.set_viewport_size({"width": width, "height": 844})
    screen.emulate_media(color_scheme=theme)
    screen.goto("/components")
    expect(screen.locator("[data-chart] svg")).to_be_visible()
    assert screen.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_what_can_be_touched_on_a_phone_is_large_enough(screen: Page):
    screen.set_viewport_size({"width": 390, "height": 844})
    screen.goto("/components")
    small = screen.evaluate(
        """(wanted) => [...document.querySelectorAll(wanted)]
        .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 40)
        .map((one) => one.outerHTML.slice(0, 80))""",
        TOUCHED,
    )
    assert small == []


def test_errors_come_back_into_the_form_and_take_the_focus(screen: Page, complaints: list[str]):
    screen.goto("/form")
    screen.fill("[name=note]", "已经写了很多")
    screen.click("form#form button[type=submit]")
    expect(screen.locator(".errors")).to_be_focused()
    expect(screen.locator(".errors")).to_contain_text("请填写姓名。")
    expect(screen.locator("[name=note]")).to_have_value("已经写了很多")
    screen.click(".errors a")
    expect(screen.locator("[name=name]")).to_be_focused()
    # The browser itself notes the 422 in its console; nothing else may be there.
    assert all("422" in complaint for complaint in complaints)


def test_success_leads_on_with_a_word(screen: Page):
    screen.goto("/form")
    screen.fill("[name=name]", "王芳")
    screen.keyboard.press("Control+Enter")
    expect(screen.locator(".toast", has_text="王芳 已保存。").first).to_be_visible()
    assert len(urls.seen) == 1
    assert urls.seen[0]["header"]


def test_a_double_press_sends_once(screen: Page):
    screen.goto("/form")
    screen.fill("[name=name]", "王芳")
    screen.evaluate(
        "const b = document.querySelector('form#form button[type=submit]'); b.click(); b.click(); b.click()"
    )
    screen.wait_for_url("**/components")
    assert len(urls.seen) == 1


@pytest.mark.parametrize(("name", "words"), [("forbidden", "您没有此项权限"), ("refused", "此客户已故，不能再登记。")])
def test_a_refusal_opens_above_what_was_typed(screen: Page, name: str, words: str):
    screen.goto("/form")
    screen.fill("[name=name]", name)
    screen.click("form#form button[type=submit]")
    expect(screen.locator("#problem-dialog")).to_contain_text(words)
    screen.click("#problem-dialog .actions [data-close]")
    expect(screen.locator("[name=name]")).to_have_value(name)
    expect(screen.locator("form#form")).not_to_have_attribute("aria-busy", "true")


def test_a_broken_answer_says_that_nothing_was_lost(screen: Page):
    screen.goto("/form")
    screen.fill("[name=name]", "broken")
    screen.click("form#form button[type=submit]")
    expect(screen.locator("#toasts .toast")).to_contain_text("没有丢失")
    expect(screen.locator("[name=name]")).to_have_value("broken")


def test_a_lost_line_says_that_nothing_was_lost(screen: Page):
    screen.goto("/form")
    screen.fill("[name=name]", "王芳")
    screen.context.set_offline(True)
    screen.click("form#form button[type=submit]")
    expect(screen.locator("#toasts .toast")).to_contain_text("无法连接服务器")
    screen.context.set_offline(False)
    screen.click("form#form button[type=submit]")
    screen.wait_for_url("**/components")


def test_a_lost_session_is_renewed_above_the_form_and_the_form_sent_again(screen: Page):
    screen.goto("/form")
    screen.fill("[name=name]", "王芳")
    urls.session["is_lost"] = True
    screen.click("form#form button[type=submit]")
    dialog = screen.locator("#session-dialog")
    dialog.locator("[name=login]").fill("rep")
    dialog.locator("[name=password]").fill("wrong")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("登录名或密码不正确。")
    dialog.locator("[name=password]").fill("right")
    dialog.locator("button[type=submit]").click()
    screen.wait_for_url("**/components")
    assert [entry["name"] for entry in urls.seen] == ["王芳"]


def test_the_search_box_is_walked_by_keys(screen: Page):
    screen.goto("/form")
    screen.locator("h1").click()
    screen.keyboard.press("/")
    expect(screen.locator("[data-search] input")).to_be_focused()
    screen.keyboard.type("wang")
    expect(screen.locator("[role=option][aria-selected=true]")).to_contain_text("王芳")
    screen.keyboard.press("ArrowDown")
    expect(screen.locator("[role=option][aria-selected=true]")).to_contain_text("王建国")
    screen.keyboard.press("Enter")
    screen.wait_for_url("**/components#2")


def test_the_search_box_says_when_nothing_is_found(screen: Page):
    screen.goto("/form")
    screen.fill("[data-search] input", "zhang")
    expect(screen.locator("#search-results")).to_contain_text("没有找到“zhang”")
    screen.keyboard.press("Escape")
    expect(screen.locator("#search-results")).to_be_empty()


def test_rows_are_ticked_and_counted(screen: Page):
    screen.goto("/components")
    screen.keyboard.press("j")
    screen.keyboard.press("j")
    screen.keyboard.press("x")
    expect(screen.locator("[data-picked-count]")).to_have_text("1")
    screen.locator("[data-pick-all]").check()
    expect(screen.locator("[data-picked-count]")).to_have_text("7")
    screen.locator("[data-pick-all]").uncheck()
    expect(screen.locator("[data-picked-bar]")).to_be_hidden()


def test_their_value_can_be_taken_and_given_back(screen: Page):
    screen.goto("/components")
    phone = screen.locator("#clash-phone")
    before = phone.input_value()
    screen.locator("[data-conflict] input[value=theirs]").first.check()
    expect(phone).to_have_value("13900002222")
    screen.locator("[data-conflict] input[value=mine]").first.check()
    expect(phone).to_have_value(before)


def test_a_file_that_is_too_large_never_travels(screen: Page):
    screen.goto("/components")
    screen.set_input_files("#f-file", {"name": "大.csv", "mimeType": "text/csv", "buffer": b"x" * 1_048_577})
    expect(screen.locator("[data-drop-error]")).to_be_visible()
    assert screen.evaluate("document.querySelector('#f-file').files.length") == 0
    screen.set_input_files("#f-file", {"name": "小.csv", "mimeType": "text/csv", "buffer": b"x"})
    expect(screen.locator("[data-drop-name]")).to_have_text("小.csv")
    expect(screen.locator("[data-drop-error]")).to_be_hidden()


def test_the_drawer_opens_and_closes_on_a_phone(screen: Page):
    screen.set_viewport_size({"width": 390, "height": 844})
    screen.goto("/components")
    expect(screen.locator("#side")).not_to_be_visible()
    screen.click("[data-drawer]")
    expect(screen.locator("#side")).to_be_visible()
    screen.keyboard.press("Escape")
    expect(screen.locator("#side")).not_to_be_visible()


def test_the_theme_is_kept(screen: Page):
    screen.goto("/components")
    screen.click(".top-choices [name=theme]")
    expect(screen.locator("html")).to_have_attribute("data-theme", "light")
    screen.click(".top-choices [name=theme]")
    expect(screen.locator("html")).to_have_attribute("data-theme", "dark")


def test_nothing_is_left_in_the_browsers_storage(screen: Page):
    screen.goto("/components")
    assert screen.evaluate("localStorage.length + sessionStorage.length") == 0
    screen.click(".table th a")
    screen.wait_for_url("**/components?sort=name")
    assert screen.evaluate("localStorage.length + sessionStorage.length") == 0
