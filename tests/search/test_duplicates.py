"""Who asks whether somebody is known already learns owner and unit, and nothing else; and not too often."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry, Item
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.core.customers.duplicates import MOST_AN_HOUR, look_up
from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db
Act = Callable[[str], Actor]
Has = Callable[..., Customer]
PHONE = "13894824417"
CASES = [("曾建国", "4417", 1), ("曾建", "4417", 0), ("曾建国", "4418", 0)]


def test_the_whole_number_tells_owner_and_unit_beyond_the_scope(
    browse: Callable[[str], Client], customer_of: Has
) -> None:
    customer = customer_of("stranger", name="曾建国", phone=PHONE)
    answer = browse("rep").post("/search/duplicates", {"phone": "138-9482-4417"}).content.decode()
    assert "彭海" in answer
    assert "杭州销售部" in answer
    for secret in ("曾建国", f"/customers/{customer.pk}", "K0"):
        assert secret not in answer


@pytest.mark.parametrize("phone", ["4417", "824417", "", "1389482441"])
def test_part_of_a_number_asks_nothing(actor: Act, customer_of: Has, phone: str) -> None:
    customer_of("stranger", name="曾建国", phone=PHONE)
    with pytest.raises(Invalid):
        look_up(phone=phone, actor=actor("rep"))


@pytest.mark.parametrize(("name", "digits", "count"), CASES)
def test_the_exact_name_with_the_last_four_digits_asks_too(
    actor: Act, customer_of: Has, name: str, digits: str, count: int
) -> None:
    customer_of("stranger", name="曾建国", phone=PHONE)
    assert len(look_up(phone=digits, name=name, actor=actor("rep"))) == count


def test_each_look_up_is_recorded_without_what_was_asked(actor: Act, customer_of: Has) -> None:
    customer = customer_of("stranger", name="曾建国", phone=PHONE)
    look_up(phone=PHONE, actor=actor("rep"))
    entry = Entry.objects.get(name="customers:customer:looked_up")
    assert (entry.changes, entry.personal) == ({"by": "phone", "found": 1}, {})
    assert list(Item.objects.filter(entry=entry).values_list("subject_id", flat=True)) == [customer.pk]


def test_the_thirty_first_within_an_hour_waits_for_the_next(actor: Act) -> None:
    for _time in range(MOST_AN_HOUR):
        look_up(phone=PHONE, actor=actor("rep"))
    with pytest.raises(Refused) as refused:
        look_up(phone=PHONE, actor=actor("rep"))
    assert refused.value.code == "too_many_look_ups"
    look_up(phone=PHONE, actor=actor("colleague"))
    clock.advance(hours=1)
    look_up(phone=PHONE, actor=actor("rep"))


def test_who_creates_no_customers_asks_nothing(actor: Act) -> None:
    with pytest.raises(NotAllowed):
        look_up(phone=PHONE, actor=actor("admin"))


def test_a_refused_new_customer_leads_there(browse: Callable[[str], Client], customer_of: Has) -> None:
    customer_of("stranger", name="曾建国", phone=PHONE)
    sent = {"kind": "person", "name": "曾建国", "phone": PHONE, "status": "potential"}
    answer = browse("rep").post("/customers/new", sent)
    assert answer.status_code == 422
    assert 'href="/search/duplicates"' in answer.content.decode()
