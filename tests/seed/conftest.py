"""The demo company, built once in a transaction that is rolled back: the cast of the other tests steps aside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account
from guanxi.edge.ops import seed
from tests.conftest import MONDAY


@dataclass(frozen=True)
class Demo:
    """What building it cost; the seconds are those of this process, so that a busy machine fails nothing."""

    seconds: float
    statements: int


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Demo]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.standing_at(MONDAY):
        empty_all_tables()
        counter, started = Counter(), time.process_time()
        with connection.execute_wrapper(counter):
            seed.load()
        yield Demo(time.process_time() - started, counter.count)
        transaction.set_rollback(True)


def empty_all_tables() -> None:
    tables = [m._meta.db_table for m in apps.get_models() if m.__module__.startswith("guanxi.")]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")


@pytest.fixture
def as_actor(demo: Demo) -> Callable[[str], Actor]:
    def make(login: str) -> Actor:
        account = Account.objects.select_related("staff").get(login=login)
        return Actor(account.staff.name, "web", account_id=account.pk, staff_id=account.staff.pk)

    return make


@pytest.fixture
def open_page(demo: Demo) -> Callable[..., Any]:
    """`open_page("qiuyuan", "/customers")`: what this person is answered there."""

    def get(login: str, path: str) -> Any:
        client = Client()
        client.force_login(Account.objects.get(login=login), backend="guanxi.base.org.signin.Backend")
        return client.get(path)

    return get
