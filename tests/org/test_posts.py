"""People and their posts: superiors, periods, several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org.actions import (
    PostEntry,
    StaffEntry,
    add_post,
    change_staff,
    change_superior,
    close_unit,
    end_employment,
    end_post,
    hire_staff,
    next_staff_number,
)
from guanxi.base.org.models import Grant, Post, Role, Staff, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-02")]
People = Callable[[str], Actor]
TODAY = date(2026, 11, 16)


def post_of(login: str) -> Post:
    return Post.objects.get(staff__account__login=login, is_main=True)


def entry(unit: str = "hangzhou-sales", role: str = "satisfaction-representative", **more: object) -> PostEntry:
    ids = {"unit_id": Unit.objects.get(code=unit).pk, "role_id": Role.objects.get(key=role).pk, "starts_on": TODAY}
    return PostEntry(**ids | more)  # type: ignore[arg-type]  # the fields of the entry


def person(**more: object) -> StaffEntry:
    values = {"name": "钟 桐", "number": "0100", "phone": "138 0000 0100", "joined_on": TODAY}
    return StaffEntry(**values | more)  # type: ignore[arg-type]  # the fields of the entry


def test_a_person_is_hired_with_a_first_post(actor: People) -> None:
    hired = hire_staff(person(), post=entry(superior_id=post_of("hangzhou").pk), actor=actor("admin"))
    assert (hired.name, hired.phone, hired.pinyin[:5]) == ("钟桐", "13800000100", "zhong")
    post = hired.posts.get()
    assert (post.superior, post.is_main, post.starts_on) == (post_of("hangzhou"), True, TODAY)
    assert EventRow.objects.filter(name="org:posts:changed", ids=[hired.pk]).exists()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"number": ""}, {"number": "0001"}, {"phone": "123"}])
def test_wrong_personal_data_is_refused_by_field(actor: People, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        hire_staff(person(**wrong), post=entry(), actor=actor("admin"))
    assert set(refused.value.errors) == set(wrong)
    assert not Staff.objects.filter(number="0100").exists()


def test_numbers_are_suggested_one_after_the_other() -> None:
    assert next_staff_number() == f"{Staff.objects.count() + 1:04}"


def test_a_new_name_gets_a_new_place_in_the_order_and_no_text_in_the_trail(actor: People) -> None:
    rep = Staff.objects.get(account__login="rep")
    change_staff(rep.pk, person(name="安心", number=rep.number, joined_on=rep.joined_on), actor=actor("admin"))
    assert Staff.objects.get(pk=rep.pk).pinyin.startswith("an")
    told = Entry.objects.get(name="org:staff:changed")
    assert told.changes == {}
    assert set(told.personal) == {"name", "phone"}


def test_several_posts_at_once_and_one_of_them_the_main(actor: People) -> None:
    rep = Staff.objects.get(account__login="rep")
    further = add_post(rep.pk, entry(is_main=False), actor=actor("admin"))
    assert post_of("rep").pk != further.pk
    add_post(rep.pk, entry("chengdu", "service-doctor", is_main=True), actor=actor("admin"))
    assert post_of("rep").role.key == "service-doctor"
    assert rep.posts.count() == 3


def test_the_same_post_twice_at_a_time_is_refused_and_after_its_end_is_not(actor: People) -> None:
    rep = Staff.objects.get(account__login="rep")
    with pytest.raises(Invalid):
        add_post(rep.pk, entry("chengdu-sales"), actor=actor("admin"))
    end_post(post_of("rep").pk, on=date(2026, 11, 30), actor=actor("admin"))
    assert add_post(rep.pk, entry("chengdu-sales", starts_on=date(2026, 12, 1)), actor=actor("admin")).pk


@pytest.mark.parametrize("superior", ["rep", "supervisor", "manager"])
def test_loops_of_superiors_are_refused(actor: People, superior: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_superior(post_of("manager").pk, post_of(superior).pk, actor=actor("admin"))
    assert "superior" in refused.value.errors
    assert post_of("manager").superior == post_of("gm")


def test_another_superior_is_recorded(actor: People) -> None:
    change_superior(post_of("rep").pk, post_of("manager").pk, actor=actor("admin"))
    assert post_of("rep").superior == post_of("manager")
    change_superior(post_of("rep").pk, None, actor=actor("admin"))
    assert post_of("rep").superior is None
    assert Entry.objects.filter(name="org:post:superior_changed").count() == 2


def test_a_superior_whose_post_has_ended_is_refused(actor: People) -> None:
    Post.objects.filter(pk=post_of("hangzhou").pk).update(ends_on=date(2026, 11, 15))
    with pytest.raises(Invalid):
        change_superior(post_of("rep").pk, Post.objects.get(staff__account__login="hangzhou").pk, actor=actor("admin"))


def test_whoever_reported_to_an_ended_post_reports_to_its_superior(actor: People) -> None:
    end_post(post_of("supervisor").pk, on=TODAY, actor=actor("admin"))
    assert post_of("rep").superior == post_of("colleague").superior == post_of("manager")


def test_a_post_that_ends_later_keeps_its_people_until_then(actor: People) -> None:
    supervisor = post_of("supervisor")
    end_post(supervisor.pk, on=date(2026, 12, 31), actor=actor("admin"))
    assert post_of("rep").superior == supervisor


def test_a_post_never_ends_before_it_begins(actor: People) -> None:
    with pytest.raises(Invalid):
        end_post(post_of("rep").pk, on=date(2024, 12, 31), actor=actor("admin"))
    rep = Staff.objects.get(account__login="rep")
    with pytest.raises(Invalid):
        add_post(rep.pk, entry(ends_on=date(2026, 11, 1)), actor=actor("admin"))


def test_when_the_main_post_ends_the_oldest_other_one_becomes_it(actor: People) -> None:
    rep = Staff.objects.get(account__login="rep")
    further = add_post(rep.pk, entry(is_main=False), actor=actor("admin"))
    end_post(post_of("rep").pk, on=date(2026, 11, 15), actor=actor("admin"))
    assert post_of("rep") == further


def test_the_only_post_that_can_administer_does_not_end(actor: People) -> None:
    with pytest.raises(Refused) as refused:
        end_post(post_of("admin").pk, on=date(2026, 11, 15), actor=Actor.system("test"))
    assert refused.value.code == "last_keyholder"


def test_nobody_is_appointed_to_a_closed_unit_or_after_leaving(actor: People) -> None:
    rep = Staff.objects.get(account__login="rep")
    spare = Unit.objects.create(name="备用部", code="spare")
    close_unit(spare.pk, actor=actor("admin"))
    with pytest.raises(Invalid):
        add_post(rep.pk, entry("spare"), actor=actor("admin"))
    end_employment(rep.pk, on=TODAY, actor=actor("admin"))
    with pytest.raises(Refused):
        add_post(rep.pk, entry(), actor=actor("admin"))


def test_who_administers_a_branch_appoints_there_and_never_to_power(actor: People) -> None:
    role = Role.objects.get(key="service-manager")
    Grant.objects.bulk_create(Grant(role=role, kind="staff", verb=v, scope="unit_below") for v in ("create", "update"))
    rep = Staff.objects.get(account__login="rep")
    assert add_post(rep.pk, entry("chengdu", "service-doctor"), actor=actor("service")).pk
    for beyond in (entry("hangzhou"), entry("chengdu", "administrator")):
        with pytest.raises(NotAllowed):
            add_post(rep.pk, beyond, actor=actor("service"))
    with pytest.raises(NotAllowed):
        change_staff(Staff.objects.get(account__login="stranger").pk, person(number="0200"), actor=actor("service"))
