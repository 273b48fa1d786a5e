"""Files on contacts, duties and file forms: through the record they lie on, and as evidence of duties."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer
from guanxi.core.documents.models import Document
from guanxi.core.rulebooks.actions import create_task
from guanxi.domain.archive.actions import complete_file_form

from .conftest import Attached, picture

pytestmark = [pytest.mark.django_db, pytest.mark.req("DOC-09")]
Customers = Callable[..., Customer]
Browse = Callable[[str], Client]


@pytest.mark.req("ACT-03")
def test_a_contact_is_recorded_with_its_photo_in_one_press(browse: Browse, customer_of: Customers) -> None:
    customer = customer_of("rep")
    client = browse("rep")

    def press() -> int:
        files = [SimpleUploadedFile("门店.png", picture()), SimpleUploadedFile("记录.txt", b"notes")]
        entries = {"kind": "visit", "result": "reached", "note": "上门看望，送了新春礼品", "file": files, "op_key": "k"}
        return client.post(f"/customers/{customer.pk}/log", entries).status_code

    assert (press(), press()) == (302, 302)
    activity = Activity.objects.get(customer=customer)
    found = Document.objects.on("activity", activity.pk).order_by("id")
    assert [(document.title, document.label) for document in found] == [("门店.png", "photo"), ("记录.txt", "other")]
    card = client.get(f"/customers/{customer.pk}").content.decode()
    assert "门店.png" in card
    assert "门店.png" in browse("supervisor").get(f"/customers/{customer.pk}").content.decode()
    assert browse("stranger").get(f"/documents/{found[0].pk}").status_code == 404


def test_an_empty_photo_keeps_the_contact_from_being_half_recorded(browse: Browse, customer_of: Customers) -> None:
    customer = customer_of("rep")
    entries = {"kind": "visit", "result": "reached", "note": "上门看望", "file": SimpleUploadedFile("空.png", b"")}
    answer = browse("rep").post(f"/customers/{customer.pk}/log", entries)
    assert answer.status_code == 422
    assert "空.png" in answer.content.decode()
    assert "上门看望" in answer.content.decode(), "what was typed is kept"
    assert not Activity.objects.exists()


def test_a_file_on_a_duty_is_for_the_people_of_the_duty(
    browse: Browse, customer_of: Customers, attached: Attached, actor: Callable[[str], Actor]
) -> None:
    customer = customer_of("rep")
    duty = create_task(customer.pk, purpose="送礼", due_on=clock.today(), actor=actor("rep"))
    document = attached("rep", "duty", duty.pk, name="收据.txt", label="receipt")
    assert "收据.txt" in browse("rep").get(f"/duties/{duty.pk}").content.decode()
    assert browse("supervisor").get(f"/documents/{document.pk}/file").status_code == 200
    for login in ("doctor", "stranger"):
        assert browse(login).get(f"/documents/{document.pk}").status_code == 404


def test_a_scan_on_a_file_form_shows_on_its_card(
    browse: Browse, customer_of: Customers, attached: Attached, actor: Callable[[str], Actor]
) -> None:
    customer = customer_of("rep")
    form = complete_file_form(
        customer.pk, {"event_name": "讲座", "completed_on": clock.today(), "purchased": False}, actor=actor("rep")
    )
    document = attached("rep", "fileform", form.pk, name="档案扫描.pdf", label="scan")
    assert "档案扫描.pdf" in browse("rep").get(f"/file-forms/{form.pk}").content.decode()
    assert browse("stranger").get(f"/documents/{document.pk}").status_code == 404
