"""More rows than are free leave only when somebody else permits it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NeedsPermit, Refused
from guanxi.base.org.models import Grant, Permit, Role
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export, decline_export, permit_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.running import carry_out
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.messaging.queries import messages_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-06", "DAT-02")]
ActorOf = Callable[[str], Actor]
Browse = Callable[[str], Client]
WANTED = Wanted(format="csv", purpose="年度盘点")


@pytest.fixture(autouse=True)
def two_rows_are_free(settings: Any, customer_of: Callable[..., Customer]) -> None:
    settings.EXPORT_WITHOUT_PERMIT = 2
    settings.EXPORT_WITHOUT_PERMIT_A_DAY = 5
    for _number in range(3):
        customer_of("rep")


@pytest.fixture
def request_of(actor: ActorOf) -> Callable[[str], ExportRun]:
    return lambda login: ask_export(CUSTOMERS, Asked(), WANTED, with_permission=True, actor=actor(login))


def titles(who: Actor) -> list[str]:
    return [line.title for group in messages_of(who)[0] for line in group.lines]


def test_more_rows_than_are_free_need_permission(actor: ActorOf) -> None:
    with pytest.raises(NeedsPermit):
        ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    assert not ExportRun.objects.exists()


def test_as_many_as_are_free_need_none(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    Customer.objects.filter(id=Customer.objects.order_by("id").values("id")[:1]).update(status="lost")
    run = ask_export(CUSTOMERS, Asked(filters={"status": "potential"}), WANTED, actor=actor("manager"))
    assert (run.state, run.total) == ("queued", 2)


def test_small_files_add_up_within_a_day(actor: ActorOf) -> None:
    Customer.objects.filter(id=Customer.objects.order_by("id").values("id")[:1]).update(status="lost")
    two = Asked(filters={"status": "potential"})
    for _number in range(2):
        carry_out(ask_export(CUSTOMERS, two, WANTED, actor=actor("manager")).pk)
    with pytest.raises(NeedsPermit):
        ask_export(CUSTOMERS, two, WANTED, actor=actor("manager"))
    clock.advance(days=1, seconds=1)
    assert ask_export(CUSTOMERS, two, WANTED, actor=actor("manager")).state == "queued"


def test_the_approver_is_told_permits_and_the_file_is_made(
    actor: ActorOf, request_of: Callable[[str], ExportRun]
) -> None:
    run = request_of("manager")
    assert run.state == "asked"
    assert carry_out(run.pk).state == "asked"
    assert titles(actor("gm")) == ["林岚申请导出客户 3 行：年度盘点"]
    assert permit_export(run.pk, actor=actor("gm")).state == "queued"
    assert Permit.objects.get().uses_left == 1
    assert carry_out(run.pk).rows == 3
    assert Permit.objects.get().uses_left == 0
    assert titles(actor("manager")) == ["何远山批准了您的客户导出，正在生成文件。"]
    names = set(Entry.objects.filter(kind="export").values_list("name", flat=True))
    assert {"records:export:asked", "records:export:permitted", "records:export:finished"} <= names


def test_a_declined_request_says_why(actor: ActorOf, request_of: Callable[[str], ExportRun], browse: Browse) -> None:
    run = request_of("manager")
    decline_export(run.pk, reason="范围太大", actor=actor("gm"))
    assert titles(actor("manager")) == ["何远山拒绝了您的客户导出：范围太大"]
    assert carry_out(run.pk).state == "declined"
    assert "范围太大" in browse("manager").get(f"/exports/{run.pk}").content.decode()
    with pytest.raises(Refused):
        permit_export(run.pk, actor=actor("gm"))


def test_nobody_permits_their_own(actor: ActorOf, request_of: Callable[[str], ExportRun]) -> None:
    Grant.objects.create(role=Role.objects.get(key="sales-manager"), kind="export", verb="approve", scope="all")
    run = request_of("gm")
    with pytest.raises(Missing):
        permit_export(run.pk, actor=actor("gm"))
    assert permit_export(run.pk, actor=actor("manager")).state == "queued"


def test_without_another_approver_it_is_said(actor: ActorOf, browse: Browse) -> None:
    with pytest.raises(Refused) as refused:
        ask_export(CUSTOMERS, Asked(), WANTED, with_permission=True, actor=actor("gm"))
    assert refused.value.code == "nobody_permits"
    assert "没有其他人可以批准" in browse("gm").get("/customers/export").content.decode()


def test_administrators_are_no_approvers(request_of: Callable[[str], ExportRun], browse: Browse) -> None:
    run = request_of("manager")
    assert browse("admin").get(f"/exports/requests/{run.pk}").status_code == 403
    assert browse("admin").post(f"/exports/requests/{run.pk}/permit").status_code == 403


def test_a_list_that_grew_past_what_was_permitted_is_not_exported(
    actor: ActorOf, request_of: Callable[[str], ExportRun], customer_of: Callable[..., Customer]
) -> None:
    run = request_of("manager")
    permit_export(run.pk, actor=actor("gm"))
    customer_of("rep")
    run = carry_out(run.pk)
    assert (run.state, run.problem["code"]) == ("failed", "list_grown")
    assert Permit.objects.get().uses_left == 1


@pytest.mark.parametrize(("free", "outcome"), [(8, ("done", 8)), (7, ("failed", 0))])
def test_a_list_that_nobody_had_to_permit_grows_as_far_as_rows_are_free(
    free: int, outcome: tuple[str, int], actor: ActorOf, customer_of: Callable[..., Customer], settings: Any
) -> None:
    """Between asking and the turn of the file: a worker that was killed meanwhile lets a list grow."""
    settings.EXPORT_WITHOUT_PERMIT = settings.EXPORT_WITHOUT_PERMIT_A_DAY = free
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    for _each in range(4):
        customer_of("rep")
    run = carry_out(run.pk)
    assert (run.state, run.rows) == outcome


def test_a_permit_out_of_date_allows_nothing(actor: ActorOf, request_of: Callable[[str], ExportRun]) -> None:
    run = request_of("manager")
    permit_export(run.pk, actor=actor("gm"))
    clock.advance(days=8)
    run = carry_out(run.pk)
    assert (run.state, run.problem["code"]) == ("failed", "permit_gone")


def test_the_pages_of_a_request(browse: Browse) -> None:
    client, chief = browse("manager"), browse("gm")
    data = {"format": "csv", "purpose": "年度盘点"}
    page = client.post("/customers/export", data)
    assert page.status_code == 409
    assert "何远山" in page.content.decode()
    assert client.post("/customers/export", data | {"permission": "on"}).status_code == 302
    run = ExportRun.objects.get()
    assert "年度盘点" in chief.get("/exports").content.decode()
    assert "林岚申请导出：客户" in chief.get(f"/exports/requests/{run.pk}").content.decode()
    assert chief.post(f"/exports/requests/{run.pk}/decline", {"reason": ""}).status_code == 422
    assert chief.post(f"/exports/requests/{run.pk}/permit").status_code == 302
    assert ExportRun.objects.get().state == "queued"
