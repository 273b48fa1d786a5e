"""What goes wrong on ordinary days: two editors, a double click, the way back, a session that ended, a wrong entry."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.installation import Installation, until

pytestmark = pytest.mark.slow
SignIn = Callable[..., Page]


@pytest.fixture
def name() -> str:
    """A name nobody else in the company has."""
    return "测试" + uuid4().hex[:6]


def fill(page: Page, place: Installation, name: str, phone: str) -> None:
    page.goto(f"{place.address}/customers/new")
    page.select_option("select[name=kind]", "person")
    page.fill("input[name=name]", name)
    page.fill("input[name=phone]", phone)


def phone_for(name: str) -> str:
    return f"138{int(name[2:], 16) % 10**8:08}"


def save(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()


def create(page: Page, place: Installation, name: str) -> int:
    fill(page, place, name, phone_for(name))
    save(page)
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


@pytest.mark.req("CUS-01")
def test_a_wrong_entry_is_shown_at_its_field_and_the_rest_stays(
    place: Installation, sign_in: SignIn, name: str
) -> None:
    page = sign_in("qiuyuan")
    fill(page, place, name, "12345")
    page.fill("input[name=address]", "解放路一号")
    save(page)
    expect(page.locator("#f-phone-error, .errors").first).to_be_visible()
    expect(page.locator("input[name=name]")).to_have_value(name)
    expect(page.locator("input[name=address]")).to_have_value("解放路一号")
    page.fill("input[name=phone]", "１３８－" + phone_for(name)[3:])
    save(page)
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    expect(page.locator("main")).to_contain_text(phone_for(name))


@pytest.mark.req("CUS-04")
def test_the_second_of_two_editors_sees_what_changed_and_decides(
    place: Installation, sign_in: SignIn, name: str
) -> None:
    first, second = sign_in("qiuyuan"), sign_in("fanglei")
    customer_id = create(first, place, name)
    for page in (first, second):
        page.goto(f"{place.address}/customers/{customer_id}/edit")
    second.fill("input[name=address]", "主管填写的地址")
    save(second)
    second.wait_for_url(re.compile(r"/customers/\d+$"))
    first.fill("input[name=address]", "代表填写的地址")
    save(first)
    expect(first.locator("main")).to_contain_text("主管填写的地址")
    expect(first.locator("input[name=address]")).to_have_value("代表填写的地址")
    assert place.row("SELECT address FROM customers_customer WHERE id = %s", customer_id) == ("主管填写的地址",)
    save(first)
    first.wait_for_url(re.compile(r"/customers/\d+$"))
    assert place.row("SELECT address FROM customers_customer WHERE id = %s", customer_id) == ("代表填写的地址",)


@pytest.mark.req("CUS-01")
def test_a_double_click_and_the_way_back_save_once(place: Installation, sign_in: SignIn, name: str) -> None:
    page = sign_in("qiuyuan")
    fill(page, place, name, phone_for(name))
    page.locator("main form button[type=submit]").last.dblclick()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    saved = page.url
    page.go_back()
    page.wait_for_url(re.compile("/customers/new"))
    assert place.row("SELECT count(*) FROM customers_customer WHERE name = %s", name) == (1,)
    page.goto(saved)
    expect(page.locator("h1")).to_contain_text(name)


@pytest.mark.req("CUS-01")
def test_the_same_form_posted_again_gives_the_same_customer(place: Installation, sign_in: SignIn, name: str) -> None:
    page = sign_in("qiuyuan")
    fill(page, place, name, phone_for(name))
    entries = page.evaluate("Object.fromEntries(new FormData(document.querySelector('main form[method=post]')))")
    answers = [
        page.request.post(f"{place.address}/customers/new", form=entries, headers={"Referer": place.address})
        for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].url == answers[1].url
    assert place.row("SELECT count(*) FROM customers_customer WHERE name = %s", name) == (1,)


@pytest.mark.req("ORG-03")
def test_a_session_that_ended_loses_nothing_of_what_was_typed(place: Installation, sign_in: SignIn, name: str) -> None:
    page = sign_in("qiuyuan")
    fill(page, place, name, phone_for(name))
    page.context.clear_cookies(name=re.compile("session"))
    save(page)
    dialog = page.locator("#session-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("[name=login]").fill("qiuyuan")
    dialog.locator("[name=password]").fill("guanxi-demo-2026")
    dialog.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"/customers/\d+$"))
    until(lambda: place.row("SELECT count(*) FROM customers_customer WHERE name = %s", name) == (1,))


def test_an_address_that_does_not_exist_is_explained_without_a_trace(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("qiuyuan")
    for address in ("/customers/999999999", "/nothing/here", "/duties/0", "/customers?at=%00&q=%00"):
        response = page.goto(place.address + address)
        assert response is not None
        assert response.status in (200, 400, 404), address
        expect(page.locator("body")).not_to_contain_text("Traceback")
        expect(page.locator("h1").first).to_be_visible()
