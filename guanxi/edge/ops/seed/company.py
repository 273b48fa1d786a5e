"""Units, people, posts and accounts of the demo company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from guanxi.base.audit import trail
from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account, Post, Role, Staff, Unit

from .cast import PASSWORD, PEOPLE, PLACES, Person

# Whoever reads the trail sees that a whole company appeared at once.
FOUNDER = Actor("演示公司", "command")


def found_company() -> None:
    units: dict[str, Unit] = {}
    for place in PLACES:
        units[place.code] = Unit.objects.create(
            code=place.code, name=place.name, kind=place.kind, region=place.region, parent=units.get(place.parent)
        )
    roles = {role.key: role for role in Role.objects.all()}
    # One hash for all: each costs a tenth of a second, and the password is no secret.
    password = make_password(PASSWORD)
    first_posts: dict[str, Post] = {}
    for number, person in enumerate(PEOPLE, 1):
        staff = _employ(person, number, password)
        posts = [
            Post.objects.create(
                staff=staff,
                unit=units[job.unit],
                role=roles[job.role],
                superior=first_posts.get(job.chief),
                is_main=place == 0,
                starts_on=staff.joined_on,
            )
            for place, job in enumerate(person.jobs)
        ]
        first_posts[person.login] = posts[0]


def _employ(person: Person, number: int, password: str) -> Staff:
    account = Account.objects.create(
        login=person.login, password=password, must_change_password=False, created_at=clock.now()
    )
    return Staff.objects.create(
        account=account,
        name=person.name,
        pinyin=pinyin.sort_key(person.name),
        number=f"{number:04}",
        phone=f"1380013{number:04}",
        joined_on=_joined(number),
    )


def _joined(number: int) -> date:
    """Some have been here for years, nobody for less than a quarter."""
    return clock.today() - timedelta(days=100 + number * 53 % 1700)


def record_many(kind: str, ids: Sequence[int], *, name: str) -> None:
    """One head row for many records, as every batch leaves in the trail."""
    items = [(kind, i) for i in ids]
    trail.record(kind, None, actor=FOUNDER, name=name, changes={"count": len(items)}, items=items)


def actor_of(staff: Staff) -> Actor:
    return Actor(staff.name, "command", account_id=staff.account_id, staff_id=staff.pk)


def staff_by_login() -> dict[str, Staff]:
    rows = Staff.objects.filter(account__login__in=[p.login for p in PEOPLE]).select_related("account")
    return {staff.account.login: staff for staff in rows if staff.account}
