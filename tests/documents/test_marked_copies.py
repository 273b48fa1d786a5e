"""Copies of secret files carry who took them, when, and a code that leads back to that reading (SEC-11)."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.core.customers.models import Customer
from guanxi.core.documents.models import Document
from guanxi.edge.ops.governance.tracing import trace

from .conftest import Attached

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-11")]
Browse = Callable[[str], Client]
Actors = Callable[[str], Actor]
Customers = Callable[..., Customer]


def pdf(*sizes: tuple[float, float], turned: int = 0) -> bytes:
    out = PdfWriter()
    for width, height in sizes:
        page = out.add_blank_page(width, height)
        page.rotate(turned)
    made = io.BytesIO()
    out.write(made)
    return made.getvalue()


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
            assert text.count(word) == 4, (word, text)
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
