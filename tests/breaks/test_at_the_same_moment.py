"""Two at the same moment: files asked for count together, and a step for many overwrites nobody who was quicker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NeedsPermit
from guanxi.base.records.asked import Asked
from guanxi.base.records.bulk.actions import choose_records, confirm, look_at
from guanxi.base.records.bulk.steps import BULK
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.core.customers.actions import change_customer
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from tests.conftest import MONDAY

pytestmark = [pytest.mark.usefixtures("company"), pytest.mark.django_db(transaction=True)]
WANTED = Wanted(format="csv", purpose="年度盘点")


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[tuple[threading.Thread, list[Any]]]:
    """Runs `work` on a connection of its own, as another process would."""
    said: list[Any] = []

    def run() -> None:
        try:
            with clock.standing_at(MONDAY):
                said.append(work())
        except Exception as refused:
            said.append(refused)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread, said


@pytest.mark.req("SHR-06")
def test_two_files_asked_for_at_once_are_counted_together(
    settings: Any, actor: Callable[[str], Actor], customer_of: Callable[..., Customer]
) -> None:
    settings.EXPORT_WITHOUT_PERMIT = settings.EXPORT_WITHOUT_PERMIT_A_DAY = 2
    for _number in range(2):
        customer_of("rep")
    first, second = actor("manager"), actor("manager")
    with transaction.atomic():
        ask_export(CUSTOMERS, Asked(), WANTED, actor=first)
        with beside(lambda: ask_export(CUSTOMERS, Asked(), WANTED, actor=second)) as (thread, said):
            thread.join(timeout=1)
            assert thread.is_alive()
    thread.join(timeout=20)
    assert isinstance(said[0], NeedsPermit)
    assert ExportRun.objects.count() == 1


@pytest.mark.req("SHR-05")
def test_a_step_for_many_leaves_what_changes_while_it_waits(
    actor: Callable[[str], Actor], customer_of: Callable[..., Customer]
) -> None:
    customer = customer_of("rep")
    who, other = actor("manager"), actor("rep")
    run = choose_records(BULK.get("customer-status"), CUSTOMERS, [customer.pk], actor=who)
    look_at(run.pk, {"value": "lost"}, actor=who)
    with transaction.atomic():
        change_customer(customer.pk, {"status": "active"}, version=customer.version, actor=other)
        with beside(lambda: confirm(run.pk, actor=who)) as (thread, said):
            thread.join(timeout=1)
            assert thread.is_alive()
    thread.join(timeout=20)
    assert said[0].state == "done"
    assert run.items.get().outcome == "refused"
    customer.refresh_from_db()
    assert customer.status == "active"
