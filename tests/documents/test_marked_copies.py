"""Copies of secret files carry who took them, when, and a code that leads back to that reading (SEC-11)."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client, override_settings
from PIL import Image, ImageChops
from pypdf import PdfReader

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.core.customers.models import Customer
from guanxi.core.documents.actions import add_version
from guanxi.core.documents.drawing import draw_waiting
from guanxi.core.documents.models import Document
from guanxi.core.documents.storage import store, verified
from guanxi.edge.ops.governance.labels import classify_document
from guanxi.edge.ops.governance.tracing import trace

from .conftest import Attached, incoming, pdf, picture

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-11")]
Browse = Callable[[str], Client]
Actors = Callable[[str], Actor]
Customers = Callable[..., Customer]


def taken(client: Client, document: Document) -> bytes:
    answer = client.get(f"/documents/{document.pk}/file")
    assert answer.status_code == 200, answer.content
    content = b"".join(answer)
    assert int(answer["Content-Length"]) == len(content)
    return content


def code_of(document: Document) -> str:
    return (
        Entry.objects.filter(name="documents:document:read", subject_id=document.pk).latest("id").changes["copy_number"]
    )


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_each_page_of_a_pdf_says_who_took_it_when_and_a_code_that_leads_back(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached, turned: int
) -> None:
    original = pdf((595, 842), (842, 595), (200, 100), turned=turned)
    document = attached("rep", "customer", customer_of("rep").pk, name="合同.pdf", content=original)
    copy = PdfReader(io.BytesIO(taken(browse("supervisor"), document)))
    code = code_of(document)
    assert len(copy.pages) == 3
    for page in copy.pages:
        text = page.extract_text()
        for word in ("SECRET", "FANG LEI", "2026-11-16 09:00", code):
            assert text.count(word) == 7, (word, text)
        assert page.rotation == turned
    found = trace(code, actor=actor("gm"))
    assert [(entry.who, entry.subject_id) for entry in found.entries] == [("方磊", document.pk)]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("colour", ["black", "white", "teal"])
def test_a_picture_shows_its_mark_on_dark_and_on_light(
    browse: Browse, customer_of: Customers, attached: Attached, form: str, colour: str
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(out, form)
    document = attached("rep", "customer", customer_of("rep").pk, name=f"a.{form}", content=out.getvalue())
    with Image.open(io.BytesIO(taken(browse("rep"), document))) as copy:
        assert copy.format == form
        assert copy.width == 1200
        assert copy.height > 900
        own = copy.convert("RGB").crop((0, 0, 1200, 900))
    marked = ImageChops.difference(own, Image.new("RGB", own.size, colour)).convert("L").point(lambda n: n > 40 and 255)
    share = sum(marked.histogram()[255:]) / (1200 * 900)
    assert 0.01 < share < 0.4


def test_two_readers_get_two_codes_and_each_leads_to_one(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=pdf((595, 842)))
    codes = {}
    for login in ("rep", "supervisor"):
        taken(browse(login), document)
        codes[login] = code_of(document)
    assert len(set(codes.values())) == 2
    for login, code in codes.items():
        assert [entry.who for entry in trace(code, actor=actor("gm")).entries] == [actor(login).label]


def test_the_page_for_tracing_leads_from_the_code_to_the_reader(
    browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=pdf((595, 842)))
    taken(browse("supervisor"), document)
    page = browse("gm").post("/settings/security/trace", {"code": code_of(document).lower()}).content.decode()
    assert "方磊下载了一个文件" in page.partition('id="traced"')[2], "where the form looks for it"
    assert page.count('hx-select-oob="#traced"') == 1


def test_what_is_kept_does_not_change_by_a_byte(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    contents = [pdf((595, 842)), picture(200, 100), picture(200, 100, form="JPEG")]
    document = attached("rep", "customer", customer_of("rep").pk, content=contents[0])
    for content in contents[1:]:
        add_version(document.pk, incoming("新", content), actor=actor("rep"))
    client = browse("rep")
    for version in document.versions.order_by("number"):
        copy = b"".join(client.get(f"/documents/{document.pk}/versions/{version.number}"))
        with verified(version.stored, version.sha256) as kept:
            assert kept.read() == contents[version.number - 1]
        assert copy != contents[version.number - 1]
    assert Entry.objects.filter(name="documents:document:read").count() == 3


def test_what_is_less_secret_leaves_as_it_is(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    content = pdf((595, 842))
    document = attached("rep", "customer", customer_of("rep").pk, content=content)
    assert 'data-leaves-as="marked"' in browse("rep").get(f"/documents/{document.pk}").content.decode()
    classify_document(document.pk, "internal", actor=actor("gm"))
    assert taken(browse("rep"), document) == content
    assert "copy_number" not in Entry.objects.get(name="documents:document:read").changes
    assert "data-leaves-as" not in browse("rep").get(f"/documents/{document.pk}").content.decode()


def test_who_may_change_a_document_cannot_make_its_mark_go_away(
    browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=pdf((595, 842)))
    client = browse("rep")
    assert client.post(f"/documents/{document.pk}/level", {"level": "internal"}).status_code == 422
    assert client.post(f"/documents/{document.pk}/level", {"level": "top-secret"}).status_code == 302
    assert "TOP SECRET" in PdfReader(io.BytesIO(taken(client, document))).pages[0].extract_text()


def test_what_cannot_be_marked_leaves_with_its_code_in_the_name(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, name="报价.txt", content=b"prices")
    client = browse("rep")
    answer = client.get(f"/documents/{document.pk}/file")
    assert b"".join(answer) == b"prices"
    code = code_of(document)
    assert f"-{code}.txt" in answer["Content-Disposition"]
    assert [entry.who for entry in trace(code, actor=actor("gm")).entries] == [actor("rep").label]
    assert 'data-leaves-as="plain"' in client.get(f"/documents/{document.pk}").content.decode()


@override_settings(UNMARKED_SECRETS="refuse")
def test_a_house_may_want_that_nothing_secret_leaves_without_a_mark(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, name="报价.txt", content=b"prices")
    client = browse("rep")
    answer = client.get(f"/documents/{document.pk}/file")
    assert answer.status_code == 409
    assert "不加水印不得下载" in answer.content.decode()
    assert not Entry.objects.filter(name="documents:document:read").exists(), "what did not leave was not read"
    assert 'data-leaves-as="kept"' in client.get(f"/documents/{document.pk}").content.decode()
    classify_document(document.pk, "internal", actor=actor("gm"))
    assert taken(client, document) == b"prices"


@pytest.mark.parametrize("level", ["internal", "secret"])
def test_the_small_picture_of_a_secret_says_who_looks_at_it(
    browse: Browse, actor: Actors, customer_of: Customers, attached: Attached, level: str
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=picture(900, 600))
    classify_document(document.pk, level, actor=actor("gm"))
    draw_waiting()
    kept = store().picture(document.versions.get().stored)
    shown = {login: browse(login).get(f"/documents/{document.pk}/picture").content for login in ("rep", "supervisor")}
    if level == "internal":
        assert set(shown.values()) == {kept}
    else:
        assert len({kept, *shown.values()}) == 3
        sizes = {Image.open(io.BytesIO(one)).size for one in (kept, *shown.values()) if one}
        assert sizes == {(320, 213)}


def test_a_damaged_file_is_still_refused_before_anything_is_made_of_it(
    browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=pdf((595, 842)))
    place = store()._at(".", document.versions.get().stored)
    place.chmod(0o600)
    place.write_bytes(pdf((595, 843)))
    assert browse("rep").get(f"/documents/{document.pk}/file").status_code == 409
