"""What is lent for work ends with the work, and nobody lends to themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Account, Grant, Role, Staff
from guanxi.base.org.tokens import give_token
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.actions import add_team_member
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import complete_task, create_task, hand_over_duty, withdraw_duty
from guanxi.core.rulebooks.models import Duty

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01", "SHR-04")]
People = Callable[[str], Actor]
FRIDAY = date(2026, 11, 20)
PHONE = "13912345678"
MASKED = "139****5678"


@pytest.fixture
def customer(customer_of: Callable[..., Customer]) -> Customer:
    return customer_of("rep", phone=PHONE)


@pytest.fixture
def masked_service() -> None:
    """The service manager reads and changes all customers of the branch, and reveals none."""
    Grant.objects.filter(role=Role.objects.get(key="service-manager"), verb="reveal").delete()


def staff(login: str) -> Staff:
    return Staff.objects.get(account__login=login)


def test_who_gave_a_duty_on_no_longer_reaches_the_customer(actor: People, customer: Customer) -> None:
    duty = create_task(customer.pk, purpose="回访", due_on=FRIDAY, actor=actor("rep"), to=staff("colleague"))
    assert access_customer(actor("colleague"), customer.pk)
    hand_over_duty(duty.pk, to=staff("stranger"), why="出差", actor=actor("colleague"))
    assert access_customer(actor("stranger"), customer.pk)
    with pytest.raises(Missing):
        access_customer(actor("colleague"), customer.pk)


@pytest.mark.parametrize("end", ["done", "withdrawn"])
def test_a_duty_that_is_over_opens_the_customer_no_longer(actor: People, customer: Customer, end: str) -> None:
    duty = create_task(customer.pk, purpose="回访", due_on=FRIDAY, actor=actor("rep"), to=staff("colleague"))
    if end == "done":
        complete_task(duty.pk, note="", actor=actor("colleague"))
    else:
        withdraw_duty(duty.pk, why="不用了", actor=actor("supervisor"))
    with pytest.raises(Missing):
        access_customer(actor("colleague"), customer.pk)


@pytest.mark.usefixtures("masked_service")
def test_a_task_for_oneself_shows_no_hidden_number(
    actor: People, browse: Callable[[str], Client], customer: Customer
) -> None:
    duty = create_task(customer.pk, purpose="看看号码", due_on=FRIDAY, actor=actor("service"))
    token = give_token(Account.objects.get(login="service"), name="t", actor=actor("service"))
    shown = Client().get(f"/api/v1/duties/{duty.pk}", headers={"authorization": f"Bearer {token}"}).json()
    assert shown["phone"] == MASKED
    for address in ("/", f"/duties/{duty.pk}", f"/duties/{duty.pk}/log", f"/customers/{customer.pk}", "/duties"):
        page = browse("service").get(address)
        assert page.status_code == 200
        assert PHONE not in page.content.decode().replace(" ", "")


@pytest.mark.usefixtures("masked_service")
def test_a_task_from_a_colleague_shows_the_number(actor: People, customer: Customer) -> None:
    create_task(customer.pk, purpose="回访", due_on=FRIDAY, actor=actor("rep"), to=staff("service"))
    token = give_token(Account.objects.get(login="service"), name="t", actor=actor("service"))
    read = {"authorization": f"Bearer {token}"}
    assert Client().get(f"/api/v1/customers/{customer.pk}", headers=read).json()["phone"] == PHONE


@pytest.mark.usefixtures("masked_service")
def test_nobody_reveals_a_number_by_joining_the_team_themselves(
    actor: People, browse: Callable[[str], Client], customer: Customer
) -> None:
    add_team_member(customer.pk, staff=staff("service"), role="service-manager", actor=actor("service"))
    card = browse("service").get(f"/customers/{customer.pk}").content.decode()
    assert PHONE not in card.replace(" ", "")
    add_team_member(customer.pk, staff=staff("colleague"), role="service-doctor", actor=actor("rep"))
    assert PHONE in browse("colleague").get(f"/customers/{customer.pk}").content.decode().replace(" ", "")


@pytest.mark.usefixtures("masked_service")
def test_nobody_reveals_a_number_by_giving_a_duty_to_themselves(actor: People, customer: Customer) -> None:
    Grant.objects.filter(role__key="service-manager", kind="duty").update(scope="branch")
    duty = create_task(customer.pk, purpose="回访", due_on=FRIDAY, actor=actor("rep"))
    assert Duty.objects.visible_to(actor("service"), "update").filter(pk=duty.pk).exists()
    hand_over_duty(duty.pk, to=staff("service"), why="我来", actor=actor("service"))
    token = give_token(Account.objects.get(login="service"), name="t", actor=actor("service"))
    read = {"authorization": f"Bearer {token}"}
    assert Client().get(f"/api/v1/customers/{customer.pk}", headers=read).json()["phone"] == MASKED


@pytest.mark.usefixtures("masked_service")
@pytest.mark.parametrize("tail", ["45678", "345678", "12345678", "912345678", "3912345678", "139-1234", "+8612345678"])
def test_a_hidden_number_is_not_found_out_digit_by_digit(
    browse: Callable[[str], Client], customer: Customer, tail: str
) -> None:
    """The mask shows the last four. The whole number finds as ever: whoever types it knows it."""
    for login, address in (("service", "/search"), ("service", "/customers")):
        assert f"/customers/{customer.pk}" not in browse(login).get(address, {"q": tail}).content.decode()
    assert f"/customers/{customer.pk}" in browse("service").get("/customers?q=5678").content.decode()
    assert f"/customers/{customer.pk}" in browse("service").get(f"/customers?q={PHONE}").content.decode()
    assert f"/customers/{customer.pk}" in browse("rep").get("/customers?q=345678").content.decode()
