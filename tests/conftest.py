"""The cast, the clock and the client helpers. The same people appear in every test.

Two branches. Chengdu: manager 林岚 (sales), supervisor 方磊 under her, representatives 邱远 and 黄娜 under him, doctor
沈洁. Hangzhou: sales manager 邵平 with representative 彭海. Over all: general manager 何远山. 管理员 administers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation

from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.calendar import fill_calendar
from guanxi.base.org.models import Account, Post, Role, Staff, Unit
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.controlled import load_templates
from guanxi.edge.ops import postgres
from guanxi.edge.ops.roles import load_roles

pytest_plugins = ["tests.coverage_plugin", "tests.side_by_side"]
PASSWORD = "correct horse battery"
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=clock.ZONE)
# name: (login, staff name, unit, role, superior's login)
CAST = {
    "gm": ("何远山", "company", "general-manager", None),
    "manager": ("林岚", "chengdu-sales", "sales-manager", "gm"),
    "supervisor": ("方磊", "chengdu-sales", "sales-supervisor", "manager"),
    "rep": ("邱远", "chengdu-sales", "satisfaction-representative", "supervisor"),
    "colleague": ("黄娜", "chengdu-sales", "satisfaction-representative", "supervisor"),
    "doctor": ("沈洁", "chengdu", "service-doctor", "gm"),
    "service": ("唐宁", "chengdu", "service-manager", "gm"),
    "stranger": ("彭海", "hangzhou-sales", "satisfaction-representative", "hangzhou"),
    "hangzhou": ("邵平", "hangzhou-sales", "sales-manager", "gm"),
    "admin": ("管理员", "company", "administrator", None),
}
UNITS = [
    ("company", "康和健康", "company", None),
    ("chengdu", "成都分公司", "branch", "company"),
    ("chengdu-sales", "成都销售部", "department", "chengdu"),
    ("hangzhou", "杭州分公司", "branch", "company"),
    ("hangzhou-sales", "杭州销售部", "department", "hangzhou"),
]


def pytest_unconfigure(config: pytest.Config) -> None:
    """`make test` leaves nothing running; a bare `pytest` keeps the server warm for the next run."""
    if os.environ.get("STOP_TEST_SERVER") and not hasattr(config, "workerinput"):
        postgres.Server(Path(__file__).parents[1] / ".cache" / "test-pg").stop()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        let_tests_empty_the_trail()
        if not Staff.objects.exists():
            with clock.standing_at(MONDAY):
                build_company()


def let_tests_empty_the_trail() -> None:
    """Tests that commit are tidied up by emptying every table; tests/audit puts these guards back for itself."""
    with connection.cursor() as cursor:
        for name in ("entry", "item", "seal"):
            cursor.execute(f"ALTER TABLE audit_{name} DISABLE TRIGGER audit_{name}_truncate")


def build_company() -> None:
    load_roles()
    load_templates()
    fill_calendar(2025, 2027)
    units: dict[str, Unit] = {}
    for code, name, kind, parent in UNITS:
        units[code] = Unit.objects.create(code=code, name=name, kind=kind, parent=units.get(parent or ""))
    posts: dict[str, Post] = {}
    for number, (login, (name, unit, role, superior)) in enumerate(sorted(CAST.items(), key=_chiefs_first), 1):
        account = Account.objects.create_user(login, PASSWORD, must_change_password=False, created_at=clock.now())
        staff = Staff.objects.create(
            account=account, name=name, pinyin=pinyin.sort_key(name), number=f"{number:04}", joined_on=date(2025, 1, 1)
        )
        posts[login] = Post.objects.create(
            staff=staff,
            unit=units[unit],
            role=Role.objects.get(key=role),
            superior=posts.get(superior or ""),
            starts_on=date(2025, 1, 1),
        )


@pytest.fixture(scope="session", autouse=True)
def place_for_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the product keeps beside the database stays out of the working tree."""
    with override_settings(DATA_DIR=tmp_path_factory.mktemp("data")):
        yield


@pytest.fixture
def company(transactional_db: None) -> None:
    """For tests that commit: what they leave behind is emptied, the cast with it, and the next one builds it anew."""
    if not Staff.objects.exists():
        build_company()


def _chiefs_first(entry: tuple[str, tuple[str, str, str, str | None]]) -> int:
    """Superiors before their people."""
    depth, superior = 0, entry[1][3]
    while superior:
        depth, superior = depth + 1, CAST[superior][3]
    return depth


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Every test starts on Monday, 16 November 2026, 09:00 in Shanghai; `clock.advance(days=3)` moves on."""
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def language_of_the_house() -> None:
    """Not that of the last request of the test before."""
    translation.deactivate()


@pytest.fixture
def staff(db: None) -> Callable[[str], Staff]:
    return lambda login: Staff.objects.get(account__login=login)


@pytest.fixture
def actor(db: None) -> Callable[[str], Actor]:
    """`actor("rep")`: a fresh actor, as at the start of a request."""

    def make(login: str) -> Actor:
        account = Account.objects.select_related("staff").get(login=login)
        return Actor(account.staff.name, "web", account_id=account.pk, staff_id=account.staff.pk)

    return make


@pytest.fixture
def customer_of(actor: Callable[[str], Actor]) -> Callable[..., Customer]:
    """`customer_of("rep", name="崔强")`: a customer that this person owns."""
    count = iter(range(10_000))

    def make(login: str, name: str = "崔强", **values: Any) -> Customer:
        fields = {"kind": "person", "name": name, "phone": f"1380000{next(count):04}"} | values
        return create_customer(fields, actor=actor(login))

    return make


@pytest.fixture
def browse(db: None) -> Callable[[str], Client]:
    """`browse("rep")`: a signed-in client."""

    def make(login: str) -> Client:
        client = Client()
        client.force_login(Account.objects.get(login=login), backend="guanxi.base.org.signin.Backend")
        return client

    return make
