"""`Idempotency-Key`: a command may be sent again when its answer got lost, and has one effect."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from guanxi.base.audit.models import Entry
from guanxi.core.activities.models import Activity
from guanxi.core.customers.models import Customer

from .conftest import Program

pytestmark = pytest.mark.req("INS-05")
NEW = {"name": "崔强", "phone": "13800000001"}
REPLAYED = "Idempotency-Replayed"


@pytest.mark.django_db
def test_the_same_key_and_body_give_the_first_answer_again(call):
    program = call("rep")
    first = program.post("/customers", NEW, Idempotency_Key="k1")
    again = program.post("/customers", NEW, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (REPLAYED in first, again[REPLAYED]) == (False, "true")
    assert Customer.objects.count() == Entry.objects.filter(name="customers:customer:created").count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused(call):
    program = call("rep")
    program.post("/customers", NEW, Idempotency_Key="k1")
    answer = program.post("/customers", NEW | {"name": "吴静"}, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "operation_key_reused")
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_at_another_address_is_refused(call, customer_of):
    one, other = customer_of("rep"), customer_of("rep", name="吴静")
    program = call("rep")
    body = {"kind": "call", "note": "问候了近况，聊了天气"}
    assert program.post(f"/customers/{one.pk}/activities", body, Idempotency_Key="k1").status_code == 201
    assert program.post(f"/customers/{other.pk}/activities", body, Idempotency_Key="k1").status_code == 409
    assert Activity.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_command_may_be_corrected_under_its_key(call):
    program = call("rep")
    assert program.post("/customers", NEW | {"phone": "12"}, Idempotency_Key="k1").status_code == 422
    assert program.post("/customers", NEW, Idempotency_Key="k1").status_code == 201


@pytest.mark.django_db
def test_keys_belong_to_their_person(call):
    assert call("rep").post("/customers", NEW, Idempotency_Key="k1").status_code == 201
    answer = call("colleague").post("/customers", NEW | {"name": "吴静"}, Idempotency_Key="k1")
    assert (answer.status_code, REPLAYED in answer) == (201, False)


@pytest.mark.django_db
def test_an_answer_without_content_is_repeated_too(call, customer_of):
    customer = customer_of("rep")
    program = call("manager")
    for replayed in (False, True):
        answer = program.delete(f"/customers/{customer.pk}", Idempotency_Key="k1")
        assert (answer.status_code, answer.content, REPLAYED in answer) == (204, b"", replayed)


@pytest.mark.django_db
def test_a_key_is_not_of_any_length(call):
    answer = call("rep").post("/customers", NEW, Idempotency_Key="k" * 256)
    assert answer.status_code == 422
    assert not Customer.objects.exists()


@pytest.mark.usefixtures("company")
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_have_one_effect(token_of, django_db_blocker):
    token = token_of("rep")
    answers: list[tuple[int, bool]] = []

    def send() -> None:
        with django_db_blocker.unblock():
            answer = Program(token).post("/customers", NEW, Idempotency_Key="k1")
            answers.append((answer.status_code, REPLAYED in answer))
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [(201, False)] + [(201, True)] * 7
    assert Customer.objects.count() == 1
