"""Whoever administers a part of the company, or only people or only accounts, must not come to power over the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed
from guanxi.base.org.actions import (
    PostEntry,
    UnitEntry,
    add_post,
    change_superior,
    change_unit,
    close_account,
    create_unit,
    end_employment,
    end_post,
    open_account,
    reopen_account,
    reset_password,
)
from guanxi.base.org.models import Account, Grant, Post, Role, Staff, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-02", "ORG-04", "SHR-01")]
People = Callable[[str], Actor]
TODAY = date(2026, 11, 16)
VERBS = ("create", "update", "delete")


def entrust(role: str, *kinds: str, scope: str = "unit_below", verbs: Iterable[str] = VERBS) -> None:
    Grant.objects.bulk_create(
        Grant(role=Role.objects.get(key=role), kind=kind, verb=verb, scope=scope) for kind in kinds for verb in verbs
    )


def staff(login: str) -> Staff:
    return Staff.objects.get(account__login=login)


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def post(login: str, code: str, role: str) -> Post:
    """A further post beside the main one."""
    return Post.objects.create(
        staff=staff(login), unit=unit(code), role=Role.objects.get(key=role), starts_on=date(2025, 1, 1), is_main=False
    )


def entry(role: str, code: str = "chengdu") -> PostEntry:
    return PostEntry(unit_id=unit(code).pk, role_id=Role.objects.get(key=role).pk, starts_on=TODAY, is_main=False)


@pytest.mark.parametrize("role", ["general-manager", "administrator"])
def test_who_administers_a_branch_appoints_nobody_who_sees_the_whole_company(actor: People, role: str) -> None:
    entrust("service-manager", "staff")
    with pytest.raises(NotAllowed):
        add_post(staff("service").pk, entry(role), actor=actor("service"))
    assert add_post(staff("service").pk, entry("sales-manager"), actor=actor("service")).pk


def test_a_role_over_all_people_is_power_too(actor: People) -> None:
    entrust("service-manager", "staff")
    personnel = Role.objects.create(key="personnel", name="人事")
    entrust("personnel", "staff", scope="all")
    with pytest.raises(NotAllowed):
        add_post(staff("service").pk, entry("personnel"), actor=actor("service"))
    assert personnel.posts.count() == 0


def test_who_hires_for_the_whole_company_does_not_make_administrators(actor: People) -> None:
    entrust("service-manager", "staff", scope="all")
    with pytest.raises(NotAllowed):
        add_post(staff("service").pk, entry("administrator"), actor=actor("service"))
    assert add_post(staff("rep").pk, entry("general-manager"), actor=actor("service")).pk
    assert add_post(staff("rep").pk, entry("administrator"), actor=actor("admin")).pk


@pytest.mark.parametrize(("login", "role"), [("gm", "service-doctor"), ("admin", "service-doctor")])
def test_a_password_is_not_set_for_somebody_with_more_power(actor: People, login: str, role: str) -> None:
    """With it, the account would be one's own."""
    post(login, "chengdu", role)
    entrust("service-manager", "account", "staff")
    account = Account.objects.get(login=login)
    for step in (reset_password, reopen_account):
        with pytest.raises(NotAllowed):
            step(account.pk, actor=actor("service"))
    with pytest.raises(NotAllowed):
        close_account(account.pk, actor=actor("service"))
    with pytest.raises(NotAllowed):
        end_employment(staff(login).pk, on=TODAY, actor=actor("service"))
    assert reset_password(Account.objects.get(login="rep").pk, actor=actor("service"))
    assert reset_password(account.pk, actor=actor("admin"))


def test_accounts_of_administrators_belong_to_administrators(actor: People) -> None:
    entrust("service-manager", "account", scope="all")
    with pytest.raises(NotAllowed):
        reset_password(Account.objects.get(login="admin").pk, actor=actor("service"))
    assert reset_password(Account.objects.get(login="stranger").pk, actor=actor("service"))


def test_no_account_is_opened_for_power_that_has_none_yet(actor: People) -> None:
    entrust("service-manager", "account", scope="all")
    Staff.objects.filter(account__login="admin").update(account=None)
    with pytest.raises(NotAllowed):
        open_account(Staff.objects.get(name="管理员").pk, login="mine", actor=actor("service"))


def test_posts_in_another_branch_are_not_ended_from_this_one(actor: People) -> None:
    there = post("rep", "hangzhou-sales", "sales-manager")
    entrust("service-manager", "staff")
    with pytest.raises(NotAllowed):
        end_post(there.pk, on=TODAY, actor=actor("service"))
    with pytest.raises(NotAllowed):
        change_superior(there.pk, staff("service").posts.get().pk, actor=actor("service"))
    with pytest.raises(NotAllowed):
        reset_password(Account.objects.get(login="rep").pk, actor=actor("service"))
    change_superior(staff("rep").posts.get(is_main=True).pk, staff("manager").posts.get().pk, actor=actor("service"))


@pytest.mark.parametrize("change", [{"kind": "department"}, {"region": "华东"}])
def test_who_administers_a_branch_does_not_widen_what_its_people_see(actor: People, change: dict[str, str]) -> None:
    """What is no branch is part of the next one above; and a region reaches beyond the tree."""
    entrust("service-manager", "unit")
    branch = unit("chengdu")
    values = {"name": branch.name, "code": branch.code, "kind": branch.kind, "parent_id": branch.parent_id}
    with pytest.raises(NotAllowed):
        change_unit(branch.pk, UnitEntry(**values | change), actor=actor("service"))
    assert change_unit(branch.pk, UnitEntry(**values | {"name": "成都公司"}), actor=actor("service")).name == "成都公司"


def test_a_new_unit_lies_in_no_foreign_region(actor: People) -> None:
    entrust("service-manager", "unit")
    with pytest.raises(NotAllowed):
        create_unit(UnitEntry("新部", "new", region="华东", parent_id=unit("chengdu").pk), actor=actor("service"))
    assert create_unit(UnitEntry("新部", "new", parent_id=unit("chengdu").pk), actor=actor("service")).pk
