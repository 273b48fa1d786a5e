"""The pages of administration: who may open them, what they show, and that more rows ask no more queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.actions import change_staff
from guanxi.base.org.actions.own import choose_language
from guanxi.base.org.actions.reading import StaffEntry
from guanxi.base.org.models import Account, ApiToken, Post, Role, Staff, Unit
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db
PAGES = ["units", "staff", "roles", "registrations", "calendar", "trail", "registered", "tokens"]
FOR_ALL = {"staff", "tokens"}


@pytest.mark.req("ORG-06")
@pytest.mark.parametrize("page", PAGES)
def test_pages_open_for_those_with_the_right_and_for_nobody_else(browse: Callable[[str], Client], page: str) -> None:
    assert browse("admin").get(f"/settings/{page}").status_code == 200
    assert browse("rep").get(f"/settings/{page}").status_code == (200 if page in FOR_ALL else 403)
    assert Client().get(f"/settings/{page}")["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_english_throughout(browse: Callable[[str], Client], page: str) -> None:
    client = browse("admin")
    client.cookies["guanxi_language"] = "en"
    assert client.get(f"/settings/{page}").status_code == 200


def test_the_navigation_shows_only_what_may_be_opened(browse: Callable[[str], Client]) -> None:
    admin, rep = browse("admin").get("/settings/staff"), browse("rep").get("/settings/staff")
    assert 'href="/settings/roles"' in admin.content.decode()
    assert 'href="/settings/roles"' not in rep.content.decode()


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("page", ["units", "staff", "roles", "trail"])
def test_more_rows_ask_no_more_queries(
    browse: Callable[[str], Client], actor: Callable[[str], Actor], page: str
) -> None:
    admin = browse("admin")
    before = queries_of(admin, f"/settings/{page}")
    role, superior = Role.objects.get(key="service-doctor"), Post.objects.get(staff__account__login="gm")
    for number in range(12):
        unit = Unit.objects.create(name=f"部门{number}", code=f"u{number}", parent=Unit.objects.get(code="company"))
        joined = date(2026, 1, 1)
        staff = Staff.objects.create(name=f"张{number}", number=f"9{number:03}", joined_on=joined)
        Post.objects.create(staff=staff, unit=unit, role=role, superior=superior, starts_on=joined)
        change_staff(staff.pk, StaffEntry(f"李{number}", f"8{number:03}", "", joined), actor=actor("admin"))
    assert queries_of(admin, f"/settings/{page}") <= before + 1


@pytest.mark.req("ORG-06")
def test_all_faults_of_a_form_are_shown_at_once_and_nothing_typed_is_lost(browse: Callable[[str], Client]) -> None:
    entries = {"name": "", "number": "0500", "phone": "123", "joined_on": "2026-13-01", "unit": "", "role": "x"}
    response = browse("admin").post("/settings/staff/new", entries)
    page = response.content.decode()
    assert response.status_code == 422
    for field in ("joined_on", "unit", "role"):
        assert f'id="f-{field}-error"' in page
    corrected = browse("admin").post("/settings/staff/new", entries | {"joined_on": "2026-11-16"}).content.decode()
    for field in ("name", "phone", "unit", "role"):
        assert f'id="f-{field}-error"' in corrected
    assert 'value="0500"' in page


@pytest.mark.req("ORG-06")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=邱", "邱远"),
        ("q=qiuyuan", "邱远"),
        ("q=qiu y", "邱远"),
        ("q=qy", "邱远"),
        ("q=rep", "邱远"),
        ("unit=hangzhou-sales", "彭海"),
        ("state=no-account", ""),
    ],
)
def test_staff_are_found_by_name_pinyin_login_and_unit(browse: Callable[[str], Client], query: str, found: str) -> None:
    name, _equals, value = query.partition("=")
    value = str(Unit.objects.get(code=value).pk) if name == "unit" else value
    page = browse("admin").get("/settings/staff", {name: value}).content.decode()
    listed = [person for person in ("邱远", "彭海", "林岚") if f">{person}</a>" in page]
    assert found in listed if found else "没有符合条件的员工" in page
    assert "林岚" not in listed


def test_the_staff_list_goes_on_by_key(browse: Callable[[str], Client]) -> None:
    joined = date(2026, 1, 1)
    for number in range(60):
        Staff.objects.create(name=f"张{number}", pinyin=f"zhang{number:02}", number=f"9{number:03}", joined_on=joined)
    first = browse("admin").get("/settings/staff").content.decode()
    after = first.split("after=")[1].split('"')[0]
    second = browse("admin").get("/settings/staff", {"after": after}).content.decode()
    assert "张59" in second
    assert ">邓" not in second
    assert "张59" not in first


def test_somebody_who_may_only_look_gets_no_buttons(
    browse: Callable[[str], Client], staff: Callable[[str], Staff]
) -> None:
    path = f"/settings/staff/{staff('stranger').pk}"
    seen = browse("rep").get(path).content.decode()
    assert "登记离职" not in seen
    assert "停用账号" not in seen
    assert browse("rep").get(f"{path}/edit").status_code == 403
    assert browse("rep").post(f"{path}/edit", {"name": "x"}).status_code == 403
    assert "登记离职" in browse("admin").get(path).content.decode()


def test_long_and_hostile_texts_stay_text(browse: Callable[[str], Client]) -> None:
    nasty = '<img src=x onerror=alert(1)>"' + "很长" * 15
    Unit.objects.filter(code="hangzhou").update(name=nasty)
    Staff.objects.filter(account__login="stranger").update(name=nasty)
    for page in ("units", "staff", "staff/new"):
        text = browse("admin").get(f"/settings/{page}").content.decode()
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


class TestReadingTheTrail:
    @pytest.fixture(autouse=True)
    def something_happened(self, customer_of: Callable[..., Customer], actor: Callable[[str], Actor]) -> None:
        customer_of("rep", name="崔强")
        rep = Staff.objects.get(account__login="colleague")
        change_staff(rep.pk, StaffEntry("黄娜", "0900", "13812345678", rep.joined_on), actor=actor("admin"))

    def page(self, browse: Callable[[str], Client], **query: Any) -> str:
        """The entries, without the filters above them, which name every action there is."""
        return browse("gm").get("/settings/trail", query).content.decode().split('id="list"')[1]

    def test_entries_are_sentences_with_the_record_and_without_personal_values(
        self, browse: Callable[[str], Client]
    ) -> None:
        page = self.page(browse)
        assert "管理员修改了该员工的资料" in page
        assert "0900" in page
        assert "13812345678" not in page
        assert "崔强" not in page

    def test_no_key_of_the_tables_is_shown(
        self, browse: Callable[[str], Client], customer_of: Callable[..., Customer], actor: Callable[[str], Actor]
    ) -> None:
        customer = customer_of("rep", name="夏梅")
        log_activity(customer.pk, NewActivity("call", result="reached"), actor=actor("rep"))
        choose_language("en", actor=actor("rep"))
        page = self.page(browse)
        assert "已联系上" in page
        assert "English" in page
        assert not re.search(r"<li>(result|customer|kind|language)|→ (reached|call|en)<", page)

    def test_it_narrows_by_person_kind_and_day(self, browse: Callable[[str], Client]) -> None:
        admin = Staff.objects.get(account__login="admin").pk
        assert "新建了该客户" not in self.page(browse, who=admin)
        assert "修改了该员工" in self.page(browse, who=admin)
        assert "修改了该员工" not in self.page(browse, kind="customer")
        assert "修改了该员工" in self.page(browse, day="2026-11-16")
        assert "取消一个筛选条件" in self.page(browse, day="2026-11-15")

    @pytest.mark.parametrize("query", [{"day": "x"}, {"who": "x"}, {"before": "9" * 30}, {"kind": "'"}])
    def test_odd_filters_break_nothing(self, browse: Callable[[str], Client], query: dict[str, str]) -> None:
        assert browse("gm").get("/settings/trail", query).status_code == 200

    def test_it_goes_on_by_key(self, browse: Callable[[str], Client], actor: Callable[[str], Actor]) -> None:
        staff = Staff.objects.get(account__login="rep")
        for number in range(55):
            change_staff(staff.pk, StaffEntry("邱远", f"N{number:03}", "", staff.joined_on), actor=actor("admin"))
        first = self.page(browse)
        before = first.split("before=")[1].split('"')[0]
        assert "N054" in first
        assert "新建了该客户" not in first
        second = self.page(browse, before=before)
        assert "N054" not in second
        assert "该客户" in second


class TestOwnTokens:
    def test_it_is_shown_once_and_works_until_it_is_ended(self, browse: Callable[[str], Client]) -> None:
        client = browse("rep")
        shown = client.post("/settings/tokens", {"name": "报表程序", "days": "30"}).content.decode()
        token = shown.split('class="token">')[1].split("<")[0]
        bearer = {"Authorization": f"Bearer {token}"}
        assert Client().get("/api/v1/customers", headers=bearer).status_code == 200
        listed = client.get("/settings/tokens").content.decode()
        assert "报表程序" in listed
        assert token not in listed
        made = ApiToken.objects.get(account__login="rep")
        assert not made.may_write
        assert client.post(f"/settings/tokens/{made.pk}/end").status_code == 302
        assert Client().get("/api/v1/customers", headers=bearer).status_code == 401

    def test_it_ends_by_itself(self, browse: Callable[[str], Client]) -> None:
        browse("rep").post("/settings/tokens", {"name": "短期", "days": "30"})
        made = ApiToken.objects.get(account__login="rep")
        assert (made.expires_at - clock.now()).days == 30

    def test_nobody_ends_the_token_of_another(self, browse: Callable[[str], Client]) -> None:
        browse("rep").post("/settings/tokens", {"name": "报表程序", "days": "30"})
        made = ApiToken.objects.get(account=Account.objects.get(login="rep"))
        assert browse("admin").post(f"/settings/tokens/{made.pk}/end").status_code == 404

    @pytest.mark.parametrize(
        "entries", [{"name": "", "days": "30"}, {"name": "x", "days": "9999"}, {"name": "x" * 81, "days": "30"}]
    )
    def test_wrong_entries_are_refused(self, browse: Callable[[str], Client], entries: dict[str, str]) -> None:
        assert browse("rep").post("/settings/tokens", entries).status_code == 422
        assert not ApiToken.objects.exists()
