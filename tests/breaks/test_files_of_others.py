"""Files of records that are not one's own, or no longer: by id, by version, by picture, by every form that changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Restriction, Staff
from guanxi.core.activities.actions.activity import NewActivity, log_activity
from guanxi.core.customers.actions import remove_customer, transfer_customers
from guanxi.core.customers.models import Customer
from guanxi.core.documents.drawing import draw_waiting
from guanxi.core.documents.models import Document, DocumentVersion
from guanxi.domain.archive.actions import complete_file_form
from guanxi.domain.archive.actions.incident import NewIncident, report_incident
from guanxi.domain.archive.models import ContactForm, ContactState, SealedBox
from tests.archive.conftest import filed, hand, kept, lent, received, recorded, signed
from tests.documents.conftest import Attached, attached, picture

__all__ = ["attached", "filed", "hand", "kept", "lent", "received", "recorded", "signed"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("DOC-09")]
Browse = Callable[[str], Client]
HUGE = 99999999999999999999


@pytest.fixture
def everywhere(
    customer_of: Callable[..., Customer], attached: Attached, actor: Callable[[str], Actor], kept: Any, staff: Any
) -> tuple[Customer, dict[str, Document]]:
    """A picture on a customer of the representative and on everything of theirs."""
    customer = customer_of("rep")
    contact = log_activity(customer.pk, NewActivity(kind="visit", result="reached", note="看望"), actor=actor("rep"))
    fields = {"event_name": "讲座", "completed_on": clock.today(), "purchased": False}
    form = complete_file_form(customer.pk, fields, actor=actor("rep"))
    places = {"customer": customer.pk, "activity": contact.pk, "fileform": form.pk}
    return customer, {
        kind: attached("rep", kind, pk, name="照片.png", content=picture()) for kind, pk in places.items()
    }


def asked(client: Client, document: Document) -> dict[str, int]:
    """The status of every address a file has."""
    base = f"/documents/{document.pk}"
    found = {
        path: client.get(base + path).status_code
        for path in ("", "/file", "/versions/1", "/versions/2", f"/versions/{HUGE}", "/picture", "/remove")
    }
    found["list"] = client.get(f"/documents/on/{document.record_kind}/{document.record_id}").status_code
    found["add"] = client.post(
        f"/documents/on/{document.record_kind}/{document.record_id}", {"file": SimpleUploadedFile("x.txt", b"x")}
    ).status_code
    found["replace"] = client.post(base + "/replace", {"file": SimpleUploadedFile("x.txt", b"x")}).status_code
    found["removed"] = client.post(base + "/remove", {"why": "x"}).status_code
    found["restore"] = client.post(base + "/restore").status_code
    return found


def test_after_the_customer_was_transferred_the_files_are_the_new_owners(
    everywhere: tuple[Customer, dict[str, Document]], browse: Browse, actor: Any, staff: Any
) -> None:
    customer, documents = everywhere
    draw_waiting()
    transfer_customers([customer.pk], to=staff("stranger"), actor=actor("gm"))
    for kind in ("customer", "activity"):
        assert set(asked(browse("rep"), documents[kind]).values()) == {404}, kind
    assert browse("stranger").get(f"/documents/{documents['customer'].pk}/file").status_code == 200


@pytest.mark.parametrize("login", ["rep", "supervisor", "stranger", "admin"])
def test_with_the_customer_in_the_bin_its_files_are_there_for_nobody_who_may_not_open_the_bin(
    login: str, everywhere: tuple[Customer, dict[str, Document]], browse: Browse, actor: Any
) -> None:
    customer, documents = everywhere
    remove_customer(customer.pk, actor=actor("gm"), why="重复")
    for kind in ("customer", "activity"):
        assert set(asked(browse(login), documents[kind]).values()) == {404}, kind
    assert DocumentVersion.objects.count() == 3


def test_a_sealed_form_takes_its_scan_along(
    signed: Any, attached: Attached, browse: Browse, actor: Any, staff: Callable[[str], Staff]
) -> None:
    form = signed("rep")
    document = attached("rep", ContactForm.KIND, form.pk, content=picture())
    draw_waiting()
    before = asked(browse("stranger"), document)
    assert set(before.values()) == {404}
    box = SealedBox.objects.create(label="一号箱", made_by=staff("service"), made_at=clock.now())
    ContactForm.objects.filter(id=form.pk).update(
        state=ContactState.SEALED, sealed_at=clock.now(), box=box, holder=staff("service")
    )
    for login in ("rep", "manager", "gm", "service"):
        assert set(asked(browse(login), document).values()) <= {403, 404}, login


def test_the_scan_of_an_incident_is_for_those_who_see_the_incident(
    kept: Any, attached: Attached, browse: Browse, actor: Any, staff: Any
) -> None:
    incident = report_incident(kept().pk, NewIncident("lost", staff("rep"), "丢在公交车上了"), actor=actor("doctor"))
    document = attached("doctor", "incident", incident.pk, content=picture())
    assert set(asked(browse("stranger"), document).values()) == {404}


def test_a_clause_that_forbids_copies_of_the_form_forbids_every_version_of_its_scan(
    everywhere: tuple[Customer, dict[str, Document]], browse: Browse
) -> None:
    _customer, documents = everywhere
    Restriction.objects.create(kind="fileform", verb="copy", reason="第十条")
    client = browse("rep")
    base = f"/documents/{documents['fileform'].pk}"
    assert client.get(base + "/file").status_code == 403
    assert client.get(base + "/versions/1").status_code == 403


def test_what_is_no_number_of_ours_is_not_there(browse: Browse) -> None:
    for path in ("", "/file", "/versions/1", "/picture", "/remove", "/replace", "/restore"):
        for number in (0, HUGE, 2**63 - 1, 2**63):
            for method in ("get", "post"):
                status = getattr(browse("gm"), method)(f"/documents/{number}{path}").status_code
                assert status in (404, 405), (method, path, number)
    for kind in ("customer", "duty", "activity", "fileform", "contactform", "incident", "document", "staff"):
        for number in (0, HUGE, 2**63):
            assert browse("gm").get(f"/documents/on/{kind}/{number}").status_code == 404


def test_somebody_elses_version_is_not_read_through_ones_own_document(
    everywhere: tuple[Customer, dict[str, Document]], attached: Attached, customer_of: Any, browse: Browse
) -> None:
    theirs = attached("stranger", "customer", customer_of("stranger").pk, content=b"theirs")
    mine = attached("rep", "customer", customer_of("rep").pk, content=b"mine")
    client = browse("rep")
    for number in (theirs.pk, DocumentVersion.objects.get(document=theirs).pk, 2, 0):
        answer = client.get(f"/documents/{mine.pk}/versions/{number}")
        assert answer.status_code == 404
    assert client.get(f"/documents/{theirs.pk}/versions/1").status_code == 404
