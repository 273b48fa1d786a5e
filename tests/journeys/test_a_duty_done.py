"""The story of the product: from an imported file to a settled callback, a late one, and who sees what.

The tests of this file follow each other on one installation, as the days of a company do.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.installation import Installation, until

pytestmark = pytest.mark.slow
DATA = Path(__file__).parents[1] / "data"
TRUTH = json.loads((DATA / "truth.json").read_text())["huixiao-gb18030.csv"]
SignIn = Callable[..., Page]
NOTE = "王阿姨按说明早晚各服一粒，睡眠有改善，询问能否与降压药同服，约周五再联系。"


def upload(page: Page, path: Path) -> None:
    page.get_by_role("link", name="导入", exact=True).first.click()
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="上传并查看").click()
    page.wait_for_url(re.compile(r"/imports/\d+"))


def start(page: Page, *, past: str = "fold") -> None:
    """Columns as proposed, 韦娜's rows to 邱远, and go."""
    page.locator("form[action$=columns] button[type=submit]").first.click()
    page.locator("#questions").wait_for()
    question = page.locator("#questions select")
    if question.count():
        choose(question.first, "邱远")
    page.check(f"input[name=past][value={past}]")
    page.locator("#questions button[type=submit]").first.click()
    page.get_by_text("已完成", exact=True).first.wait_for(timeout=60_000)


def choose(select: Locator, name: str) -> None:
    """The option that begins with the name; unit and number follow it."""
    option = select.locator("option", has_text=re.compile(f"^{name}")).first
    select.select_option(option.get_attribute("value"))


def one(place: Installation, sql: str, *values: Any) -> Any:
    with place.database() as db:
        row = db.execute(sql, values).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.req("DAT-01", "CAR-01", "FIL-06")
