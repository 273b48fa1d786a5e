"""Key pages give the same rows as a plain filter, in every scope, order and place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Reach, Staff
from guanxi.base.org.scopes import scope_of
from guanxi.base.records.asked import Asked
from guanxi.base.records.listing import list_page
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CUS-03", "ORG-02")]
Make = Callable[[str], Actor]


@pytest.fixture
def crowd(staff: Callable[[str], Staff]) -> list[Customer]:
    """Two hundred customers of four owners; a third never contacted, many created in the same moment."""
    random = Random(7)
    owners = [staff(login) for login in ("rep", "colleague", "stranger", "manager")]
    rows = []
    for number in range(200):
        owner = random.choice(owners)
        rows.append(
            Customer(
                name=f"客户{number}",
                pinyin=random.choice(["cui qiang", "huang na", "xia mei"]),
                phone=f"139{number:08}",
                owner=owner,
                unit=owner.posts.get().unit,
                created_at=clock.now() - timedelta(days=random.randrange(12)),
                updated_at=clock.now(),
                last_contact_at=None if random.random() < 0.35 else clock.now() - timedelta(days=random.randrange(9)),
            )
        )
    return Customer.objects.bulk_create(rows)


ORDERS = {
    "new": lambda c: (-c.created_at.timestamp(), -c.pk),
    "name": lambda c: (c.pinyin, c.pk),
    "contact": lambda c: (
        c.last_contact_at is None,
        -(c.last_contact_at.timestamp() if c.last_contact_at else 0),
        -c.pk,
    ),
}


def walk(actor: Actor, sort: str, *, size: int = 7) -> tuple[list[int], list[str]]:
    """All ids by following "older" from the first page, and the cursors used."""
    ids, cursors, at = [], [], ""
    while True:
        page = list_page(CUSTOMERS, Asked(sort=sort, cursor=at), actor, size=size)
        ids += [row[0] for row in page.rows]
        if not page.older:
            return ids, cursors
        at = page.older
        cursors.append(at)


@pytest.mark.parametrize("sort", ["new", "name", "contact"])
@pytest.mark.parametrize("login", ["rep", "supervisor", "manager", "doctor", "gm", "stranger"])
def test_it_gives_every_visible_row_once_and_in_order(
    crowd: list[Customer], actor: Make, sort: str, login: str
) -> None:
    reader = actor(login)
    shared = [c for c in crowd if c.owner.name == "彭海"][:3]
    for customer in shared:
        Reach.objects.create(kind="customer", record_id=customer.pk, staff_id=reader.staff_id, why="team:1")
    visible = sorted(Customer.objects.visible_to(reader), key=ORDERS[sort])
    ids, _ = walk(reader, sort)
    assert ids == [c.pk for c in visible]
    assert len(ids) >= 3


@pytest.mark.parametrize("sort", ["new", "name", "contact"])
@pytest.mark.parametrize("login", ["rep", "gm"])
def test_the_way_back_leads_through_the_same_pages(crowd: list[Customer], actor: Make, sort: str, login: str) -> None:
    reader = actor(login)
    forward, at = [], ""
    while True:
        page = list_page(CUSTOMERS, Asked(sort=sort, cursor=at), reader, size=9)
        forward.append([row[0] for row in page.rows])
        if not page.older:
            break
        at = page.older
    back = [forward[-1]]
    while page.newer:
        page = list_page(CUSTOMERS, Asked(sort=sort, cursor=page.newer), reader, size=9)
        back.append([row[0] for row in page.rows])
    assert list(reversed(back)) == forward


def test_the_count_counts_each_row_once(crowd: list[Customer], actor: Make) -> None:
    manager = actor("manager")
    own = Customer.objects.visible_to(manager).first()
    assert own is not None
    Reach.objects.create(kind="customer", record_id=own.pk, staff_id=manager.staff_id, why="team:1")
    assert list_page(CUSTOMERS, Asked(), manager).count == Customer.objects.visible_to(manager).count()


@pytest.mark.parametrize("text", ["x", "%%%", "WyJhYmMiLDEsZmFsc2Vd", "WzEsMixmYWxzZV0", "e30", "W251bGwsIngiLDFd"])
def test_a_made_up_place_leads_to_the_first_page(crowd: list[Customer], actor: Make, text: str) -> None:
    gm = actor("gm")
    first = list_page(CUSTOMERS, Asked(), gm)
    assert list_page(CUSTOMERS, Asked(cursor=text), gm).rows == first.rows


def test_nobody_without_a_grant_sees_a_row(crowd: list[Customer], actor: Make) -> None:
    admin = actor("admin")
    assert scope_of(admin, "customer").is_nothing
    assert list_page(CUSTOMERS, Asked(), admin).rows == []
    assert list_page(CUSTOMERS, Asked(), actor("gm")).rows != []


def test_search_finds_by_pinyin_initials_fragment_and_phone_end(
    customer_of: Callable[..., Customer], actor: Make
) -> None:
    wanted = customer_of("rep", name="仇建国", phone="13894821993")
    customer_of("rep", name="王梅", phone="13700000000")
    for text in ["仇建国", "建国", "qiujianguo", "qjg", "1993", "13894821993"]:
        found = [row[0] for row in list_page(CUSTOMERS, Asked(q=text), actor("rep")).rows]
        assert found == [wanted.pk], text
    assert list_page(CUSTOMERS, Asked(q="建国"), actor("stranger")).rows == []
