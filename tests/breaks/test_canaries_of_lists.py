"""What a reader sees masked stands in no page, file or answer of a list, and no question about it is answered."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.org import stamps
from guanxi.base.org.models import Grant
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.parts import stream
from guanxi.base.records.exports.running import carry_out
from guanxi.base.records.own_fields.actions import Choice, Entry, create_own_field
from guanxi.base.records.own_fields.models import OwnField
from guanxi.base.records.own_fields.provider import STAMP
from guanxi.base.records.views.actions import create_view
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-12", "SHR-06")]
CANARIES = ("13894827361", "金丝雀路七号", "金丝雀病史", "1951-07-13", "金丝雀私事", "13894827362", "1952-08-14")
PAGES = (
    "", "?cols={all}", "?cols={all}&as=board&by=status", "?as=board&by={choice}", "?as=calendar&by={day}&month=1952-08",
    "?as=calendar&by=birth_on&month=1951-07", "?q=13894827361", "?q=7361", "?q=金丝雀", "?q=4827", "/{id}",
    "/{id}/glance", "/{id}/edit", "/{id}/print", "/print?cols={all}",
    "/criteria?where=status+%3D+potential&cols={all}", "/count",
)  # fmt: skip
QUESTIONS = (
    "{text} = 金丝雀私事", "{text} is not empty", "{choice} = 1", "{yes} = yes", "{day} < 1960-01-01",
    "{phone} = 13894827362", "phone = 13894827361", "address contains 金丝雀",
    "birth_on < 1960-01-01", "remark is not empty",
)  # fmt: skip


@pytest.fixture
def own(actor: Callable[[str], Actor]) -> dict[str, str]:
    kinds = {"text": "text", "choice": "choice", "yes": "yesno", "day": "date", "phone": "phone"}
    found = {}
    for name, kind in kinds.items():
        choices = [Choice("甲"), Choice("乙")] if kind == "choice" else []
        entry = Entry(label=f"私{name}", is_personal=True, is_searchable=True, choices=choices)
        found[name] = create_own_field("customer", kind, entry, actor=actor("admin")).key
    OwnField.objects.update(index_state=OwnField.IndexState.READY)
    stamps.renew(STAMP)
    return found


@pytest.fixture
def one(customer_of: Callable[..., Customer], own: dict[str, str]) -> Customer:
    values = {own["text"]: "金丝雀私事", own["choice"]: "1", own["yes"]: True, own["phone"]: "13894827362"}
    plain = {"phone": "13894827361", "address": "金丝雀路七号", "remark": "金丝雀病史", "birth_on": date(1951, 7, 13)}
    made = customer_of("rep", **plain, **values, **{own["day"]: date(1952, 8, 14)})
    Grant.objects.filter(role__key="sales-manager", kind="customer", verb="reveal").delete()
    return made


def found_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def words(own: dict[str, str], one: Customer) -> dict[str, str]:
    return {**own, "id": str(one.pk), "all": ",".join(CUSTOMERS.all_columns)}


def test_no_page_shows_it(browse: Callable[[str], Client], one: Customer, own: dict[str, str]) -> None:
    for page in PAGES:
        answer = browse("manager").get(f"/customers{page.format(**words(own, one))}")
        # A month shows all its days.
        asked = {c for c in CANARIES if c in page or ("month=" in page and c[:4].isdecimal() and c[4:5] == "-")}
        assert answer.status_code in (200, 302), page
        assert set(found_in(answer.content.decode())) <= asked, page
    for address in ("/search?q=崔强", "/search", "/views", "/segments", "/bulk", "/"):
        assert not found_in(browse("manager").get(address).content.decode()), address
    assert found_in(browse("rep").get(f"/customers/{one.pk}").content.decode())


def test_no_question_about_it_is_answered(browse: Callable[[str], Client], one: Customer, own: dict[str, str]) -> None:
    for question in QUESTIONS:
        where = question.format(**own)
        for path in (
            "/customers",
            "/customers/count",
            "/customers/criteria",
            f"/customers/{one.pk}/why",
            "/customers/print",
        ):
            answer = browse("manager").get(path, {"where": where})
            assert answer.status_code in (200, 302, 422), (path, where)
            assert "崔强" not in answer.content.decode() or path.endswith("why"), (path, where)


def test_quick_filters_and_lanes_do_not_divide_by_it(
    browse: Callable[[str], Client], actor: Callable[[str], Actor], one: Customer, own: dict[str, str]
) -> None:
    view = create_view(CUSTOMERS, "私", {own["choice"]: "1"}, sharing="everybody", actor=actor("gm"))
    assert "崔强" not in browse("manager").get(f"/customers?view={view.pk}").content.decode()
    for value in ("1", "2"):
        assert "崔强" in browse("manager").get("/customers", {own["choice"]: value}).content.decode()
        page = browse("manager").get(f"/customers?as=board&by={own['choice']}&lane={value}&after=")
        assert page.status_code == 200


def test_no_file_holds_it(actor: Callable[[str], Actor], one: Customer, own: dict[str, str]) -> None:
    for format_ in ("csv", "xlsx"):
        asked = Asked.of(CUSTOMERS, {"cols": ",".join(CUSTOMERS.all_columns)})
        run = carry_out(ask_export(CUSTOMERS, asked, Wanted(format=format_, purpose="核对"), actor=actor("manager")).pk)
        content = b"".join(stream(run))
        texts = [content]
        if format_ == "xlsx":
            with zipfile.ZipFile(BytesIO(content)) as book:
                texts = [book.read(name) for name in book.namelist()]
        assert not found_in(" ".join(text.decode() for text in texts))


def test_no_form_sent_back_tells_or_changes_it(
    browse: Callable[[str], Client], one: Customer, own: dict[str, str]
) -> None:
    guess = {
        "phone": "13894827361",
        "address": "别处",
        "remark": "x",
        own["text"]: "x",
        own["choice"]: "2",
        "version": "0",
    }
    answer = browse("manager").post(f"/customers/{one.pk}/edit", {**guess, "company_name": "新", "name": "崔强"})
    assert not set(found_in(answer.content.decode())) - {"13894827361"}
    one.refresh_from_db()
    assert (one.address, one.own[own["text"]], one.own[own["choice"]]) == ("金丝雀路七号", "金丝雀私事", "1")