def test_the_general_manager_imports_a_messy_file_and_its_figures_are_true(
    place: Installation, sign_in: SignIn
) -> None:
    page = sign_in("liangzhendong")
    upload(page, DATA / "huixiao-gb18030.csv")
    expect(page.get_by_text("崔强").first).to_be_visible()
    expect(page.locator("body")).to_contain_text("GB18030")
    start(page)
    counts = one(place, "SELECT counts FROM records_importrun ORDER BY id DESC LIMIT 1")
    assert {key: counts[key] for key in TRUTH} == TRUTH
    for figure in (TRUTH["rows"], counts["people_new"], counts["forms_new"]):
        expect(page.locator("body")).to_contain_text(f"{figure:,}")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("下载")).first.click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    refused = TRUTH["refused_no_name"] + TRUTH["refused_bad_phone"] + TRUTH["refused_bad_date"]
    assert len(rows) == refused + 1
    assert all(row[-1] or row[0] for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.req("DAT-01")
def test_the_same_file_again_creates_nothing(place: Installation, sign_in: SignIn) -> None:
    before = one(place, "SELECT (SELECT count(*) FROM customers_customer) + (SELECT count(*) FROM archive_fileform)")
    page = sign_in("liangzhendong")
    upload(page, DATA / "huixiao-gb18030.csv")
    start(page)
    counts = one(place, "SELECT counts FROM records_importrun ORDER BY id DESC LIMIT 1")
    assert (counts["people_new"], counts["forms_new"]) == (0, 0)
    assert (
        one(place, "SELECT (SELECT count(*) FROM customers_customer) + (SELECT count(*) FROM archive_fileform)")
        == before
    )


@pytest.mark.req("CAR-02", "CAR-03", "CAR-04")
def test_every_accepted_form_has_its_duties_from_its_own_completion_date(place: Installation) -> None:
    wrong = one(
        place,
        """SELECT count(*) FROM (SELECT f.id, f.purchased, count(d.id) AS n,
             count(*) FILTER (WHERE d.base_due_at > (f.completed_on + 61)::timestamp AT TIME ZONE 'Asia/Shanghai')
               AS late
           FROM archive_fileform f JOIN customers_customer c ON c.id = f.customer_id
           LEFT JOIN rulebooks_duty d ON d.subject_kind = 'fileform' AND d.subject_id = f.id AND d.clause_id IS NOT NULL
           WHERE f.batch_id IS NOT NULL AND f.removed_at IS NULL AND c.deceased_on IS NULL AND NOT c.is_do_not_disturb
           GROUP BY f.id) x WHERE n <> CASE WHEN purchased THEN 6 ELSE 2 END OR late > 0""",
    )
    assert wrong == 0
    blamed = one(place, "SELECT count(*) FROM rulebooks_duty WHERE is_caught_up AND rung > 0")
    assert blamed == 0


def first_duty(page: Page) -> Locator:
    """The first duty of a clause on the workbench."""
    return page.locator("li[id^=duty-]", has=page.locator(".clause")).first


@pytest.mark.req("CAR-07", "ACT-23", "CAR-05")
def test_a_representative_settles_a_duty_in_one_gesture_and_an_empty_note_does_not(
    place: Installation, sign_in: SignIn
) -> None:
    page = sign_in("qiuyuan")
    row = first_duty(page)
    duty_id = int(str(row.get_attribute("id")).split("-")[1])
    row.locator("a.is-log").click()
    row.locator("label.chip", has_text="已联系上").click()
    row.get_by_role("button", name=re.compile("^记录")).click()
    expect(page.locator(f"#duty-{duty_id}")).to_contain_text("没有")
    assert one(place, "SELECT state FROM rulebooks_duty WHERE id = %s", duty_id) == "open"
    row = page.locator(f"#duty-{duty_id}")
    row.locator("textarea[name=note]").fill(NOTE)
    row.locator("form button[type=submit]").first.click()
    until(lambda: one(place, "SELECT state FROM rulebooks_duty WHERE id = %s", duty_id) == "done")
    expect(page.locator(f"#duty-{duty_id} .duty-do a.is-log")).to_have_count(0)
    page.goto(f"{place.address}/duties/{duty_id}")
    expect(page.locator("main")).to_contain_text(NOTE[:20])


@pytest.mark.req("CAR-07")
def test_the_same_words_for_another_customer_do_not_settle_a_duty(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("qiuyuan")
    row = first_duty(page)
    duty_id = int(str(row.get_attribute("id")).split("-")[1])
    row.locator("a.is-log").click()
    row.locator("label.chip", has_text="已联系上").click()
    row.locator("textarea[name=note]").fill(NOTE)
    with page.expect_response(lambda r: "/log" in r.url and r.request.method == "POST"):
        row.get_by_role("button", name=re.compile("^记录")).click()
    assert one(place, "SELECT state FROM rulebooks_duty WHERE id = %s", duty_id) == "open"
    expect(page.locator(f"#duty-{duty_id}")).to_contain_text("相同")


@pytest.mark.req("CAR-30")
def test_a_duty_is_postponed_with_a_reason_and_another_handed_to_a_colleague_who_is_told(
    place: Installation, sign_in: SignIn
) -> None:
    page = sign_in("qiuyuan")
    row = first_duty(page)
    duty_id = int(str(row.get_attribute("id")).split("-")[1])
    row.locator("[data-do=postpone]").click()
    form = page.locator(f"#duty-{duty_id} form")
    form.locator("textarea, input[type=text]").first.fill("顾客外出，下周回来")
    form.locator("input[type=date]").first.fill(place.day(75))
    form.locator("button[type=submit]").first.click()
    until(lambda: one(place, "SELECT postponed_why FROM rulebooks_duty WHERE id = %s", duty_id) == "顾客外出，下周回来")
    page.goto(place.address)
    row = page.locator(f"li[id^=duty-]:not(#duty-{duty_id})", has=page.locator(".clause")).first
    handed = int(str(row.get_attribute("id")).split("-")[1])
    row.locator("[data-do=hand-over]").click()
    form = page.locator(f"#duty-{handed} form")
    choose(form.locator("select").first, "黄娜")
    form.locator("textarea, input[type=text]").first.fill("我休假两天，请代为回访")
    form.locator("button[type=submit]").first.click()
    until(lambda: one(place, "SELECT is_hand_assigned FROM rulebooks_duty WHERE id = %s", handed))
    colleague = sign_in("huangna")
    colleague.goto(f"{place.address}/messages")
    expect(colleague.locator("main")).to_contain_text("邱远")
    colleague.goto(f"{place.address}/duties/{handed}")
    expect(colleague.locator("main")).to_contain_text("休假")


@pytest.mark.req("CAR-30", "CAR-06")
def test_days_later_duties_are_late_and_the_superior_is_told_once(place: Installation, sign_in: SignIn) -> None:
    late = "SELECT count(*) FROM rulebooks_duty WHERE state = 'open' AND NOT is_caught_up AND rung >= 2"
    before = one(place, late)
    place.move_clock(6)
    until(lambda: one(place, late) > before, seconds=60)
    page = sign_in("qiuyuan")
    expect(page.locator(".late").first).to_be_visible()
    superior = sign_in("fanglei")
    superior.goto(f"{place.address}/messages")
    expect(superior.locator("main")).to_contain_text("邱远")
    expect(superior.locator("main .clause").first).to_be_visible()
    doubled = one(
        place,
        """SELECT count(*) FROM (SELECT duty_id, recipient_id, kind, count(*) FROM messaging_message
           WHERE kind LIKE 'rulebooks:duty:late' AND duty_id IS NOT NULL GROUP BY 1, 2, 3, dedupe_key
           HAVING count(*) > 1) x""",
    )
    assert doubled == 0


@pytest.mark.req("ORG-02", "CUS-03")
def test_each_sees_their_own_on_screens_in_search_and_in_the_api(place: Installation, sign_in: SignIn) -> None:
    name, customer_id = place.row(
        """SELECT c.name, c.id FROM customers_customer c JOIN org_staff s ON s.id = c.owner_id
           WHERE s.name = '邱远' AND c.removed_at IS NULL
           AND (SELECT count(*) FROM customers_customer x WHERE x.name = c.name) = 1 ORDER BY c.id LIMIT 1"""
    )
    for login, sees in {
        "qiuyuan": True,
        "fanglei": True,
        "linlan": True,
        "liangzhendong": True,
        "huangna": False,
    }.items():
        page = sign_in(login)
        response = page.goto(f"{place.address}/customers/{customer_id}")
        assert response is not None
        assert response.status == (200 if sees else 404), login
        page.goto(f"{place.address}/search?q={name}")
        found = page.locator(f'main a[href="/customers/{customer_id}"]').count() > 0
        assert found == sees, login
        answer = page.request.get(f"{place.address}/api/v1/customers/{customer_id}")
        assert answer.status == (200 if sees else 404), login
        listed = page.request.get(f"{place.address}/api/v1/customers?q={name}").json()
        assert (customer_id in [row["id"] for row in listed["items"]]) == sees, login
