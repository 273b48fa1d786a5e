"""Files wait until the scanner has spoken; infected ones leave for nobody; a scanner that is silent lets nothing by."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock, scanner
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.models import ImportRun
from guanxi.core.customers.models import Customer
from guanxi.core.documents import scanning as scanning_
from guanxi.core.documents.actions import Incoming, attach_files
from guanxi.core.documents.drawing import draw_waiting
from guanxi.core.documents.models import Document, DocumentVersion, Scan, Thumbnail
from guanxi.core.documents.scanning import scan_older, scan_waiting
from guanxi.core.documents.storage import store
from guanxi.core.messaging.models import Message
from guanxi.edge.ops import doctor
from tests.documents.conftest import picture

from .clamd import EICAR, Clamd, scanning

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-09")]
SILENCES = ("hangs up", "rubbish", "limit", "silent")


@pytest.fixture
def clamd(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clamd]:
    monkeypatch.setattr(scanner, "WHOLE_SECONDS", 0.5)
    with scanning() as one:
        settings.VIRUS_SCANNER = one.place
        yield one


@pytest.fixture
def attach(actor: Callable[[str], Actor], customer_of: Callable[..., Customer]) -> Callable[..., Document]:
    def put(content: bytes, *, name: str = "a.txt") -> Document:
        file = Incoming(name, len(content), io.BytesIO(content))
        return attach_files("customer", customer_of("rep").pk, [file], actor=actor("rep"))[0]

    return put


Attach = Callable[..., Document]
Browse = Callable[[str], Client]


def state(document: Document) -> str:
    return DocumentVersion.objects.get(document=document).scan


def ways_out(client: Client, document: Document) -> list[int]:
    tails = ("file", "versions/1", "picture")
    return [client.get(f"/documents/{document.pk}/{tail}").status_code for tail in tails]


def test_a_clean_file_can_be_downloaded_once_it_has_passed(clamd: Clamd, attach: Attach, browse: Browse):
    document = attach(b"clean")
    assert ways_out(browse("rep"), document) == [409, 409, 404]
    page = browse("rep").get(f"/documents/{document.pk}").content.decode()
    assert "检查" in page
    assert f"/documents/{document.pk}/file" not in page
    assert scan_waiting() == 1
    assert clamd.seen == [b"clean"]
    assert state(document) == Scan.CLEAN
    assert ways_out(browse("rep"), document)[:2] == [200, 200]


def test_an_infected_file_is_never_handed_out_and_people_are_told(clamd: Clamd, attach: Attach, browse: Browse):
    document = attach(b"before " + EICAR)
    scan_waiting()
    assert state(document) == Scan.INFECTED
    for login in ("rep", "gm", "manager"):
        assert ways_out(browse(login), document) == [409, 409, 404]
    page = browse("rep").get(f"/documents/{document.pk}").content.decode()
    assert "Eicar-Test-Signature" in page
    told = {
        message.recipient.account.login for message in Message.objects.filter(kind__startswith="documents:infected")
    }
    assert told == {"rep", "admin"}
    entry = Entry.objects.get(name="documents:version:found_infected")
    assert entry.kind == "customer"
    assert scan_waiting() == 0, "told once"


@pytest.mark.parametrize("mood", SILENCES)
def test_a_scanner_without_a_verdict_lets_nothing_by(clamd: Clamd, attach: Attach, browse: Browse, mood: str):
    document, clamd.mood = attach(b"x" * 300_000), mood
    assert scan_waiting() == 0
    assert state(document) == Scan.WAITING
    assert ways_out(browse("rep"), document) == [409, 409, 404]
    clamd.mood = "well"
    assert scan_waiting() == 1
    assert ways_out(browse("rep"), document)[0] == 200


def test_a_scanner_that_is_not_there_lets_nothing_by(settings: Any, attach: Attach, browse: Browse):
    settings.VIRUS_SCANNER = "127.0.0.1:1"
    document = attach(b"x")
    assert scan_waiting() == 0
    assert ways_out(browse("rep"), document)[0] == 409
    settings.VIRUS_SCANNER = ""
    assert ways_out(browse("rep"), document)[0] == 409, "taking the scanner away opens nothing"
    assert not doctor.malicious_code(None).is_fine


def test_files_that_get_no_verdict_do_not_hold_up_the_others(
    clamd: Clamd, attach: Attach, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scanning_, "AT_ONCE", 2)
    gone, large, good = attach(b"gone"), attach(b"x" * 300_000), attach(b"good")
    store().drop(DocumentVersion.objects.get(document=gone).stored)
    clamd.mood = "limit"
    assert scan_waiting() == 0
    clock.advance(minutes=1)
    clamd.mood = "well"
    assert scan_waiting() == 1
    assert (state(gone), state(large), state(good)) == (Scan.WAITING, Scan.WAITING, Scan.CLEAN)


def test_without_a_scanner_files_are_kept_as_they_come(attach: Attach, browse: Browse):
    document = attach(EICAR)
    assert state(document) == Scan.NONE
    assert ways_out(browse("rep"), document)[0] == 200
    finding = doctor.malicious_code(None)
    assert finding.is_fine
    assert "no scanner" in finding.text


def test_what_came_before_the_scanner_is_looked_at_at_night(settings: Any, attach: Attach, browse: Browse):
    bad, good = attach(EICAR), attach(b"good")
    with scanning() as clamd:
        settings.VIRUS_SCANNER = clamd.place
        assert scan_older() == 2
    assert (state(bad), state(good)) == (Scan.INFECTED, Scan.CLEAN)
    assert ways_out(browse("rep"), bad)[0] == 409


def test_a_picture_is_drawn_only_after_it_has_passed(clamd: Clamd, attach: Attach, browse: Browse):
    document = attach(picture(), name="a.png")
    assert draw_waiting() == 0
    scan_waiting()
    assert draw_waiting() == 1
    assert browse("rep").get(f"/documents/{document.pk}/picture").status_code == 200
    infected = attach(picture() + EICAR, name="b.png")
    scan_waiting()
    assert draw_waiting() == 0
    assert DocumentVersion.objects.get(document=infected).thumbnail == Thumbnail.NONE


def test_a_file_to_import_passes_the_scanner_before_it_is_read(clamd: Clamd, browse: Browse):
    def send(content: bytes) -> Any:
        file = SimpleUploadedFile("a.csv", content)
        return browse("manager").post("/imports", {"kind": "file-forms", "file": file})

    rows = "顾客姓名,联系电话,活动,登记日期,满意代表\n崔强,13800000001,讲座,2026-11-02,邱远\n".encode()
    assert send(rows).status_code == 302
    count = ImportRun.objects.count()
    assert send(rows + EICAR).status_code == 422
    for clamd.mood in SILENCES:
        assert send(rows).status_code == 422
    assert ImportRun.objects.count() == count


def test_the_scanner_may_listen_at_a_socket_of_the_machine(settings: Any, tmp_path: Path):
    with scanning(tmp_path / "clamd.ctl") as clamd:
        settings.VIRUS_SCANNER = clamd.place
        assert scanner.is_answering()
        assert scanner.scan(io.BytesIO(b"x")).is_clean
        assert scanner.scan(io.BytesIO(EICAR)).found == "Eicar-Test-Signature"
    assert not scanner.is_answering()


def test_a_door_left_open_is_found(clamd: Clamd, attach: Attach, browse: Browse, monkeypatch: pytest.MonkeyPatch):
    """The tests above see what they look for: with the check taken out the file leaves."""
    document = attach(EICAR)
    scan_waiting()
    monkeypatch.setattr("guanxi.core.documents.actions.document.require_passed", lambda version: None)
    assert ways_out(browse("rep"), document)[0] == 200
