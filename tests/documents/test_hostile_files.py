"""More than sixty hostile names and contents: kept as they are, shown harmless, sent out as nothing that runs."""

from __future__ import annotations

import io
import re
import tempfile
import unicodedata
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from guanxi.core.customers.models import Customer
from guanxi.core.documents.drawing import draw_waiting, drawn_apart
from guanxi.core.documents.models import Document, DocumentVersion, Thumbnail
from guanxi.core.documents.naming import download_name, kept_name, shown_name
from guanxi.core.documents.sniffing import ACTIVE, detect, sent_as
from guanxi.core.documents.storage import NAME, store

from .conftest import Attached, picture
from .hostile import CONTENTS, NAMES, UNDRAWN, exif_bomb, many_frames, with_place

pytestmark = [pytest.mark.req("DOC-01")]
Customers = Callable[..., Customer]
Browse = Callable[[str], Client]
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@pytest.mark.django_db
@pytest.mark.parametrize("which", NAMES)
def test_a_hostile_name_is_data_everywhere(
    which: str, browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    customer = customer_of("rep")
    document = attached("rep", "customer", customer.pk, name=NAMES[which], content=b"\0content")
    assert document.title == kept_name(NAMES[which])
    assert len(document.title) <= 500
    client = browse("rep")
    for place in (f"/documents/{document.pk}", f"/customers/{customer.pk}"):
        page = client.get(place).content.decode()
        assert "<script>alert(1)" not in page
        assert "onerror=alert(1)>" not in page
        assert "\u202e" not in page
    answer = client.get(f"/documents/{document.pk}/file")
    assert b"".join(answer) == b"\0content"
    assert_hardened(answer)


def assert_hardened(answer: HttpResponse) -> None:
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert "allow-" not in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "x" not in answer.cookies
    assert answer["Content-Type"] not in ACTIVE


@pytest.mark.parametrize("which", NAMES)
def test_what_a_download_is_called_is_a_name_on_every_system(which: str) -> None:
    name = download_name(kept_name(NAMES[which]), fallback="file-7")
    assert 0 < len(name.encode()) <= 210
    assert not FORBIDDEN.search(name)
    assert not DEVICES.match(name)
    assert name not in (".", "..")
    assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in name)
    assert not any(unicodedata.category(char) in ("Cc", "Cf") for char in shown_name(NAMES[which]))


def test_a_long_name_keeps_its_ending() -> None:
    assert kept_name("档案" * 400 + ".pdf").endswith("….pdf")
    assert download_name("档案" * 100 + ".xlsx", fallback="f").endswith("….xlsx")


@pytest.mark.usefixtures("as_they_are")
@pytest.mark.django_db
@pytest.mark.parametrize("which", CONTENTS)
def test_a_file_is_what_its_content_says_and_never_opens(
    which: str, browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    content, kind = CONTENTS[which]
    document = attached("rep", "customer", customer_of("rep").pk, name="friendly.png", content=content)
    version = DocumentVersion.objects.get(document=document)
    assert version.detected == kind
    answer = browse("rep").get(f"/documents/{document.pk}/file")
    assert b"".join(answer) == content
    assert_hardened(answer)
    assert answer["Content-Type"] == sent_as(kind)


def test_nothing_that_runs_leaves_under_its_own_name() -> None:
    assert {sent_as(kind) for kind in ACTIVE} == {"application/octet-stream"}
    assert len(NAMES) + len(CONTENTS) + len(UNDRAWN) >= 60


@pytest.mark.usefixtures("as_they_are")
@pytest.mark.django_db
@pytest.mark.parametrize("which", UNDRAWN)
def test_a_picture_that_cannot_be_drawn_safely_is_kept_as_a_file(
    which: str, browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, name="x.png", content=UNDRAWN[which])
    draw_waiting()
    assert DocumentVersion.objects.get(document=document).thumbnail == Thumbnail.NONE
    client = browse("rep")
    assert client.get(f"/documents/{document.pk}/picture").status_code == 404
    assert b"".join(client.get(f"/documents/{document.pk}/file")) == UNDRAWN[which]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_shown_as_one_of_our_own(
    form: str, browse: Browse, customer_of: Customers, attached: Attached
) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, content=picture(2000, 1000, form=form))
    draw_waiting()
    answer = browse("rep").get(f"/documents/{document.pk}/picture")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (320, 160)


def test_where_a_photo_was_taken_does_not_show_in_its_picture() -> None:
    drawn = drawn_from(with_place())
    assert drawn
    assert b"SECRETPLACE" not in drawn
    assert b"Exif" not in drawn
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (20, 60), "turned as the camera said"


@pytest.mark.parametrize("content", [exif_bomb(), many_frames()], ids=["exif", "frames"])
def test_bombs_in_a_picture_take_nothing_along(content: bytes) -> None:
    drawn = drawn_from(content)
    assert drawn is None or len(drawn) < 50_000


def drawn_from(content: bytes) -> bytes | None:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        file.seek(0)
        return drawn_apart(file)


@pytest.mark.django_db
def test_files_lie_under_names_of_ours_that_only_we_read(customer_of: Customers, attached: Attached) -> None:
    document = attached("rep", "customer", customer_of("rep").pk, name="../../evil.sh")
    version = DocumentVersion.objects.get(document=document)
    assert NAME.fullmatch(version.stored)
    place = store()._at(".", version.stored)
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.parent.parent == store().root
    for name in ("../x", "a" * 39, "/etc/passwd", "A" * 40):
        with pytest.raises(ValueError, match="not a name of ours"):
            store().open(name)
    assert Document.objects.count() == 1
    assert detect(b"") == "application/octet-stream"
