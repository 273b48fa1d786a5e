"""The general manager's part of rulebook 21: a new version, permits, consequences, a closed month, sealed forms."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.installation import Installation, until

from .conftest import answered
from .steps import hand_over, number_in, one, receive, send

pytestmark = pytest.mark.slow
SignIn = Callable[..., Page]
BOOK = "/rulebooks/huixiao-archive"
FILE = """SELECT f.id FROM archive_fileform f JOIN org_staff s ON s.id = f.representative_id
  WHERE s.name = '尹轩' AND f.custody = 'kept' AND f.removed_at IS NULL ORDER BY f.id LIMIT 1"""


@pytest.mark.req("POL-01", "POL-02", "POL-03", "CAR-01")
def test_a_version_drafted_by_another_is_filled_in_tried_and_approved_with_its_days(
    place: Installation, sign_in: SignIn
) -> None:
    author = sign_in("zhoukai")
    author.goto(f"{place.address}{BOOK}/draft")
    text = author.locator("textarea[name=text]").input_value()
    author.fill("textarea[name=text]", re.sub(r"(?m)^  passing_on: 1 day", "  passing_on:", text))
    author.get_by_role("button", name=re.compile("^保存草稿")).click()
    until(lambda: one(place, "SELECT count(*) FROM rulebooks_version WHERE state = 'draft'") == 1)
    page = sign_in("liangzhendong")
    page.goto(f"{place.address}{BOOK}/approve")
    page.locator("#would tfoot").wait_for()
    expect(page.locator("#would")).to_contain_text("passing_on")
    page.locator("#approval .actions button[type=submit]").click()
    expect(page.locator("#approval .errors")).to_be_visible()
    page.fill("input[name=value-passing_on]", "2 days")
    with page.expect_navigation():
        page.locator("#values button[type=submit]").click()
    page.locator("#would tfoot").wait_for()
    expect(page.locator("#would")).not_to_contain_text("passing_on")
    page.fill("input[name=effective_on]", place.day())
    with answered(page, "part=figures"):
        page.fill("input[name=anchors_from]", place.day(-3))
        page.locator("input[name=anchors_from]").blur()
    send(page, f"{BOOK}/approve", rf"{BOOK}$")
    version = """SELECT v.state, v.effective_on::text, v.anchors_from::text, d.name FROM rulebooks_version v
                 JOIN rulebooks_rulebook b ON b.id = v.rulebook_id JOIN org_staff d ON d.id = v.drafted_by_id
                 WHERE b.key = 'huixiao-archive' ORDER BY v.number DESC LIMIT 1"""
    assert place.row(version) == ("approved", place.day(), place.day(-3), "周凯")
    expect(page.locator(".seal").first).to_be_visible()


@pytest.mark.req("POL-04", "FIL-11", "RB-21.17")
def test_a_print_is_refused_with_its_clause_permitted_once_and_then_refused_again(
    place: Installation, sign_in: SignIn
) -> None:
    form = one(place, FILE)
    copies = "SELECT count(*) FROM archive_copyentry WHERE subject_kind = 'fileform' AND subject_id = %s"
    before = one(place, copies, form)
    address = f"{place.address}/file-forms/{form}/print"
    page = sign_in("fanglei")
    page.goto(address)
    expect(page.locator("main .clause")).to_contain_text("不得复印、打印")
    page.locator("main a[href*='/permits/new/']").click()
    page.fill("[name=purpose]", "顾客要求带给医院复查，当面交接")
    page.locator("#permit button[type=submit]").click()
    page.wait_for_url(re.compile(r"/permits/\d+$"))
    request = number_in(page)
    manager = sign_in("liangzhendong")
    manager.goto(f"{place.address}/permits")
    manager.locator(f"a[href='/permits/{request}']").click()
    expect(manager.locator("main")).to_contain_text("带给医院复查")
    manager.locator("button[name=act][value=grant]").click()
    manager.locator("button[name=act]").first.wait_for(state="detached")
    printed = page.goto(address)
    assert printed is not None
    assert printed.status == 200
    expect(page.locator("body")).to_contain_text("方磊")
    again = page.goto(address)
    assert again is not None
    assert again.status == 409
    expect(page.locator("main .clause")).to_contain_text("不得复印、打印")
    assert one(place, copies, form) == before + 1


@pytest.mark.req("POL-05", "CAR-31", "RB-21.15")
def test_a_consequence_is_confirmed_within_its_bounds_and_the_person_appeals(
    place: Installation, sign_in: SignIn
) -> None:
    proposal = one(
        place,
        """SELECT p.id FROM rulebooks_proposal p JOIN org_staff s ON s.id = p.staff_id
           WHERE s.name = '邱远' AND p.kind = 'deduct' AND p.state = 'proposed' ORDER BY p.id LIMIT 1""",
    )
    page = sign_in("liangzhendong")
    page.goto(f"{place.address}/proposals")
    page.locator(f"main a[href='/proposals/{proposal}']").first.click()
    page.get_by_role("link", name="确认", exact=True).click()
    page.fill("input[name=amount]", "900")
    page.locator("form.form .actions button[type=submit]").first.click()
    expect(page.locator("#f-amount-error")).to_be_visible()
    page.fill("input[name=amount]", "80")
    send(page, f"/proposals/{proposal}/confirm", rf"/proposals/{proposal}$")
    concerned = sign_in("qiuyuan")
    concerned.goto(f"{place.address}/proposals?part=mine")
    concerned.locator(f"main a[href='/proposals/{proposal}']").first.click()
    expect(concerned.locator("main")).to_contain_text("80")
    concerned.get_by_role("link", name="申诉", exact=True).click()
    concerned.fill("textarea[name=text]", "两栏空白是顾客当天未定购，次日已补齐并登记。")
    send(concerned, f"/proposals/{proposal}/appeal", rf"/proposals/{proposal}$")
    state = "SELECT state, amount::int, appeal FROM rulebooks_proposal WHERE id = %s"
    assert place.row(state, proposal) == ("confirmed", 80, "open")


@pytest.mark.req("POL-10", "CAR-32")
def test_a_month_that_is_over_is_closed_for_good_and_the_running_one_cannot_be(
    place: Installation, sign_in: SignIn
) -> None:
    page = sign_in("liangzhendong")
    running, over = place.day()[:7], one(place, "SELECT to_char(%s::date - 32, 'YYYY-MM')", place.day()[:8] + "28")
    page.goto(f"{place.address}/statements/{running}")
    assert page.locator(f"a[href='/statements/{running}/close']").count() == 0
    page.goto(f"{place.address}/statements/{over}")
    page.locator(f"a[href='/statements/{over}/close']").click()
    send(page, f"/statements/{over}/close", rf"/statements/{over}$")
    expect(page.locator("main")).to_contain_text("已闭账")
    assert page.locator(f"a[href='/statements/{over}/close']").count() == 0


@pytest.mark.req("FIL-10", "RB-21.4")
def test_the_service_manager_seals_and_opening_asks_the_general_manager(place: Installation, sign_in: SignIn) -> None:
    form = one(
        place,
        """SELECT f.id FROM archive_contactform f JOIN org_staff s ON s.id = f.holder_id
           WHERE s.name = '林岚' AND f.state = 'allocated' ORDER BY f.id LIMIT 1""",
    )
    sent = hand_over(sign_in("linlan"), place, "contactform", "唐宁", [form])
    page = sign_in("tangning")
    receive(page, place, sent)
    page.goto(f"{place.address}/sealed/new")
    for box in page.locator("input[name=forms]").all():
        box.set_checked(box.get_attribute("value") == str(form))
    page.fill("input[name=label]", "客服部铁柜二层")
    send(page, "/sealed/new", r"/sealed(\?|$)")
    page.goto(f"{place.address}/sealed/{form}")
    page.fill("textarea[name=purpose]", "核对签名")
    page.locator(f"form[action='/sealed/{form}'] button[type=submit]").click()
    page.locator("dialog a[href*='/permits/new/']").click()
    page.fill("#permit [name=purpose]", "顾客对登记电话有异议，核对原件")
    page.locator("#permit button[type=submit]").click()
    page.wait_for_url(re.compile(r"/permits/\d+$"))
    request = number_in(page)
    manager = sign_in("liangzhendong")
    manager.goto(f"{place.address}/permits/{request}")
    manager.locator("button[name=act][value=grant]").click()
    manager.locator("button[name=act]").first.wait_for(state="detached")
    page.goto(f"{place.address}/sealed/{form}")
    page.fill("textarea[name=purpose]", "核对登记电话")
    send(page, f"/sealed/{form}", rf"/sealed/{form}/content$")
    expect(page.locator("main")).to_contain_text("核对登记电话")
    refused = manager.goto(f"{place.address}/sealed/{form}/content")
    assert refused is not None
    assert refused.status in (403, 404)
