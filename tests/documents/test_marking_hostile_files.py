"""Marking means opening: what strange files do to it stays in its own process, and a file is marked or refused."""

from __future__ import annotations

import io
import os
import resource
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pypdf import PdfReader, Transformation
from pypdf.generic import ContentStream

from guanxi.base.audit.models import Entry
from guanxi.core.customers.models import Customer
from guanxi.core.documents.marking import paper
from guanxi.core.documents.marking.asked import FORMATS, PDF, Asked
from guanxi.core.documents.marking.paper import MOST_PAGES
from guanxi.core.documents.marks import MARKABLE, Unmarked, marked_apart
from guanxi.core.documents.sniffing import detect

from .conftest import Attached, pdf, picture
from .hostile import CONTENTS, UNDRAWN, exif_bomb, many_frames

pytestmark = [pytest.mark.req("SEC-11")]
Browse = Callable[[str], Client]
WORDS = "SECRET  FANG LEI  E0012  2026-11-16 09:00  D00000012"
# No more than a picture of its own size would take.
GROWN_KILOBYTES = 60 * 1024


def bomb(size: int) -> bytes:
    """A page whose content is a gigabyte of noughts when unpacked."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1024 * 1024) for _ in range(size)) + packer.flush()
    head = b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj\n"
    stream = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head.replace(b"%%", b"%") + page + stream + packed + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def looped() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def nested() -> bytes:
    deep = b"[" * 100_000 + b"]" * 100_000
    return pdf((200, 200)).replace(b"%%EOF", b"9 0 obj" + deep + b"endobj\ntrailer<</Root 9 0 R>>\n%%EOF")


def large_picture() -> bytes:
    """Small on the disk, a gigabyte when opened."""
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


HOSTILE: dict[str, bytes] = {
    **{name: content for name, (content, kind) in CONTENTS.items() if kind in MARKABLE},
    **UNDRAWN,
    "a page of a gigabyte": bomb(1024),
    "pages in a loop": looped(),
    "nested without end": nested(),
    "cut off in the middle": pdf((595, 842), (595, 842))[:400],
    "behind a password": pdf((595, 842), password="secret"),
    "a page of no size": pdf((0, 0)),
    "a page without end": pdf((1e9, 1e9)),
    "too many pages": pdf(*[(100, 100)] * (MOST_PAGES + 1)),
    "a page that cannot be unpacked": pdf((595, 842)).replace(b"/Type /Page\n", b"/Type /Page /Contents (x)\n"),
    "a picture of a gigabyte": large_picture(),
    "one pixel wide": picture(1, 400_000),
    "EXIF without end": exif_bomb(),
    "frames without end": many_frames(),
}
# Pictures that can be read; what was hidden in them stays behind.
MARKED_ALL_THE_SAME = {"jpeg with html", "png with html", "gif with zip", "EXIF without end", "frames without end"}


def marked(content: bytes, **how: float) -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        with marked_apart(file, Asked(detect(content[:8192]), WORDS, "机密 方磊"), **how) as copy:
            return copy.read()


@pytest.mark.django_db
@pytest.mark.parametrize("which", HOSTILE)
def test_a_strange_file_is_marked_or_refused_in_words(
    which: str, browse: Browse, customer_of: Callable[..., Customer], attached: Attached
) -> None:
    content = HOSTILE[which]
    assert detect(content[:8192]) in MARKABLE
    document = attached("rep", "customer", customer_of("rep").pk, content=content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = browse("rep").get(f"/documents/{document.pk}/file")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWN_KILOBYTES
    assert answer.status_code == (200 if which in MARKED_ALL_THE_SAME else 409)
    if answer.status_code == 409:
        assert "可请保密管理人员调低此文件的密级" in answer.content.decode()
        assert not Entry.objects.filter(name="documents:document:read").exists()
        return
    copy = b"".join(answer)
    assert copy != content
    if detect(copy[:8192]) == PDF:
        assert all("SECRET" in page.extract_text() for page in PdfReader(io.BytesIO(copy)).pages)


def test_strange_files_were_tried_of_each_kind_that_is_marked() -> None:
    assert len(HOSTILE) >= 25
    assert set(HOSTILE) > MARKED_ALL_THE_SAME
    assert {detect(content[:8192]) for content in HOSTILE.values()} == {PDF, *FORMATS}


@pytest.mark.parametrize("form", FORMATS.values())
def test_what_a_picture_carried_along_stays_behind(form: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    copy = marked(picture(200, 100, form=form, exif=exif.tobytes()))
    assert b"SECRETPLACE" not in copy


def test_a_page_that_moves_everything_does_not_move_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a page that never puts back what it moved, and a mark that trusts it."""
    even, moved = pdf((595, 842)), pdf((595, 842), content=b"q 2 0 0 2 9000 9000 cm q ")
    asked = Asked(PDF, WORDS)
    right = place(paper.marked(io.BytesIO(even), asked)).ctm
    assert right == (1, 0, 0, 1, 0, 0)
    assert place(paper.marked(io.BytesIO(moved), asked)).ctm == right
    monkeypatch.setattr(paper, "_is_even", lambda content: True)
    assert place(paper.marked(io.BytesIO(moved), asked)).ctm == (2, 0, 0, 2, 9000, 9000)


def place(content: io.BytesIO) -> Transformation:
    """Where the last drawing of a page, the mark, stands: as a reader reckons, one step after the other."""
    now, kept = Transformation(), []
    found = None
    for given, step in ContentStream(PdfReader(content).pages[0]["/Contents"], None).operations:
        match step:
            case b"q":
                kept.append(now)
            case b"Q":
                now = kept.pop()
            case b"cm":
                now = Transformation(tuple(float(n) for n in given)).transform(now)
            case b"Do":
                found = now
    assert found is not None
    return found


def test_a_pdf_locked_for_its_owner_alone_is_marked() -> None:
    copy = PdfReader(io.BytesIO(marked(pdf((595, 842), password=""))))
    assert "D00000012" in copy.pages[0].extract_text()


def test_marking_that_takes_too_long_is_ended_and_leaves_no_process() -> None:
    with pytest.raises(Unmarked):
        marked(picture(4000, 4000), seconds=0.05)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    named = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    assert not [words for words in named if b"documents.marking" in words]
