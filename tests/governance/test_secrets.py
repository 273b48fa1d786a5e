"""Business secrets: words on files and papers, copies traced by their code, networks of others (SEC-11)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError
from django.test import Client
from openpyxl import load_workbook

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Account
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.running import carry_out
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.documents.actions import Incoming, attach_files
from guanxi.core.messaging.models import Message
from guanxi.edge.ops.governance import networks
from guanxi.edge.ops.governance.labels import classify, classify_document, label_of, level_of
from guanxi.edge.ops.governance.models import NetworkRange
from guanxi.edge.ops.governance.networks import KNOWN, add_range, plain
from guanxi.edge.ops.governance.tracing import trace

pytestmark = [pytest.mark.req("SEC-11"), pytest.mark.django_db]
Who = Callable[[str], Actor]
Browse = Callable[[str], Client]


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    KNOWN.forget()
    yield
    KNOWN.forget()
    KNOWN.ranges = []


def planted(cidr: str, on_sight: str = "refuse") -> NetworkRange:
    from guanxi.base.kernel import clock

    made = NetworkRange.objects.create(cidr=cidr, note="某竞争对手", on_sight=on_sight, created_at=clock.now())
    KNOWN.forget()
    return made


@pytest.mark.parametrize(
    ("cidr", "address"),
    [
        ("203.0.113.0/24", "203.0.113.77"),
        ("203.0.113.0/24", "::ffff:203.0.113.77"),
        ("2001:db8:77::/48", "2001:db8:77::5"),
        ("198.51.100.4/32", "198.51.100.4"),
    ],
)
def test_a_planted_address_is_refused_and_those_beside_it_are_not(browse: Browse, cidr: str, address: str):
    client = browse("rep")
    assert client.get("/", REMOTE_ADDR=address).status_code == 200
    planted(cidr)
    assert client.get("/", REMOTE_ADDR=address).status_code == 403
    assert Client().get("/sign-in", REMOTE_ADDR=address).status_code == 403
    assert Client().get("/api/v1/customers", REMOTE_ADDR=address).status_code == 403
    for other in ("127.0.0.1", "::1", "203.0.114.1", "2001:db8:78::5", "198.51.100.5", "nonsense", ""):
        assert client.get("/", REMOTE_ADDR=other).status_code == 200


def test_who_keeps_the_house_is_told_once_a_day_and_the_trail_says_whose_account_it_was(browse: Browse, actor: Who):
    made = planted("203.0.113.0/24", "alarm")
    client = browse("rep")
    for _ in range(5):
        assert client.get("/", REMOTE_ADDR="203.0.113.9").status_code == 200
    seen = Entry.objects.filter(name="ops:network:seen", subject_id=made.pk)
    assert [(one.who, one.address) for one in seen] == [(actor("rep").label, "203.0.113.9")]
    told = Message.objects.filter(kind="ops:network:seen").values_list("recipient__account__login", flat=True)
    assert sorted(told) == ["admin", "gm"]
    KNOWN.told.clear()
    client.get("/", REMOTE_ADDR="203.0.113.9")
    assert Message.objects.filter(kind="ops:network:seen").count() == 2


def test_what_could_not_be_told_at_first_is_told_with_the_next_request(browse: Browse, monkeypatch: pytest.MonkeyPatch):
    """The database was away for a moment: the alarm of the day must not be lost with it."""
    planted("198.51.100.0/24")
    told = networks.note_sighting

    def breaks(*_found: object, **_actor: object) -> None:
        monkeypatch.setattr(networks, "note_sighting", told)
        raise DatabaseError

    monkeypatch.setattr(networks, "note_sighting", breaks)
    client = browse("rep")
    client.raise_request_exception = False
    statuses = [client.get("/", REMOTE_ADDR="198.51.100.7").status_code for _ in range(2)]
    assert statuses[1] == 403
    assert statuses[0] >= 403
    assert Message.objects.filter(kind=networks.SEEN).exists()


def test_asking_whether_an_address_is_on_the_list_costs_no_query(browse: Browse, django_assert_num_queries):
    planted("203.0.113.0/24")
    assert KNOWN.of("203.0.113.9")
    with django_assert_num_queries(0):
        for last in range(200):
            assert KNOWN.of(f"203.0.113.{last}")
            assert KNOWN.of(f"203.0.115.{last}") is None


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "127.0.0.0/8", "127.0.0.1", "::/0", "::1", "::ffff:127.0.0.1", "192.0.2.0/24", "192.0.2.9"]
)
def test_nobody_locks_out_this_machine_or_themselves(actor: Who, cidr: str):
    admin = actor("admin")
    editor = Actor(admin.label, "web", account_id=admin.account_id, staff_id=admin.staff_id, address="192.0.2.9")
    with pytest.raises(Invalid) as refused:
        add_range(cidr, note="手误", on_sight="refuse", actor=editor)
    assert list(refused.value.errors) == ["cidr"]
    assert not NetworkRange.objects.exists()


@pytest.mark.parametrize("cidr", ["", "abc", "300.1.1.1", "10.0.0.0/33", "2001:db8::/200", "1.2.3"])
def test_what_is_no_network_is_said_where_it_was_typed(browse: Browse, cidr: str):
    answer = browse("admin").post("/settings/security/networks/add", {"cidr": cidr, "note": "x", "on_sight": "alarm"})
    assert answer.status_code == 422
    assert "203.0.113.0/24" in answer.content.decode()


def test_a_network_is_put_on_the_list_and_taken_off_on_the_screen(browse: Browse):
    client = browse("admin")
    given = {"cidr": "203.0.113.5/24", "note": "某竞争对手", "on_sight": "refuse"}
    assert client.post("/settings/security/networks/add", given).status_code == 302
    assert NetworkRange.objects.get().cidr == "203.0.113.0/24"
    assert client.post("/settings/security/networks/add", given).status_code == 422
    made = NetworkRange.objects.get()
    assert client.post(f"/settings/security/networks/{made.pk}/remove").status_code == 302
    assert not NetworkRange.objects.exists()


def test_ipv4_written_as_ipv6_is_the_same_place():
    assert str(plain("::ffff:203.0.113.9")) == "203.0.113.9"


def exported(actor: Who, format_: str) -> ExportRun:
    wanted = Wanted(format=format_, audience="people", encoding="utf-8", purpose="核对名单")
    return carry_out(ask_export(CUSTOMERS, Asked(), wanted, actor=actor("manager")).pk)


def content(run: ExportRun) -> bytes:
    return b"".join(bytes(part.content) for part in run.parts.order_by("position"))


def test_a_leaked_file_leads_to_who_made_it(actor: Who, customer_of, django_capture_on_commit_callbacks):
    customer_of("rep")
    run = exported(actor, "xlsx")
    book = load_workbook(io.BytesIO(content(run)))
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    code = next(value for value in about.values() if str(value).startswith("E0"))
    assert "机密" in about.values()
    assert code in book.worksheets[0].oddFooter.left.text
    found = trace(code, actor=actor("admin"))
    assert found.run == run
    assert next(entry.name for entry in found.entries) == "records:export:finished"
    assert {entry.who for entry in found.entries} == {actor("manager").label}
    assert code in exported(actor, "csv").file_name or run.file_name.count(code) == 1


def test_a_leaked_paper_leads_to_who_printed_it(browse: Browse, actor: Who, customer_of):
    customer = customer_of("rep")
    page = browse("rep").get(f"/customers/{customer.pk}/print").content.decode()
    number = Entry.objects.filter(name="records:print:card_printed").latest("id").changes["print_number"]
    assert page.count(f"机密 {actor('rep').label}") == 24
    browse("manager").get("/customers/print")
    found = trace(f" {number.lower()} ", actor=actor("gm"))
    assert [(entry.who, entry.subject_id) for entry in found.entries] == [(actor("rep").label, customer.pk)]


def test_a_leaked_document_leads_to_who_took_it(browse: Browse, actor: Who, customer_of):
    customer = customer_of("rep")
    file = Incoming("合同.txt", 6, io.BytesIO(b"secret"))
    document = attach_files("customer", customer.pk, [file], label="scan", actor=actor("rep"))[0]
    browse("manager").get(f"/documents/{document.pk}/file")
    digest = document.versions.get().sha256
    assert actor("manager").label in {entry.who for entry in trace(digest, actor=actor("gm")).entries}


@pytest.mark.parametrize("code", ["", "X12", "P", "12345", "E-1", "P0000001; DROP", "a" * 63])
def test_what_is_no_code_is_said(browse: Browse, code: str):
    assert browse("admin").post("/settings/security/trace", {"code": code}).status_code == 422


def test_a_code_nobody_used_is_not_found_and_the_question_is_in_the_trail(browse: Browse):
    page = browse("admin").post("/settings/security/trace", {"code": "P99999999"})
    assert page.status_code == 200
    assert Entry.objects.filter(name="ops:copy:traced").count() == 1
    assert browse("manager").get("/settings/security/trace").status_code == 403


def test_records_have_a_level_and_a_document_its_own(actor: Who, customer_of):
    assert (level_of("customer"), level_of("activity")) == ("secret", "internal")
    customer = customer_of("rep")
    file = Incoming("报价.txt", 6, io.BytesIO(b"prices"))
    document = attach_files("customer", customer.pk, [file], label="scan", actor=actor("rep"))[0]
    assert label_of("document", document.pk) == "机密"
    classify_document(document.pk, "top-secret", actor=actor("rep"))
    assert label_of("document", document.pk) == "绝密"
    assert classify({"customer": "internal"}, actor=actor("gm")) == 1
    assert label_of("document", document.pk) == "绝密"
    with pytest.raises(Invalid):
        classify_document(document.pk, "", actor=actor("rep"))
    assert label_of("document", document.pk) == "绝密", "who may change the record makes it more secret, never less"
    classify_document(document.pk, "", actor=actor("gm"))
    assert label_of("document", document.pk) == "内部"


def test_the_page_of_a_document_shows_its_level(browse: Browse, actor: Who, customer_of):
    file = Incoming("合同.txt", 6, io.BytesIO(b"secret"))
    document = attach_files("customer", customer_of("rep").pk, [file], label="scan", actor=actor("rep"))[0]
    client = browse("rep")
    assert client.post(f"/documents/{document.pk}/level", {"level": "wrong"}).status_code == 422
    assert client.post(f"/documents/{document.pk}/level", {"level": "top-secret"}).status_code == 302
    assert "绝密" in client.get(f"/documents/{document.pk}").content.decode()
    assert browse("stranger").get(f"/documents/{document.pk}/level").status_code == 404


def test_nobody_else_changes_levels(browse: Browse):
    assert browse("rep").post("/settings/security/classification/save", {"level.customer": "public"}).status_code == 403
    assert browse("gm").post("/settings/security/classification/save", {"level.customer": "open"}).status_code == 422
    assert Account.objects.exists()
