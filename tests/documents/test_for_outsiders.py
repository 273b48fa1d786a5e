"""A file of a customer goes to a third party only with that customer's consent; to whom is in the trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.core.customers.models import Customer
from guanxi.core.documents.screens import outside
from guanxi.core.privacy.actions.consent import Said, give_consent, withdraw_consent
from guanxi.core.privacy.models import Processor

from .conftest import Attached

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-02"), pytest.mark.usefixtures("as_they_are")]
ActorOf = Callable[[str], Actor]
Browse = Callable[[str], Client]
THIRD = {"recipient": "third", "recipient_name": "安康体检中心"}
READ = "documents:document:read"


@pytest.fixture
def customer(customer_of: Callable[..., Customer]) -> Customer:
    return customer_of("rep")


@pytest.fixture
def address(customer: Customer, attached: Attached) -> str:
    return f"/documents/{attached('rep', 'customer', customer.pk, content=b'report').pk}"


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_without_consent_it_does_not_go(address: str, browse: Browse) -> None:
    answer = browse("rep").post(f"{address}/outside", THIRD)
    assert answer.status_code == 422
    assert "安康体检中心" in answer.content.decode(), "what was typed is kept"
    assert not Entry.objects.filter(name=READ).exists()


def test_with_consent_it_goes_until_it_is_taken_back(
    address: str, customer: Customer, browse: Browse, actor: ActorOf
) -> None:
    client = browse("rep")
    assert "该客户未同意" in client.get(f"{address}/outside").content.decode()
    give_consent(customer.pk, Said("third-party"), actor=actor("rep"))
    assert "该客户已同意" in client.get(f"{address}/outside").content.decode()
    assert body(client.post(f"{address}/outside", THIRD)) == b"report"
    assert Entry.objects.get(name=READ).changes["given_to"] == [None, "安康体检中心"]
    withdraw_consent(customer.pk, Said("third-party"), actor=actor("rep"))
    assert client.post(f"{address}/outside", THIRD).status_code == 422


def test_a_question_that_is_not_asked_is_found(address: str, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted hole."""
    monkeypatch.setattr(outside, "may_go", lambda model, record_id, recipient: True)
    assert body(browse("rep").post(f"{address}/outside", THIRD)) == b"report"


def test_who_works_for_us_gets_it(address: str, browse: Browse) -> None:
    moment = clock.now()
    lab = Processor.objects.create(
        name="正衡检验", sent="报告", purpose="检验", agreed_on=clock.today(), created_at=moment, updated_at=moment
    )
    sent = browse("rep").post(f"{address}/outside", {"recipient": "processor", "processor": lab.pk})
    assert body(sent) == b"report"
    assert Entry.objects.get(name=READ).changes["given_to"] == [None, "正衡检验"]


def test_for_whom_has_to_be_said_and_nobody_else_gets_there(address: str, browse: Browse) -> None:
    assert browse("rep").post(f"{address}/outside", {"recipient": "inside"}).status_code == 422
    assert browse("stranger").post(f"{address}/outside", THIRD).status_code == 404
    assert f'href="{address}/outside"' in browse("rep").get(address).content.decode()
