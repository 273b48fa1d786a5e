"""Files on a record: added together or not at all, replaced by versions, removed with a reason, read with a word."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.core.customers.models import Customer
from guanxi.core.documents.actions import Incoming, add_version, attach_files, remove_document, restore_document
from guanxi.core.documents.models import Document, DocumentVersion
from guanxi.core.documents.storage import Damaged, store, verified

from .conftest import Attached, incoming

pytestmark = [pytest.mark.django_db, pytest.mark.req("DOC-01")]
Customers = Callable[..., Customer]
Actors = Callable[[str], Actor]
Browse = Callable[[str], Client]


def test_several_files_go_onto_a_record_together(actor: Actors, customer_of: Customers) -> None:
    customer = customer_of("rep")
    attach_files("customer", customer.pk, [incoming("甲.txt"), incoming("乙.txt")], label="scan", actor=actor("rep"))
    rows = Document.objects.on("customer", customer.pk).order_by("id")
    assert [(row.title, row.label, row.latest) for row in rows] == [("甲.txt", "scan", 1), ("乙.txt", "scan", 1)]
    entry = Entry.objects.get(name="documents:document:attached")
    assert entry.changes["count"] == 2
    assert entry.personal == {"file_name": [None, ["甲.txt", "乙.txt"]]}, "what a file is called may name a person"
    assert EventRow.objects.filter(name="documents:document:attached", kind="customer", ids=[customer.pk]).exists()


def test_one_that_does_not_fit_keeps_all_of_them_out(actor: Actors, customer_of: Customers) -> None:
    customer = customer_of("rep")
    with pytest.raises(Invalid) as refused:
        attach_files("customer", customer.pk, [incoming(), incoming("空.txt", b"")], actor=actor("rep"))
    assert "空.txt" in str(refused.value.errors["file"][0])
    assert not Document.objects.exists()


@override_settings(DOCUMENT_MAX_BYTES=10)
def test_a_file_too_large_is_named_with_the_limit(actor: Actors, customer_of: Customers) -> None:
    with pytest.raises(Invalid) as refused:
        attach_files("customer", customer_of("rep").pk, [incoming("大.bin", b"x" * 11)], actor=actor("rep"))
    assert "大.bin" in str(refused.value.errors["file"][0])


@override_settings(DOCUMENTS_PER_RECORD=2)
def test_a_record_holds_so_many_files_and_no_more(actor: Actors, customer_of: Customers, attached: Attached) -> None:
    customer = customer_of("rep")
    first = attached("rep", "customer", customer.pk)
    attached("rep", "customer", customer.pk)
    with pytest.raises(Invalid):
        attached("rep", "customer", customer.pk)
    remove_document(first.pk, why="重复", actor=actor("rep"))
    attached("rep", "customer", customer.pk)
    with pytest.raises(Invalid):
        restore_document(first.pk, actor=actor("rep"))


@override_settings(DOCUMENTS_RECORD_MAX_BYTES=5)
def test_the_files_of_a_record_share_their_room(customer_of: Customers, attached: Attached) -> None:
    customer = customer_of("rep")
    attached("rep", "customer", customer.pk, content=b"1234")
    with pytest.raises(Invalid):
        attached("rep", "customer", customer.pk, content=b"12")


def test_a_file_cut_off_on_its_way_is_refused(actor: Actors, customer_of: Customers) -> None:
    short = Incoming("a.bin", 10, io.BytesIO(b"123"))
    with pytest.raises(Invalid):
        attach_files("customer", customer_of("rep").pk, [short], actor=actor("rep"))


@pytest.mark.req("DOC-04")
def test_a_new_version_counts_and_the_earlier_one_stays(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=b"one")
    add_version(document.pk, incoming("新.txt", b"two"), actor=actor("rep"))
    client = browse("rep")
    assert b"".join(client.get(f"/documents/{document.pk}/file")) == b"two"
    assert b"".join(client.get(f"/documents/{document.pk}/versions/1")) == b"one"
    assert client.get(f"/documents/{document.pk}/versions/3").status_code == 404
    page = client.get(f"/documents/{document.pk}").content.decode()
    assert "新.txt" in page
    assert "纪要.txt" in page


@pytest.mark.req("DOC-04")
def test_every_reading_leaves_a_word(browse: Browse, customer_of: Customers, attached: Attached) -> None:
    customer = customer_of("rep")
    document = attached("rep", "customer", customer.pk)
    browse("supervisor").get(f"/documents/{document.pk}/file")
    entry = Entry.objects.get(name="documents:document:read")
    assert (entry.kind, entry.subject_id, entry.who) == ("document", document.pk, "方磊")
    assert list(entry.item_set.values_list("kind", "subject_id")) == [("customer", customer.pk)]
    assert "方磊" in browse("rep").get(f"/documents/{document.pk}").content.decode()


def test_removing_wants_a_reason_and_can_be_taken_back(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    customer = customer_of("rep")
    document = attached("rep", "customer", customer.pk)
    client = browse("rep")
    assert client.post(f"/documents/{document.pk}/remove", {"why": " "}).status_code == 422
    assert client.post(f"/documents/{document.pk}/remove", {"why": "传错了"}).status_code == 302
    assert client.get(f"/documents/{document.pk}/file").status_code == 404
    assert "传错了" in client.get(f"/documents/{document.pk}").content.decode()
    assert document.title not in client.get(f"/customers/{customer.pk}").content.decode()
    with pytest.raises(Missing):
        add_version(document.pk, incoming(), actor=actor("rep"))
    client.post(f"/documents/{document.pk}/restore")
    assert client.get(f"/documents/{document.pk}/file").status_code == 200


def test_who_may_not_see_the_record_does_not_see_its_files(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    customer = customer_of("rep")
    document = attached("rep", "customer", customer.pk)
    client = browse("stranger")
    for place in ("", "/file", "/versions/1", "/picture", "/remove"):
        assert client.get(f"/documents/{document.pk}{place}").status_code == 404
    assert client.get(f"/documents/on/customer/{customer.pk}").status_code == 404
    with pytest.raises(Missing):
        attach_files("customer", customer.pk, [incoming()], actor=actor("stranger"))
    with pytest.raises((Missing, NotAllowed)):
        remove_document(document.pk, why="x", actor=actor("stranger"))


def test_a_kind_of_record_nobody_registered_is_not_there(browse: Browse, actor: Actors) -> None:
    assert browse("gm").get("/documents/on/nonsense/1").status_code == 404
    with pytest.raises(Missing):
        attach_files("nonsense", 1, [incoming()], actor=actor("gm"))


def test_the_form_takes_several_and_two_presses_count_once(browse: Browse, customer_of: Customers) -> None:
    customer = customer_of("rep")
    client, where = browse("rep"), f"/documents/on/customer/{customer.pk}"

    def press() -> int:
        files = [SimpleUploadedFile("一.txt", b"1"), SimpleUploadedFile("二.txt", b"22")]
        return client.post(where, {"file": files, "label": "minutes", "op_key": "k1"}).status_code

    assert (press(), press()) == (302, 302)
    assert Document.objects.on("customer", customer.pk).count() == 2
    assert client.post(where, {"label": "minutes"}).status_code == 422
    bad = client.post(where, {"file": [SimpleUploadedFile("一.txt", b"1")], "label": "bogus"})
    assert bad.status_code == 422


def test_more_than_goes_at_once_is_answered_before_it_is_stored(browse: Browse, customer_of: Customers) -> None:
    customer = customer_of("rep")
    with override_settings(DOCUMENTS_AT_ONCE_BYTES=1000):
        large = SimpleUploadedFile("大.bin", b"x" * 100_000)
        answer = browse("rep").post(f"/documents/on/customer/{customer.pk}", {"file": large})
        assert answer.status_code == 413
        beside = SimpleUploadedFile("大.bin", b"x" * 20_000)
        answer = browse("rep").post(f"/documents/on/customer/{customer.pk}", {"file": beside})
        assert answer.status_code == 413
    assert not Document.objects.exists()


def test_the_form_wants_its_token(customer_of: Customers, browse: Browse) -> None:
    customer = customer_of("rep")
    client = Client(enforce_csrf_checks=True)
    client.cookies = browse("rep").cookies
    answer = client.post(f"/documents/on/customer/{customer.pk}", {"file": SimpleUploadedFile("a.txt", b"1")})
    assert answer.status_code == 403
    assert not Document.objects.exists()


def test_an_altered_file_is_never_handed_out(browse: Browse, customer_of: Customers, attached: Attached) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=b"the truth")
    version = DocumentVersion.objects.get(document=document)
    place = store()._at(".", version.stored)
    place.chmod(0o600)
    place.write_bytes(b"the trutH")
    with pytest.raises(Damaged):
        verified(version.stored, version.sha256)
    answer = browse("rep").get(f"/documents/{document.pk}/file")
    assert answer.status_code == 409
    assert b"trutH" not in answer.content
    place.unlink()
    assert browse("rep").get(f"/documents/{document.pk}/file").status_code == 409


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_panel_stands_on_the_card_in_both_languages(
    browse: Browse, customer_of: Customers, attached: Attached, language: str
) -> None:
    customer = customer_of("rep")
    attached("rep", "customer", customer.pk, name="张三协议.pdf")
    client = browse("rep")
    client.cookies["guanxi_language"] = language
    page = client.get(f"/customers/{customer.pk}").content.decode()
    assert "张三协议.pdf" in page
    assert ("文件" if language == "zh-hans" else "Add files") in page
