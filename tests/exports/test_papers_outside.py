"""Paper for a third party holds only who agreed, says for whom it is, and is in the trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.prints import outside, screens
from guanxi.core.customers.models import Customer
from guanxi.core.privacy.actions.consent import Said, give_consent, withdraw_consent
from guanxi.core.privacy.models import Processor

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-02")]
ActorOf = Callable[[str], Actor]
Browse = Callable[[str], Client]
CustomerOf = Callable[..., Customer]
LIST, THIRD = "/papers/customer", {"recipient": "third", "recipient_name": "安康体检中心"}
PRINTED = ("records:print:list_printed", "records:print:card_printed")


@pytest.fixture
def agreed(customer_of: CustomerOf, actor: ActorOf) -> Customer:
    found = customer_of("rep", name="崔强")
    give_consent(found.pk, Said("third-party"), actor=actor("rep"))
    return found


@pytest.fixture
def silent(customer_of: CustomerOf) -> Customer:
    return customer_of("rep", name="何静")


def test_a_list_for_a_third_party_holds_who_agreed(agreed: Customer, silent: Customer, browse: Browse) -> None:
    page = browse("manager").post(LIST, THIRD).content.decode()
    assert "崔强" in page
    assert "何静" not in page
    assert "提供给安康体检中心" in page
    entry = Entry.objects.get(name="records:print:list_printed")
    assert (entry.changes["given_to"], entry.changes["left_out"]) == ([None, "安康体检中心"], 1)


def test_a_filter_that_is_taken_away_is_found(
    agreed: Customer, silent: Customer, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted holes: of the list and of the card."""
    monkeypatch.setattr(screens, "narrowed", lambda selection, recipient: selection)
    assert "何静" in browse("manager").post(LIST, THIRD).content.decode()
    monkeypatch.setattr(outside, "may_go", lambda model, record_id, recipient: True)
    assert browse("manager").post(f"{LIST}/{silent.pk}", THIRD).status_code == 200


def test_a_card_goes_to_a_third_party_with_the_consent_of_its_customer(
    agreed: Customer, silent: Customer, browse: Browse, actor: ActorOf
) -> None:
    client = browse("manager")
    refused = client.post(f"{LIST}/{silent.pk}", THIRD)
    assert refused.status_code == 422
    assert "安康体检中心" in refused.content.decode(), "what was typed is kept"
    assert not Entry.objects.filter(name__in=PRINTED).exists()
    paper = client.post(f"{LIST}/{agreed.pk}", THIRD)
    assert paper.status_code == 200
    assert "提供给安康体检中心" in paper.content.decode()
    assert Entry.objects.get(name="records:print:card_printed").changes["given_to"] == [None, "安康体检中心"]
    withdraw_consent(agreed.pk, Said("third-party"), actor=actor("rep"))
    assert client.post(f"{LIST}/{agreed.pk}", THIRD).status_code == 422


def test_the_page_before_says_how_many_go(agreed: Customer, silent: Customer, browse: Browse) -> None:
    client = browse("manager")
    assert "将提供给第三方 1 行；另有 1 行" in client.get(LIST).content.decode()
    assert "该客户已同意" in client.get(f"{LIST}/{agreed.pk}").content.decode()
    assert "该客户未同意" in client.get(f"{LIST}/{silent.pk}").content.decode()
    assert not Entry.objects.filter(name__in=PRINTED).exists(), "asking prints nothing"


def test_when_nobody_agreed_there_is_no_paper(silent: Customer, browse: Browse) -> None:
    answer = browse("manager").post(LIST, THIRD)
    assert answer.status_code == 422
    assert "没有人同意" in answer.content.decode()


@pytest.mark.parametrize("typed", [{}, {"recipient": "inside"}, {"recipient": "third"}, {"recipient": "processor"}])
def test_for_whom_has_to_be_said(typed: dict[str, str], agreed: Customer, browse: Browse) -> None:
    assert browse("manager").post(LIST, typed).status_code == 422
    assert browse("manager").post(f"{LIST}/{agreed.pk}", typed).status_code == 422
    assert not Entry.objects.filter(name__in=PRINTED).exists()


def test_who_works_for_us_gets_the_whole(agreed: Customer, silent: Customer, browse: Browse) -> None:
    moment = clock.now()
    lab = Processor.objects.create(
        name="正衡检验", sent="姓名", purpose="检验", agreed_on=clock.today(), created_at=moment, updated_at=moment
    )
    page = browse("manager").post(LIST, {"recipient": "processor", "processor": lab.pk}).content.decode()
    assert "何静" in page
    assert "提供给正衡检验" in page


def test_nobody_prints_for_others_what_is_not_theirs(silent: Customer, browse: Browse) -> None:
    assert browse("stranger").post(f"{LIST}/{silent.pk}", THIRD).status_code == 404
    assert browse("admin").get(LIST).status_code == 403
    assert browse("manager").get("/papers/nothing").status_code == 404


def test_the_paper_of_the_house_leads_there(agreed: Customer, browse: Browse) -> None:
    client = browse("manager")
    assert 'href="/papers/customer?' in client.get("/customers/print").content.decode()
    assert f'href="/papers/customer/{agreed.pk}"' in client.get(f"/customers/{agreed.pk}/print").content.decode()
