"""How far each role sees: resolved from posts held today and their superiors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant, Post, Reach, Role, Staff, Unit
from guanxi.base.org.scopes import EVERYTHING, has_role, may, scope_of, subordinates_of
from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-02")]
People = Callable[[str], Actor]


def seen_by(actor: Actor) -> set[str]:
    return set(Customer.objects.visible_to(actor).values_list("name", flat=True))


@pytest.fixture
def customers(customer_of: Callable[..., Customer]) -> None:
    owners = {"rep": "邱客", "colleague": "黄客", "supervisor": "方客", "stranger": "彭客"}
    for login, name in owners.items():
        customer_of(login, name=name)


def in_role(role: str, scope: str, verb: str = "read", units: list[int] | None = None) -> None:
    Grant.objects.filter(role__key=role, kind="customer", verb=verb).delete()
    Grant.objects.create(role=Role.objects.get(key=role), kind="customer", verb=verb, scope=scope, unit_ids=units or [])


def a_post(login: str, unit: str, role: str, **more: Any) -> Post:
    return Post.objects.create(
        staff=Staff.objects.get(account__login=login),
        unit=Unit.objects.get(code=unit),
        role=Role.objects.get(key=role),
        **{"starts_on": date(2025, 1, 1), "is_main": False} | more,
    )


def post_of(login: str) -> Post:
    return Post.objects.get(staff__account__login=login, is_main=True)


@pytest.mark.parametrize(
    ("login", "names"),
    [
        ("rep", {"邱客"}),
        ("colleague", {"黄客"}),
        ("supervisor", {"邱客", "黄客", "方客"}),
        ("manager", {"邱客", "黄客", "方客"}),
        ("hangzhou", {"彭客"}),
        ("stranger", {"彭客"}),
        ("doctor", {"邱客", "黄客", "方客"}),
        ("gm", {"邱客", "黄客", "方客", "彭客"}),
        ("admin", set()),
    ],
)
def test_each_role_sees_its_own_part(customers: None, actor: People, login: str, names: set[str]) -> None:
    assert seen_by(actor(login)) == names


def test_subordinates_reach_through_several_levels(actor: People, staff: Callable[[str], Staff]) -> None:
    below = set(subordinates_of(actor("gm")))
    assert {staff(login).pk for login in ("manager", "supervisor", "rep", "stranger", "doctor")} <= below
    assert staff("gm").pk not in below


def test_the_chain_follows_superiors_and_not_units(customers: None, actor: People) -> None:
    Post.objects.filter(pk=post_of("rep").pk).update(superior=post_of("hangzhou"))
    assert seen_by(actor("hangzhou")) == {"彭客", "邱客"}
    assert "邱客" not in seen_by(actor("manager"))


def test_unit_and_below_covers_the_branch_and_unit_only_itself(customers: None, actor: People) -> None:
    in_role("service-doctor", "unit")
    assert seen_by(actor("doctor")) == set()
    in_role("service-doctor", "unit_below")
    assert seen_by(actor("doctor")) == {"邱客", "黄客", "方客"}


def test_the_branch_is_seen_whole_from_any_of_its_departments(customers: None, actor: People) -> None:
    service = Unit.objects.create(code="chengdu-service", name="成都客服部", parent=Unit.objects.get(code="chengdu"))
    Post.objects.filter(pk=post_of("doctor").pk).update(unit=service)
    in_role("service-doctor", "unit_below")
    assert seen_by(actor("doctor")) == set()
    in_role("service-doctor", "branch")
    assert seen_by(actor("doctor")) == {"邱客", "黄客", "方客"}


def test_a_region_covers_all_units_of_the_region(customers: None, actor: People) -> None:
    Unit.objects.filter(code__in=["chengdu", "hangzhou-sales"]).update(region="西南")
    in_role("service-doctor", "region")
    assert seen_by(actor("doctor")) == {"彭客"}


def test_units_without_a_region_are_in_no_region(customers: None, actor: People) -> None:
    in_role("service-doctor", "region")
    assert seen_by(actor("doctor")) == set()


def test_named_units_are_read_beside_the_own_records(customers: None, actor: People) -> None:
    in_role("satisfaction-representative", "units", units=[Unit.objects.get(code="hangzhou-sales").pk])
    assert seen_by(actor("rep")) == {"邱客", "彭客"}


def test_several_posts_add_up_each_with_its_own_unit(customers: None, actor: People) -> None:
    a_post("rep", "hangzhou", "service-doctor")
    assert seen_by(actor("rep")) == {"邱客", "彭客"}
    assert has_role(actor("rep"), "service-doctor")


def test_a_post_that_ended_yesterday_gives_nothing_and_one_that_ends_today_does(customers: None, actor: People) -> None:
    post = a_post("rep", "hangzhou", "service-doctor", ends_on=clock.today())
    assert "彭客" in seen_by(actor("rep"))
    clock.advance(days=1)
    assert seen_by(actor("rep")) == {"邱客"}
    assert post.pk not in {held.id for held in actor("rep").memo.get("posts", [])}


def test_a_post_that_begins_tomorrow_gives_nothing_today(customers: None, actor: People) -> None:
    a_post("rep", "hangzhou", "service-doctor", starts_on=date(2026, 11, 17))
    assert seen_by(actor("rep")) == {"邱客"}
    clock.advance(days=1)
    assert seen_by(actor("rep")) == {"邱客", "彭客"}


def test_somebody_whose_post_ended_is_no_subordinate_any_more(actor: People, staff: Callable[[str], Staff]) -> None:
    Post.objects.filter(pk=post_of("rep").pk).update(ends_on=date(2026, 11, 15))
    assert staff("rep").pk not in subordinates_of(actor("supervisor"))


def test_an_ended_post_in_the_middle_hides_nobody_below_it(actor: People, staff: Callable[[str], Staff]) -> None:
    Post.objects.filter(pk=post_of("supervisor").pk).update(ends_on=date(2026, 11, 15))
    below = subordinates_of(actor("manager"))
    assert staff("rep").pk in below
    assert staff("supervisor").pk not in below
    assert subordinates_of(actor("supervisor")) == ()


def test_a_loop_of_superiors_ends_and_shows_its_members(actor: People, staff: Callable[[str], Staff]) -> None:
    Post.objects.filter(pk=post_of("manager").pk).update(superior=post_of("rep"))
    assert {staff("supervisor").pk, staff("colleague").pk, staff("manager").pk} <= set(subordinates_of(actor("rep")))


def test_a_loop_of_units_ends_too(customers: None, actor: People) -> None:
    Unit.objects.filter(code="chengdu").update(parent=Unit.objects.get(code="chengdu-sales"))
    assert seen_by(actor("doctor")) == {"邱客", "黄客", "方客"}


def test_nobody_without_a_post_sees_or_may_anything(customers: None, actor: People) -> None:
    Post.objects.filter(pk=post_of("rep").pk).update(ends_on=date(2026, 11, 15))
    assert scope_of(actor("rep"), "customer").is_nothing
    assert not may(actor("rep"), "customer", "create")
    assert seen_by(actor("rep")) == set()


def test_each_verb_has_a_scope_of_its_own(actor: People, staff: Callable[[str], Staff]) -> None:
    assert scope_of(actor("doctor"), "customer", "create").unit_ids == ()
    assert scope_of(actor("doctor"), "customer", "update").unit_ids != ()
    assert scope_of(actor("supervisor"), "customer", "delete").is_nothing
    assert (
        scope_of(actor("manager"), "customer", "delete").staff_ids == scope_of(actor("manager"), "customer").staff_ids
    )


def test_a_shared_record_is_read_until_its_last_day_and_never_changed(
    customer_of: Callable[..., Customer], actor: People, staff: Callable[[str], Staff]
) -> None:
    shared = customer_of("rep", name="共享客")
    Reach.objects.create(
        kind="customer", record_id=shared.pk, staff=staff("stranger"), why="share", until=clock.today()
    )
    assert "共享客" in seen_by(actor("stranger"))
    assert not Customer.objects.visible_to(actor("stranger"), "update").filter(pk=shared.pk).exists()
    clock.advance(days=1)
    assert "共享客" not in seen_by(actor("stranger"))


def test_a_scope_is_resolved_once_per_request(actor: People, django_assert_num_queries: Any) -> None:
    manager = actor("manager")
    with django_assert_num_queries(1):
        scope_of(manager, "customer")
        scope_of(manager, "customer", "delete")
        scope_of(manager, "activity")


def test_a_rule_sees_everything() -> None:
    assert scope_of(Actor.system("nightly"), "customer") is EVERYTHING
