"""Whatever is asked, by whoever, in any order and from any place: lists show what a plain query would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from django.db.models import F, Q, QuerySet

from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Reach, Staff
from guanxi.base.records import keys
from guanxi.base.records.asked import Asked
from guanxi.base.records.indexing import tokens_vector
from guanxi.base.records.listing import list_page
from guanxi.base.records.selection import Selection
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03", "ORG-02")]
Make = Callable[[str], Actor]
READERS = ["rep", "supervisor", "doctor", "gm", "stranger"]
SORTS: dict[str, list[Any]] = {
    "new": [F("created_at").desc(), F("id").desc()],
    "name": [F("pinyin").asc(), F("id").asc()],
    "contact": [F("last_contact_at").desc(nulls_last=True), F("id").desc()],
}
WEEK_AGO = "now - 7 days"


def asked_and_plain() -> list[tuple[Asked, Q]]:
    """The same question as an address and as a plain condition."""
    week = Q(last_contact_at__lt=clock.now() - timedelta(days=7))
    return [
        (Asked(), Q()),
        (Asked(filters={"status": "lost"}), Q(status="lost")),
        (Asked(filters={"status": "dormant", "grade": "B"}), Q(status="dormant", grade="B")),
        (Asked(where="grade is empty"), Q(grade="")),
        (Asked(where=f"last_contact_at < {WEEK_AGO} and status != lost"), week & ~Q(status="lost")),
        (Asked(where='industry contains "茶"'), Q(industry__contains="茶")),
        (Asked(where='status = active and industry = "茶叶"'), Q(status="active", industry="茶叶")),
        (Asked(where='status = active or industry = "茶叶"'), Q(status="active") | Q(industry="茶叶")),
        (Asked(q="建国"), Q(name__contains="建国")),
        (Asked(q="建国", where='industry = "茶叶"', filters={"grade": "A"}),
         Q(name__contains="建国", industry="茶叶", grade="A")),
    ]  # fmt: skip


@pytest.fixture
def world(staff: Callable[[str], Staff]) -> None:
    random = Random(23)
    owners = [staff(login) for login in ("rep", "colleague", "stranger", "manager")] + [None]
    Customer.objects.bulk_create(_customer(random, number, random.choice(owners)) for number in range(260))
    customers = list(Customer.objects.all())
    for login in READERS:
        _lend(random, customers, staff(login))
    # After the lending: contacts, new names, the bin and back.
    for customer in random.sample(customers, 60):
        changes: list[dict[str, Any]] = [
            {"last_contact_at": clock.now() - timedelta(hours=random.randrange(400))},
            {"last_contact_at": None},
            {"pinyin": random.choice(["a", "zz"])},
            {"status": "lost", "grade": ""},
            {"removed_at": clock.now()},
        ]
        Customer.objects.filter(pk=customer.pk).update(**random.choice(changes))
    Customer.objects.filter(removed_at__isnull=False, id__in=[c.pk for c in customers[::2]]).update(removed_at=None)


def _customer(random: Random, number: int, owner: Staff | None) -> Customer:
    name = random.choice("王李张") + random.choice(["建国", "秀英"])
    return Customer(
        name=name,
        pinyin=random.choice(["cui qiang", "huang na", "xia mei"]),
        phone=f"139{number:08}",
        owner=owner,
        unit=owner.posts.get().unit if owner else None,
        status=random.choice(["potential", "active", "dormant", "lost"]),
        grade=random.choice(["A", "B", "C", ""]),
        industry=random.choice(["茶叶", "茶具", "医药", ""]),
        created_at=clock.now() - timedelta(days=random.randrange(12)),
        updated_at=clock.now(),
        last_contact_at=None if random.random() < 0.35 else clock.now() - timedelta(days=random.randrange(19)),
        search=tokens_vector(pinyin.search_tokens(name, phones=[f"139{number:08}"])),
    )


def _lend(random: Random, customers: list[Customer], to: Staff) -> None:
    """Some twice for two reasons, some no longer."""
    untils = [None, None, clock.today(), clock.today() - timedelta(days=1), clock.today() + timedelta(days=5)]
    Reach.objects.bulk_create(
        Reach(kind="customer", record_id=c.pk, staff=to, why=why, until=random.choice(untils))
        for c in random.sample(customers, 70)
        for why in random.choice([["team:1"], ["duty:2"], ["team:1", "duty:2"]])
    )


def plain(actor: Actor, condition: Q, sort: str) -> QuerySet[Customer]:
    found: QuerySet[Customer] = Customer.objects.kept().visible_to(actor).filter(condition).order_by(*SORTS[sort])
    return found


def pages(asked: Asked, sort: str, actor: Actor, way: str) -> Iterator[list[int]]:
    """By following "older" from the first page, or "newer" from the last."""
    at = ""
    while True:
        question = Asked(q=asked.q, filters=asked.filters, where=asked.where, sort=sort, cursor=at)
        page = list_page(CUSTOMERS, question, actor, size=17)
        yield [row[0] for row in page.rows]
        at = getattr(page, way)
        if not at:
            return


@pytest.fixture(params=["gathered", "along the indexes"])
def way_of_reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few finds are gathered; without this they would be here always."""
    if request.param == "along the indexes":
        monkeypatch.setattr(keys, "FEW", -1)
        monkeypatch.setattr(keys, "FEW_FOUND", -1)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.usefixtures("world", "way_of_reading")
