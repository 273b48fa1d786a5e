"""Files as people bring them, put on records by the actions themselves."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from guanxi.base.kernel.actor import Actor
from guanxi.core.documents.actions import Incoming, attach_files
from guanxi.core.documents.models import Document
from guanxi.edge.ops.governance.labels import classify

Attached = Callable[..., Document]


def incoming(name: str = "纪要.txt", content: bytes = "会议纪要".encode()) -> Incoming:
    return Incoming(name, len(content), io.BytesIO(content))


def picture(width: int = 40, height: int = 30, *, form: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, form, **how)
    return out.getvalue()


def pdf(*sizes: tuple[float, float], turned: int = 0, content: bytes = b"", password: str | None = None) -> bytes:
    """`content` stands on each page as it is."""
    out = PdfWriter()
    for width, height in sizes:
        page = out.add_blank_page(width, height).rotate(turned)
        if content:
            stream = DecodedStreamObject()
            stream.set_data(content)
            page[NameObject("/Contents")] = out._add_object(stream)
    if password is not None:
        out.encrypt(password, "owner", algorithm="AES-256")
    made = io.BytesIO()
    out.write(made)
    return made.getvalue()


@pytest.fixture
def as_they_are(actor: Callable[[str], Actor]) -> None:
    """Files on customers are no secrets: copies leave without a mark."""
    classify({"customer": "internal"}, actor=actor("gm"))


@pytest.fixture
def attached(actor: Callable[[str], Actor]) -> Attached:
    """`attached("rep", "customer", 7, name="a.txt", content=b"...")`."""

    def make(
        login: str, kind: str, record_id: int, *, name: str = "纪要.txt", content: bytes = b"abc", label: str = "other"
    ) -> Document:
        return attach_files(kind, record_id, [incoming(name, content)], label=label, actor=actor(login))[0]

    return make
