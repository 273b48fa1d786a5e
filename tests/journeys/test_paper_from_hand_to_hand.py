"""Rulebook 21 as the representative, the sales manager and the service doctor live it: forms from hand to hand.

The tests of this file follow each other on one installation, as the days of a company do.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.installation import Installation, until

from .steps import choose, hand_over, number_in, one, receive, send

pytestmark = pytest.mark.slow
SignIn = Callable[..., Page]
NOTE = "%s：按档案核对了用药，顾客说膝盖比上月好，想听下周的讲座，约周四上午再联系。"
COMPLETE = {
    "birth_year": "1951",
    "area": "锦江区",
    "address": "锦江区东大街12号",
    "health": "血压偏高，按时服药",
    "medication": "降压药",
    "concern": "睡眠",
    "place": "人民公园早市",
}
GUIDANCE = "先问睡眠，再说用量；顾客怕苦，可建议饭后半小时服。"


@dataclass
class Paper:
    """What one test leaves for the next."""

    contact_form: int = 0
    contact_list: int = 0
    file_form: int = 0
    file_list: int = 0
    attendance: int = 0
    customer: int = 0
    loan: int = 0
    guest: str = "贺兰" + uuid4().hex[:4]


@pytest.fixture(scope="module")
def paper() -> Paper:
    return Paper()


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (320, 240), (182, 172, 150)).save(picture, "JPEG")
    return picture.getvalue()


@pytest.mark.req("FIL-01", "FIL-02", "FIL-03", "RB-21.1", "RB-21.2")
def test_a_representative_signs_a_first_contact_form_and_hands_it_over_with_a_list(
    place: Installation, sign_in: SignIn, paper: Paper
) -> None:
    page = sign_in("qiuyuan")
    page.goto(f"{place.address}/contact-forms/new")
    page.fill("input[name=name]", paper.guest)
    page.fill("input[name=phone]", f"139{int(uuid4().hex[:8], 16) % 10**8:08}")
    page.check("input[name=has_consent]")
    page.fill("input[name=signature]", "邱远")
    page.locator("button[name=step][value=sign]").click()
    expect(page.locator("#f-health-error")).to_contain_text("签名前请填写")
    expect(page.locator("input[name=name]")).to_have_value(paper.guest)
    for name, text in COMPLETE.items():
        page.fill(f"[name={name}]", text)
    page.select_option("select[name=gender]", "female")
    page.locator("button[name=step][value=sign]").click()
    page.wait_for_url(re.compile(r"/contact-forms/\d+$"))
    paper.contact_form = number_in(page)
    expect(page.locator("main")).to_contain_text("已签名")
    paper.contact_list = hand_over(page, place, "contactform", "林岚", [paper.contact_form])
    holder = "SELECT s.name FROM archive_contactform f JOIN org_staff s ON s.id = f.holder_id WHERE f.id = %s"
    assert one(place, holder, paper.contact_form) == "邱远"
    settled = """SELECT count(*) FROM rulebooks_duty d JOIN rulebooks_clause c ON c.id = d.clause_id
                 WHERE c.key = 'first-contact-handed-over' AND d.subject_id = %s AND d.state = 'done'"""
    until(lambda: one(place, settled, paper.contact_form) == 1)


@pytest.mark.req("FIL-04", "FIL-10", "CUS-23", "RB-21.3", "RB-21.4")
def test_a_sales_manager_receives_it_allocates_the_collector_first_and_passes_it_on(
    place: Installation, sign_in: SignIn, paper: Paper
) -> None:
    page = sign_in("linlan")
    receive(page, place, paper.contact_list)
    page.goto(f"{place.address}/allocations/new")
    for box in page.locator("input[name=forms]").all():
        box.set_checked(box.get_attribute("value") == str(paper.contact_form))
    mine = page.locator("fieldset.section", has=page.locator(f"input[value='{paper.contact_form}']"))
    expect(mine).to_contain_text("邱远")
    expect(mine.locator(".badge").first).to_contain_text("收集")
    send(page, "/allocations/new", r"/allocations/\d+$")
    expect(page.locator("main table")).to_contain_text("邱远")
    owner = """SELECT s.name FROM archive_contactform f JOIN customers_customer c ON c.id = f.customer_id
               JOIN org_staff s ON s.id = c.owner_id WHERE f.id = %s"""
    assert one(place, owner, paper.contact_form) == "邱远"
    hand_over(page, place, "contactform", "唐宁", [paper.contact_form])
    duties = """SELECT string_agg(c.key || ':' || d.state, ' ' ORDER BY c.key) FROM rulebooks_duty d
                JOIN rulebooks_clause c ON c.id = d.clause_id
                WHERE d.subject_kind = 'contactform' AND d.subject_id = %s"""
    until(lambda: "first-contact-allocated:done" in one(place, duties, paper.contact_form))


@pytest.mark.req("FIL-05", "FIL-11", "RB-21.5", "RB-21.6")
def test_after_an_event_the_file_form_is_filled_in_from_the_list_of_who_came(
    place: Installation, sign_in: SignIn, paper: Paper
) -> None:
    paper.customer = one(place, "SELECT customer_id FROM archive_contactform WHERE id = %s", paper.contact_form)
    page = sign_in("qiuyuan")
    page.goto(f"{place.address}/attendances/new?q={paper.guest}")
    page.fill("#take input[name=event_name]", "冬季联谊会")
    page.check(f"#take input[name=customer][value='{paper.customer}']")
    page.check(f"#take input[name=buyer][value='{paper.customer}']")
    send(page, "/attendances/new", r"/attendances\?form=missing")
    paper.attendance = one(place, "SELECT max(id) FROM archive_attendance WHERE customer_id = %s", paper.customer)
    page.goto(f"{place.address}/attendances/{paper.attendance}")
    page.get_by_role("link", name="填写档案表").click()
    expect(page.locator("input[name=event_name]")).to_have_value("冬季联谊会")
    page.fill("input[name=product]", "灵芝胶囊")
    page.fill("input[name=amount]", "1280")
    page.locator("main form.form .actions button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/file-forms/\d+$"))
    paper.file_form = number_in(page)
    assert one(place, "SELECT file_form_id FROM archive_attendance WHERE id = %s", paper.attendance) == paper.file_form
    paper.file_list = hand_over(page, place, "fileform", "林岚", [paper.file_form])
    manager = sign_in("linlan")
    receive(manager, place, paper.file_list)
    paper.file_list = hand_over(manager, place, "fileform", "沈洁", [paper.file_form])


@pytest.mark.req("FIL-06", "FIL-07", "FIL-08", "RB-21.6", "RB-21.14")
def test_the_doctor_receives_the_list_keeps_the_file_and_lends_it(
    place: Installation, sign_in: SignIn, paper: Paper
) -> None:
    page = sign_in("shenjie")
    receive(page, place, paper.file_list)
    assert one(place, "SELECT custody FROM archive_fileform WHERE id = %s", paper.file_form) == "kept"
    number = one(place, "SELECT number FROM archive_fileform WHERE id = %s", paper.file_form)
    page.goto(f"{place.address}/loans/lend?q={number}")
    choose(page.locator("#lend select[name=borrower]"), "邱远")
    page.check(f"#lend input[name=form][value='{paper.file_form}']")
    send(page, "/loans/lend", "/loans/out")
    row = page.locator("#out tbody tr", has=page.locator(f"a[href='/file-forms/{paper.file_form}']"))
    expect(row).to_contain_text("邱远")
    paper.loan = int(row.locator("input[name=loan]").get_attribute("value") or 0)


@pytest.mark.req("FIL-08", "FIL-09", "DOC-01", "RB-21.14")
def test_the_representative_records_the_contact_with_a_photo_and_the_doctor_has_the_file_back(
    place: Installation, sign_in: SignIn, paper: Paper
) -> None:
    page = sign_in("qiuyuan")
    page.goto(f"{place.address}/loans/out?part=mine")
    expect(page.locator("main")).to_contain_text(paper.guest)
    page.goto(f"{place.address}/customers/{paper.customer}/log")
    page.locator("label.chip", has_text="已联系上").click()
    page.fill("textarea[name=note]", NOTE % paper.guest)
    page.locator("summary", has_text="照片").click()
    page.set_input_files("input[name=file]", {"name": "档案表.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.locator("main form .actions button[type=submit]").first.click()
    page.wait_for_url(re.compile(rf"/customers/{paper.customer}$"))
    expect(page.locator(".file-links").first).to_contain_text("档案表")
    doctor = sign_in("shenjie")
    doctor.goto(f"{place.address}/loans/out")
    row = doctor.locator("#out tbody tr", has=doctor.locator(f"input[value='{paper.loan}']"))
    expect(row).to_contain_text("已记录")
    row.locator("input[name=loan]").check()
    send(doctor, "/loans/out", "/loans/out")
    doctor.locator(f"input[name=loan][value='{paper.loan}']").wait_for(state="detached")
    assert one(place, "SELECT custody FROM archive_fileform WHERE id = %s", paper.file_form) == "kept"
    settled = "SELECT state FROM rulebooks_duty WHERE subject_kind = 'loan' AND subject_id = %s"
    until(lambda: one(place, settled, paper.loan) == "done")


@pytest.mark.req("CAR-29", "RB-21.13")
def test_the_doctor_works_the_board_leaves_guidance_that_is_read_and_closes_the_day(
    place: Installation, sign_in: SignIn
) -> None:
    page = sign_in("shenjie")
    page.goto(f"{place.address}/board")
    person = one(place, "SELECT id FROM org_staff WHERE name = '邱远'")
    page.goto(f"{place.address}/board?person={person}")
    link = page.locator(".callbacks a[href^='/board/duties/']").first
    duty = int(re.findall(r"duties/(\d+)", str(link.get_attribute("href")))[0])
    link.click()
    page.fill("#guidance textarea[name=text]", GUIDANCE)
    send(page, f"/board/duties/{duty}", r"/board(\?|$)")
    representative = sign_in("qiuyuan")
    representative.goto(f"{place.address}/duties/{duty}")
    expect(representative.locator("main")).to_contain_text(GUIDANCE)
    representative.goto(f"{place.address}/messages")
    expect(representative.locator("main")).to_contain_text("沈洁")
    page.goto(f"{place.address}/board")
    page.fill("#day-check textarea[name=remark]", "已逐一查看，提醒服用时间")
    page.locator("#day-check button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("已抽查")
    open_today = """SELECT count(*) FROM rulebooks_duty d JOIN rulebooks_clause c ON c.id = d.clause_id
                    JOIN org_staff s ON s.id = d.assignee_id WHERE c.key = 'daily-supervision' AND s.name = '沈洁'
                    AND d.occurrence = %s AND d.state = 'open'"""
    until(lambda: one(place, open_today, place.day()) == 0)


@pytest.mark.req("FIL-12", "RB-21.15")
def test_the_doctor_reports_an_incident_which_proposes_an_amount(
    place: Installation, sign_in: SignIn, paper: Paper
) -> None:
    page = sign_in("shenjie")
    page.goto(f"{place.address}/file-forms/{paper.file_form}/incident")
    page.locator("label.chip", has=page.locator("input[name=kind][value=damaged]")).click()
    choose(page.locator("select[name=concerned]"), "邱远")
    page.fill("textarea[name=description]", "还回时右下角被茶水浸湿，电话一栏看不清")
    page.locator("label.chip", has=page.locator("input[name=severity][value=minor]")).click()
    send(page, f"/file-forms/{paper.file_form}/incident", r"/incidents/\d+$")
    incident = number_in(page)
    proposed = "SELECT count(*) FROM rulebooks_proposal WHERE subject_kind = 'incident' AND subject_id = %s"
    until(lambda: one(place, proposed, incident) == 1)


@pytest.mark.req("CAR-06", "POL-09")
def test_one_click_on_a_figure_of_compliance_leads_to_as_many_rows(place: Installation, sign_in: SignIn) -> None:
    page = sign_in("linlan")
    page.goto(f"{place.address}/compliance")
    for state in ("late", "open", "in_time"):
        page.goto(f"{place.address}/compliance")
        figure = page.locator(f".panel.figures a[href*='state={state}'], .panel.figures a[href*='{state}']").first
        count = int(figure.locator(".value").inner_text().replace(",", ""))
        figure.click()
        page.wait_for_url(re.compile("/duties"))
        assert rows_of(page) == count, state


def rows_of(page: Page) -> int:
    """All rows of a list, page after page."""
    count = 0
    while True:
        page.locator("main h1").wait_for()
        count += page.locator("li[id^=duty-]").count()
        following = page.locator(".paging a[rel=next]")
        if not following.count():
            return count
        page.goto(page.url.split("/duties")[0] + str(following.get_attribute("href")))
