"""Roles and the matrix of their rights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org.actions import create_role, remove_role, rename_role, set_grants
from guanxi.base.org.models import Grant, Role, Unit
from guanxi.base.org.scopes import may, scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-12")]
People = Callable[[str], Actor]


def role(key: str) -> Role:
    return Role.objects.get(key=key)


def rights_of(key: str) -> set[tuple[str, str, str]]:
    return set(Grant.objects.filter(role=role(key)).values_list("kind", "verb", "scope"))


def test_new_rights_hold_from_the_next_request(actor: People, browse: Callable[[str], Client]) -> None:
    rights = {("customer", "read"): "all", ("staff", "read"): "all"}
    set_grants(role("satisfaction-representative").pk, rights, actor=actor("admin"))
    assert scope_of(actor("rep"), "customer").everything
    assert not may(actor("rep"), "customer", "create")
    assert browse("rep").get("/customers").status_code == 200


def test_the_trail_says_which_rights_changed_and_how(actor: People) -> None:
    had = {(kind, verb): scope for kind, verb, scope in rights_of("satisfaction-representative")}
    set_grants(role("satisfaction-representative").pk, had | {("customer", "read"): "unit"}, actor=actor("admin"))
    assert Entry.objects.get(name="org:role:rights_changed").changes == {"customer.read": ["own", "unit"]}


def test_saving_the_same_rights_leaves_no_trace(browse: Callable[[str], Client]) -> None:
    before = rights_of("sales-manager")
    cells = {f"{kind}.{verb}": scope for kind, verb, scope in before}
    assert browse("admin").post(f"/settings/roles/{role('sales-manager').pk}/rights", cells).status_code == 302
    assert rights_of("sales-manager") == before
    assert not Entry.objects.filter(name="org:role:rights_changed").exists()


def test_the_matrix_offers_whatever_is_granted(browse: Callable[[str], Client]) -> None:
    Grant.objects.create(role=role("sales-manager"), kind="planet", verb="orbit", scope="all")
    page = browse("admin").get(f"/settings/roles/{role('sales-manager').pk}").content.decode()
    assert 'name="planet.orbit"' in page


def test_named_units_can_be_read_beside(actor: People) -> None:
    hangzhou = Unit.objects.get(code="hangzhou-sales")
    set_grants(
        role("service-doctor").pk,
        {("customer", "read"): "own"},
        named_units=[hangzhou.pk],
        kinds_in_named_units=["customer"],
        actor=actor("admin"),
    )
    assert scope_of(actor("doctor"), "customer").unit_ids == (hangzhou.pk,)
    with pytest.raises(Invalid):
        set_grants(role("service-doctor").pk, {}, kinds_in_named_units=["customer"], actor=actor("admin"))


@pytest.mark.parametrize("cell", ["customer.fly", "planet.read", "customer.read.x", "customer"])
def test_forged_cells_are_ignored(browse: Callable[[str], Client], cell: str) -> None:
    browse("admin").post(
        f"/settings/roles/{role('service-doctor').pk}/rights", {cell: "all", "duty.read": "everything"}
    )
    assert rights_of("service-doctor") == set()


def test_the_rights_to_administer_cannot_vanish(actor: People) -> None:
    with pytest.raises(Refused) as refused:
        set_grants(role("administrator").pk, {("role", "read"): "all"}, actor=actor("admin"))
    assert refused.value.code == "last_keyholder"
    assert may(actor("admin"), "role", "update")


def test_a_role_begins_with_the_rights_of_another_and_is_renamed(actor: People) -> None:
    made = create_role("team-lead", name="组长", name_en="", like_id=role("sales-supervisor").pk, actor=actor("admin"))
    assert rights_of("team-lead") == rights_of("sales-supervisor")
    rename_role(made.pk, name="小组长", name_en="Team lead", actor=actor("admin"))
    assert (role("team-lead").name, role("team-lead").name_en) == ("小组长", "Team lead")


@pytest.mark.parametrize("key", ["sales-manager", "Team Lead", "组长", "", "9lives"])
def test_taken_and_odd_keys_are_refused(actor: People, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_role(key, name="组长", name_en="", actor=actor("admin"))
    assert "key" in refused.value.errors


def test_only_a_role_nobody_ever_held_is_removed(actor: People) -> None:
    with pytest.raises(Refused):
        remove_role(role("sales-manager").pk, actor=actor("admin"))
    made = create_role("spare", name="备用", name_en="", actor=actor("admin"))
    remove_role(made.pk, actor=actor("admin"))
    assert not Role.objects.filter(key="spare").exists()


@pytest.mark.parametrize("login", ["rep", "manager", "gm"])
def test_only_administrators_change_rights(actor: People, login: str) -> None:
    with pytest.raises(NotAllowed):
        set_grants(role("satisfaction-representative").pk, {("customer", "read"): "all"}, actor=actor(login))


def test_rights_over_roles_in_a_part_of_the_company_are_no_rights(actor: People) -> None:
    Grant.objects.create(role=role("service-manager"), kind="role", verb="update", scope="unit_below")
    with pytest.raises(NotAllowed):
        rename_role(role("service-doctor").pk, name="别名", name_en="", actor=actor("service"))
