"""What a person asks about their data: taken in, due in fifteen working days, done, or refused with a reason."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org.models import RegistrationRequest, Staff
from guanxi.base.records.models import ImportRow, ImportRun, Searched
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.activities.models import Activity
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.models import Message
from guanxi.core.privacy.actions.request import (
    Asked,
    ask_for_file,
    fulfil_request,
    hand_out_file,
    refuse_request,
    take_in_request,
)
from guanxi.core.privacy.actions.setting_apart import release_customer, restrict_customer
from guanxi.core.privacy.jobs import make_person_file
from guanxi.core.privacy.keeping import Rule, rules, take_away
from guanxi.core.privacy.models import Erasure, PersonFile, PersonRequest
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
CustomerOf = Callable[..., Customer]
ActorOf = Callable[[str], Actor]


def asked(customer: Customer, actor: Actor, wish: str = "copy") -> PersonRequest:
    return take_in_request(Asked(wish, "崔强本人", "身份证原件", customer.pk), actor=actor)


@pytest.mark.req("SEC-10")
def test_an_answer_is_due_in_fifteen_working_days(customer_of: CustomerOf, actor: ActorOf) -> None:
    row = asked(customer_of("rep"), actor("gm"))
    assert row.asked_on == date(2026, 11, 16)
    assert row.due_on == date(2026, 12, 7)
    with pytest.raises(Invalid) as refused:
        take_in_request(Asked("dance", "", " ", 10**9, asked_on=date(2027, 1, 1)), actor=actor("gm"))
    assert set(refused.value.errors) == {"wish", "asked_by", "identified", "customer", "asked_on"}
    with pytest.raises(NotAllowed):
        asked(customer_of("rep"), actor("rep"))


@pytest.mark.req("SEC-10")
def test_everything_about_a_person_comes_in_one_file(customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep", name="崔强", address="春熙路 1 号", remark="=1+1")
    customer_of("rep", name="龙婷", address="别处")
    log_activity(customer.pk, NewActivity("call", note="身体比上次好一些", result="reached"), actor=actor("rep"))
    row = asked(customer, actor("gm"))
    file = ask_for_file(row.pk, actor=actor("gm"))
    make_person_file(file.pk)
    make_person_file(file.pk)
    with zipfile.ZipFile(io.BytesIO(hand_out_file(row.pk, actor=actor("gm")))) as archive:
        told = json.loads(archive.read("data.json"))
        book = openpyxl.load_workbook(io.BytesIO(archive.read("data.xlsx")))
        assert json.loads(archive.comment)["request"] == row.number
    assert told["about"]["made_by"] == "何远山"
    assert told["data"]["customers_customer"][0]["address"] == "春熙路 1 号"
    assert told["data"]["activities_activity"][0]["note"] == "身体比上次好一些"
    assert "龙婷" not in json.dumps(told, ensure_ascii=False)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value]
    assert {"春熙路 1 号", "身体比上次好一些"} <= {cell.value for cell in cells}
    assert [cell.data_type for cell in cells if str(cell.value).endswith("=1+1")] == ["s"], "text, never a formula"
    assert Entry.objects.filter(name="privacy:file:handed_out", subject_id=row.pk).count() == 1


def test_the_file_tells_nothing_of_others_who_are_called_alike(
    customer_of: CustomerOf, actor: ActorOf, staff: Callable[[str], Staff]
) -> None:
    customer, alike = customer_of("rep", name="崔强"), customer_of("rep", name="崔强")
    told = {"subject_kind": "customer", "created_at": clock.now(), "recipient": staff("rep"), "kind": "x"}
    mine = {"params": {"name": "崔强", "of": "mine"}, "subject_id": customer.pk, "dedupe_key": "1"}
    other = {"params": {"name": "崔强", "of": "another"}, "subject_id": alike.pk, "dedupe_key": "2"}
    for values in (mine, other):
        Message.objects.create(**told | values)
    row = asked(customer, actor("gm"))
    make_person_file(ask_for_file(row.pk, actor=actor("gm")).pk)
    with zipfile.ZipFile(io.BytesIO(hand_out_file(row.pk, actor=actor("gm")))) as archive:
        rows = json.loads(archive.read("data.json"))["data"]["messaging_message"]
    assert [json.loads(one["params"])["of"] for one in rows] == ["mine"]


def test_a_file_that_was_never_made_can_be_asked_for_again(
    customer_of: CustomerOf, actor: ActorOf, client: Client
) -> None:
    """Its job may have failed; the page does not say for ever that it is being made."""
    row = asked(customer_of("rep"), actor("gm"))
    ask_for_file(row.pk, actor=actor("gm"))
    client.login(username="gm", password=PASSWORD)
    page = client.get(f"/privacy/requests/{row.pk}").content.decode()
    assert f'action="/privacy/requests/{row.pk}/file"' in page
    assert client.post(f"/privacy/requests/{row.pk}/file").status_code == 302
    assert PersonFile.objects.count() == 1


def test_a_refusal_gives_its_reason_and_ends_the_matter(customer_of: CustomerOf, actor: ActorOf) -> None:
    row = asked(customer_of("rep"), actor("gm"))
    with pytest.raises(Invalid):
        refuse_request(row.pk, answer=" ", actor=actor("gm"))
    assert refuse_request(row.pk, answer="无法核实身份", actor=actor("gm")).state == "refused"
    with pytest.raises(Refused):
        fulfil_request(row.pk, actor=actor("gm"))


@pytest.mark.req("SEC-10")
def test_a_restricted_person_is_in_no_list_until_released(
    customer_of: CustomerOf, actor: ActorOf, client: Client
) -> None:
    customer = customer_of("rep", name="崔强")
    log_activity(customer.pk, NewActivity("call", note="身体比上次好一些", result="reached"), actor=actor("rep"))
    row = restrict_customer(customer.pk, why="对内容有争议", actor=actor("gm"))
    for login in ("rep", "manager", "gm"):
        with pytest.raises(Missing):
            access_customer(actor(login), customer.pk)
    client.login(username="gm", password=PASSWORD)
    for path in ("/customers", "/customers/bin", "/search?q=崔强", "/file-forms"):
        assert f"/customers/{customer.pk}" not in client.get(path).content.decode()
    assert client.get(f"/customers/{customer.pk}").status_code == 404
    clock.advance(days=1)
    release_customer(row.pk, why="已澄清", actor=actor("gm"))
    assert access_customer(actor("rep"), customer.pk).name == "崔强"
    assert Activity.objects.kept().filter(customer=customer).count() == 1


@pytest.mark.req("SEC-10")
def test_the_desk_from_asking_to_the_certificate(customer_of: CustomerOf, client: Client) -> None:
    customer = customer_of("rep", name="崔强")
    client.login(username="gm", password=PASSWORD)
    typed = {"wish": "delete", "asked_by": "本人", "identified": "身份证", "customer": customer.number}
    assert client.post("/privacy/requests/new", typed | {"customer": "K999"}).status_code == 422
    answer = client.post("/privacy/requests/new", typed)
    assert answer.status_code == 302
    place = answer["Location"]
    assert "2026-12-07" in client.get("/privacy/requests").content.decode()
    assert client.post(f"{place}/refuse", {"answer": ""}).status_code == 422
    assert client.post(f"{place}/erase").status_code == 302
    assert Erasure.objects.count() == 1
    customer.refresh_from_db()
    assert (customer.name, customer.phone) == ("—", "")
    row = PersonRequest.objects.get()
    assert (row.state, row.asked_by, row.identified) == ("done", "", "")
    desk = client.get("/privacy/requests").content.decode()
    assert Erasure.objects.get().digest[:16] in desk
    assert "崔强" not in desk


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_notice_is_open_to_everybody(language: str, client: Client) -> None:
    client.cookies["guanxi_language"] = language
    page = client.get("/privacy-notice").content.decode()
    assert client.get("/privacy-notice").status_code == 200
    wanted = ("健康", "15个工作日") if language == "zh-hans" else ("Health", "15 working days")
    assert all(word in page for word in wanted)


@pytest.mark.req("SEC-01")
def test_the_inventory_is_shown_and_exported(client: Client) -> None:
    client.login(username="admin", password=PASSWORD)
    assert client.get("/privacy/inventory").status_code == 200
    lines = client.get("/privacy/inventory?as=csv").content.decode().strip().splitlines()
    assert len(lines) >= 181
    client.login(username="rep", password=PASSWORD)
    assert client.get("/privacy/inventory").status_code == 403


@pytest.mark.req("SEC-10")
def test_what_has_served_its_time_goes_and_each_class_says_so(actor: ActorOf) -> None:
    now = clock.now()
    run = ImportRun.objects.create(
        kind="customers", file_name="a", size=1, encoding="utf-8", delimiter=",", created_at=now, state="done"
    )
    ImportRun.objects.filter(pk=run.pk).update(finished_at=now)
    ImportRow.objects.create(run=run, line=1, cells=["崔强"], reasons=[])
    Searched.objects.create(account_id=actor("rep").account_id, text="崔强", at=now)
    RegistrationRequest.objects.create(name="甲", phone="1", state="declined", created_at=now, decided_at=now)
    assert take_away(actor=Actor.system("upkeep")) == 0
    clock.advance(days=181)
    assert take_away(actor=Actor.system("upkeep")) == 3
    told = Entry.objects.filter(name="privacy:class:taken_away").values_list("changes", flat=True)
    assert {one["class"] for one in told} == {"imports", "searched", "applicants"}


def test_no_setting_goes_below_the_floor() -> None:
    assert Rule("trail", "", days=10, floor=180).kept == 180
    assert [rule.key for rule in rules() if rule.kept < rule.floor] == []
    assert next(rule for rule in rules() if rule.key == "trail").floor == 180


def test_a_file_for_a_person_goes_after_a_week(customer_of: CustomerOf, actor: ActorOf) -> None:
    file = ask_for_file(asked(customer_of("rep"), actor("gm")).pk, actor=actor("gm"))
    make_person_file(file.pk)
    clock.advance(days=8)
    take_away(actor=Actor.system("upkeep"))
    assert not PersonFile.objects.exists()
