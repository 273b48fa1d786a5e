"""The tree of units (ORG-01)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org.actions import UnitEntry, change_unit, close_unit, create_unit, reopen_unit
from guanxi.base.org.models import Grant, Post, Role, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-01")]
People = Callable[[str], Actor]


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def entry_of(code: str, /, **more: object) -> UnitEntry:
    found = unit(code)
    values = {
        "name": found.name,
        "code": code,
        "kind": found.kind,
        "region": found.region,
        "parent_id": found.parent_id,
    }
    return UnitEntry(**values | more)  # type: ignore[arg-type]  # the fields of the entry


def test_a_unit_is_created_with_kind_region_and_parent(actor: People) -> None:
    entry = UnitEntry(" 武侯店 ", "wuhou", kind="store", region="四川成都武侯", parent_id=unit("chengdu").pk)
    made = create_unit(entry, actor=actor("admin"))
    assert (made.name, made.kind, made.region, made.parent) == ("武侯店", "store", "四川成都武侯", unit("chengdu"))
    assert Entry.objects.filter(name="org:unit:created", subject_id=made.pk).exists()


def test_it_is_renamed_and_moved(actor: People) -> None:
    moved = entry_of("chengdu-sales", name="西南销售部", parent_id=unit("hangzhou").pk)
    change_unit(unit("chengdu-sales").pk, moved, actor=actor("admin"))
    assert (unit("chengdu-sales").name, unit("chengdu-sales").parent) == ("西南销售部", unit("hangzhou"))
    assert set(Entry.objects.get(name="org:unit:changed").changes) == {"name", "parent_id"}


def test_saving_without_a_change_leaves_no_trace(actor: People) -> None:
    change_unit(unit("chengdu").pk, entry_of("chengdu"), actor=actor("admin"))
    assert not Entry.objects.filter(name="org:unit:changed").exists()


@pytest.mark.parametrize("below", ["chengdu", "chengdu-sales"])
def test_a_unit_never_lies_below_itself(actor: People, below: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_unit(unit("chengdu").pk, entry_of("chengdu", parent_id=unit(below).pk), actor=actor("admin"))
    assert "parent" in refused.value.errors
    assert unit("chengdu").parent == unit("company")


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"code": ""}, {"code": "hangzhou"}, {"kind": "planet"}, {"parent_id": 10**9}]
)
def test_wrong_entries_are_refused_by_field(actor: People, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        change_unit(unit("chengdu").pk, entry_of("chengdu", **wrong), actor=actor("admin"))
    assert set(refused.value.errors) == {name.removesuffix("_id") for name in wrong}


def test_a_unit_with_posts_or_open_units_below_is_not_closed(actor: People) -> None:
    for code, reason in (("chengdu-sales", "has_posts"), ("chengdu", "has_posts")):
        with pytest.raises(Refused) as refused:
            close_unit(unit(code).pk, actor=actor("admin"))
        assert refused.value.code == reason
    Post.objects.filter(unit=unit("hangzhou")).delete()
    with pytest.raises(Refused) as refused:
        close_unit(unit("hangzhou").pk, actor=actor("admin"))
    assert refused.value.code == "has_units"


def test_a_closed_unit_takes_no_unit_below_and_can_be_reopened(actor: People) -> None:
    spare = create_unit(UnitEntry("备用部", "spare", parent_id=unit("chengdu").pk), actor=actor("admin"))
    close_unit(spare.pk, actor=actor("admin"))
    with pytest.raises(Invalid):
        create_unit(UnitEntry("下级", "below", parent_id=spare.pk), actor=actor("admin"))
    reopen_unit(spare.pk, actor=actor("admin"))
    assert create_unit(UnitEntry("下级", "below", parent_id=spare.pk), actor=actor("admin")).parent == spare


def test_only_who_has_the_right_changes_units(actor: People) -> None:
    for login in ("rep", "manager", "gm"):
        with pytest.raises(NotAllowed):
            create_unit(UnitEntry("新部门", "new"), actor=actor(login))


def test_an_administrator_of_a_branch_stays_within_it(actor: People) -> None:
    role = Role.objects.get(key="service-manager")
    Grant.objects.bulk_create(
        Grant(role=role, kind="unit", verb=v, scope="unit_below") for v in ("read", "create", "update")
    )
    create_unit(UnitEntry("武侯店", "wuhou", kind="store", parent_id=unit("chengdu").pk), actor=actor("service"))
    with pytest.raises(Missing):
        change_unit(unit("hangzhou").pk, entry_of("hangzhou", name="别人"), actor=actor("service"))
    for parent in (unit("hangzhou").pk, None):
        with pytest.raises(Invalid):
            create_unit(UnitEntry("越界", "beyond", parent_id=parent), actor=actor("service"))
