"""Who asks for several files at the same moment gets no more rows without permission than one after the other."""

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
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from tests.conftest import MONDAY

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
@pytest.mark.django_db(transaction=True)
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
