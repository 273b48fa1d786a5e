"""Nobody is contacted for promotion without consent that lives: to this purpose, this channel, this wording."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils.html import escape

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.customers.models import Customer
from guanxi.core.privacy.actions.consent import Said, add_wording, give_consent, withdraw_consent
from guanxi.core.privacy.models import Channel, Consent, ConsentPurpose, Wording
from guanxi.core.privacy.queries import may_contact, standings
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
CustomerOf = Callable[..., Customer]
ActorOf = Callable[[str], Actor]
ATTEMPTS = 10_000


def asked(customer: Customer, channel: str = "sms") -> bool:
    return customer.pk in may_contact([customer.pk], "promotion", channel)


@pytest.mark.req("SEC-01")
def test_consent_is_given_with_wording_time_and_channel_and_withdrawn_as_easily(
    customer_of: CustomerOf, actor: ActorOf
) -> None:
    customer = customer_of("rep")
    assert not asked(customer), "silence is no consent"
    row = give_consent(customer.pk, Said("promotion", "sms", "signed", "柜 3 夹 12"), actor=actor("rep"))
    assert (row.wording.number, row.channel, row.source, row.staff_id) == (1, "sms", "signed", actor("rep").staff_id)
    assert row.at == clock.now()
    assert asked(customer)
    assert not asked(customer, "phone"), "another channel was not agreed to"
    withdraw_consent(customer.pk, Said("promotion", "sms"), actor=actor("rep"))
    assert not asked(customer)
    assert Consent.objects.filter(customer=customer).count() == 2, "what was said before stays told"


@pytest.mark.req("SEC-01")
def test_withdrawing_all_channels_reaches_each_at_once(customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep")
    for channel in ("sms", "phone"):
        give_consent(customer.pk, Said("promotion", channel), actor=actor("rep"))
    began = time.monotonic()
    withdraw_consent(customer.pk, Said("promotion", "any"), actor=actor("rep"))
    assert not any(asked(customer, channel) for channel in Channel.values)
    assert time.monotonic() - began < 5, "sixty seconds are the limit"


@pytest.mark.req("SEC-01")
def test_the_card_says_what_counts_now(customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep")

    def counting() -> dict[str, bool]:
        return {one.row.channel: one.counts for one in standings(customer.pk)}

    give_consent(customer.pk, Said("promotion", "phone"), actor=actor("rep"))
    withdraw_consent(customer.pk, Said("promotion", "any"), actor=actor("rep"))
    assert counting() == {"any": False}, "the telephone with all others"
    give_consent(customer.pk, Said("promotion", "sms"), actor=actor("rep"))
    assert counting() == {"any": False, "sms": True}
    assert {c for c in Channel.values if asked(customer, c)} == {"sms"}


@pytest.mark.req("SEC-01")
def test_a_new_wording_makes_older_consents_insufficient_where_the_purpose_says_so(
    customer_of: CustomerOf, actor: ActorOf
) -> None:
    customer, purpose = customer_of("rep"), ConsentPurpose.objects.get(key="promotion")
    give_consent(customer.pk, Said("promotion"), actor=actor("rep"))
    add_wording(purpose.pk, text="新的说明", actor=actor("gm"))
    assert not asked(customer)
    assert [s.is_outdated for s in standings(customer.pk)] == [True]
    ConsentPurpose.objects.filter(pk=purpose.pk).update(renews=False)
    assert asked(customer), "the company decided that this purpose does not ask anew"
    ConsentPurpose.objects.filter(pk=purpose.pk).update(renews=True)
    give_consent(customer.pk, Said("promotion"), actor=actor("rep"))
    assert asked(customer)


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize("field", ["is_do_not_disturb", "deceased_on", "removed_at"])
def test_consent_does_not_outweigh_the_wish_for_quiet(field: str, customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep")
    give_consent(customer.pk, Said("promotion"), actor=actor("rep"))
    value = {"is_do_not_disturb": True, "deceased_on": clock.today(), "removed_at": clock.now()}[field]
    Customer.objects.filter(pk=customer.pk).update(**{field: value})
    assert not asked(customer)


@pytest.mark.req("SEC-01")
def test_of_ten_thousand_attempts_none_passes_without_live_consent(customer_of: CustomerOf, actor: ActorOf) -> None:
    """Random histories of one hundred people, against the plain reading of them."""
    chance, expected = Random(5), {}
    people = [customer_of("rep", name=f"客户{n}") for n in range(100)]
    purpose = ConsentPurpose.objects.get(key="promotion")
    wording = Wording.objects.get(purpose=purpose)
    rows = []
    for person in people:
        told: list[tuple[str, bool]] = [
            (chance.choice(Channel.values), chance.random() < 0.5) for _n in range(chance.randrange(6))
        ]
        for channel, is_given in told:
            rows.append(_row(person, purpose, wording, channel, is_given))
        for channel in Channel.values:
            heard = [given for one, given in told if one in (channel, "any")]
            expected[person.pk, channel] = bool(heard) and heard[-1]
    Consent.objects.bulk_create(rows)
    ids = [person.pk for person in people]
    tries, wrong = 0, []
    while tries < ATTEMPTS:
        channel = chance.choice(Channel.values)
        passed = may_contact(ids, "promotion", channel)
        wrong += [one for one in ids if (one in passed) != expected[one, channel]]
        tries += len(ids)
    assert wrong == []
    assert 0 < sum(expected.values()) < len(expected)


def _row(person: Customer, purpose: ConsentPurpose, wording: Wording, channel: str, is_given: bool) -> Consent:
    return Consent(
        customer=person,
        purpose=purpose,
        wording=wording,
        channel=channel,
        is_given=is_given,
        source="spoken",
        at=clock.now(),
    )


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_consent SET is_given = NOT is_given",
        "UPDATE privacy_consent SET evidence = 'x'",
        "UPDATE privacy_consent SET evidence = '', channel = 'any'",
        "DELETE FROM privacy_consent",
        "UPDATE privacy_wording SET text = 'x'",
        "DELETE FROM privacy_wording",
    ],
)
def test_the_database_lets_nothing_of_it_change(statement: str, customer_of: CustomerOf, actor: ActorOf) -> None:
    give_consent(customer_of("rep").pk, Said("promotion", "sms"), actor=actor("rep"))
    with pytest.raises(ProgrammingError, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_only_who_may_change_the_customer_records_consent(customer_of: CustomerOf, actor: ActorOf) -> None:
    customer = customer_of("rep")
    for login in ("stranger", "admin"):
        with pytest.raises(Exception, match=r"not_allowed|missing|Missing|found") as refused:
            give_consent(customer.pk, Said("promotion"), actor=actor(login))
        assert not isinstance(refused.value, AssertionError)
    with pytest.raises(NotAllowed):
        add_wording(ConsentPurpose.objects.get(key="promotion").pk, text="x", actor=actor("rep"))


def test_what_cannot_be_read_is_said_by_field(customer_of: CustomerOf, actor: ActorOf) -> None:
    with pytest.raises(Invalid) as refused:
        give_consent(customer_of("rep").pk, Said("dance", "smoke", "rumour", "x" * 301), actor=actor("rep"))
    assert set(refused.value.errors) == {"purpose", "channel", "source", "evidence"}


@pytest.mark.req("SEC-01")
def test_a_promotional_call_without_consent_is_refused_or_spoken_of(
    customer_of: CustomerOf, actor: ActorOf, client: Client, settings: object
) -> None:
    customer, call = customer_of("rep"), NewActivity("call", result="reached", note="介绍新品", intent="promotion")
    settings.PROMOTION_NEEDS_CONSENT = "refuse"  # type: ignore[attr-defined]  # pytest-django's
    with pytest.raises(Invalid):
        log_activity(customer.pk, call, actor=actor("rep"))
    give_consent(customer.pk, Said("promotion", "phone"), actor=actor("rep"))
    assert log_activity(customer.pk, call, actor=actor("rep")).pk
    log_activity(customer.pk, NewActivity("call", note="提醒复查的时间", intent="care"), actor=actor("rep"))


def test_a_form_that_comes_back_with_mistakes_warns_of_no_promotion(client: Client, customer_of: CustomerOf) -> None:
    path = f"/customers/{customer_of('rep').pk}/log"
    client.login(username="rep", password=PASSWORD)
    typed = {"kind": "call", "intent": "promotion", "note": "介绍新品", "result": "nonsense"}
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert "consents/record" not in refused.content.decode()
    assert client.post(path, typed | {"result": "reached"}).status_code == 302
    assert "同意" in str(client.session["toasts"])


@pytest.mark.req("SEC-01")
def test_one_press_records_and_one_press_withdraws(client: Client, customer_of: CustomerOf) -> None:
    customer = customer_of("rep")
    client.login(username="rep", password=PASSWORD)
    card = f"/customers/{customer.pk}"
    answer = client.post(f"{card}/consents/record", {"purpose": "promotion", "channel": "any", "source": "called"})
    assert answer.status_code == 302
    assert asked(customer)
    page = client.get(card).content.decode()
    assert f'action="{card}/consents/withdraw"' in page
    client.post(f"{card}/consents/withdraw", {"purpose": "promotion", "channel": "any"})
    assert not asked(customer)
    assert client.get(f"{card}/consents").content.decode().count("<li>") >= 2
    wrong = client.post(f"{card}/consents/record", {"purpose": "", "evidence": "<b>夹</b>"})
    assert wrong.status_code == 422
    assert escape("<b>夹</b>") in wrong.content.decode()