def test_a_list_is_a_plain_query(actor: Make, sort: str) -> None:
    for login, (asked, condition) in product(READERS, asked_and_plain()):
        reader = actor(login)
        wanted = list(plain(reader, condition, sort).values_list("id", flat=True))
        what = f"{login} {sort} {asked}"
        assert [one for page in pages(asked, sort, reader, "older") for one in page] == wanted, what
        assert list_page(CUSTOMERS, asked, reader).count == len(wanted), what
        selection = Selection.of(
            CUSTOMERS, Asked(q=asked.q, filters=asked.filters, where=asked.where, sort=sort), reader
        )
        assert [one for page in selection.pages(size=31) for one in page] == wanted, what


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.usefixtures("world", "way_of_reading")
def test_the_way_back_shows_the_same_pages(actor: Make, sort: str) -> None:
    for login, (asked, _) in product(["supervisor", "gm"], asked_and_plain()[:7]):
        reader = actor(login)
        forward, at = [], ""
        while True:
            question = Asked(q=asked.q, filters=asked.filters, where=asked.where, sort=sort, cursor=at)
            page = list_page(CUSTOMERS, question, reader, size=17)
            forward.append([row[0] for row in page.rows])
            if not page.older:
                break
            at = page.older
        back = forward[-1:]
        while page.newer:
            question = Asked(q=asked.q, filters=asked.filters, where=asked.where, sort=sort, cursor=page.newer)
            page = list_page(CUSTOMERS, question, reader, size=17)
            back.append([row[0] for row in page.rows])
        assert back[::-1] == forward, f"{login} {sort} {asked}"


@pytest.mark.usefixtures("world")
def test_what_no_index_answers_runs_on_short_lists_alone(actor: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guanxi.base.records.listing.CAP", 40)
    gm = actor("gm")
    broad = list_page(CUSTOMERS, Asked(where='industry = "茶叶"'), gm)
    assert (broad.too_broad, broad.rows) == (True, [])
    narrowed = list_page(CUSTOMERS, Asked(where='industry = "茶叶" and grade = A and status = lost'), gm)
    wanted = plain(gm, Q(industry="茶叶", grade="A", status="lost"), "new")
    assert (narrowed.too_broad, [row[0] for row in narrowed.rows]) == (False, [c.pk for c in wanted])
    assert len(narrowed.rows) > 0
    assert not list_page(CUSTOMERS, Asked(where="grade = A", sort="name"), gm).too_broad
