"""Who gets a file: rights are asked when it is asked for, when it is made and each time it is fetched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.base.org.models import Account, Grant, Post
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export, forget_expired, stop_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportPart, ExportRun
from guanxi.base.records.exports.running import carry_out
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.edge.ops.jobs import clear_away

from .conftest import Exported

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-02", "SHR-06")]
Browse = Callable[[str], Client]
ActorOf = Callable[[str], Actor]
WANTED = Wanted(format="csv", purpose="核对名单")


@pytest.fixture
def run(exported: Exported, customer_of: Callable[..., Customer]) -> ExportRun:
    customer_of("rep", name="崔强")
    return exported("manager", format="csv", cols="name")


def fetch(client: Client, run: ExportRun) -> int:
    return client.get(f"/exports/{run.pk}/file").status_code


def test_the_asker_fetches_the_file_and_each_time_is_in_the_trail(run: ExportRun, browse: Browse) -> None:
    answer = browse("manager").get(f"/exports/{run.pk}/file")
    assert b"".join(answer.streaming_content).decode("utf-8-sig") == "姓名\r\n崔强\r\n"
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    entry = Entry.objects.filter(name="records:export:fetched").get()
    assert (entry.subject_id, entry.changes["count"]) == (run.pk, 1)


def test_the_finished_file_is_in_the_trail_with_rows_and_purpose(run: ExportRun) -> None:
    entry = Entry.objects.filter(name="records:export:finished").get()
    assert entry.changes["count"] == 1
    assert entry.changes["purpose"] == "月度回访安排"


def test_nobody_else_fetches_it(run: ExportRun, browse: Browse) -> None:
    assert [fetch(browse(login), run) for login in ("gm", "hangzhou", "rep", "admin")] == [404] * 4


def test_whoever_lost_the_right_to_export_does_not_fetch_it(run: ExportRun, browse: Browse) -> None:
    Grant.objects.filter(role__key="sales-manager", kind="customer", verb="export").delete()
    assert fetch(browse("manager"), run) == 403


def test_whoever_sees_less_than_then_does_not_fetch_it(run: ExportRun, browse: Browse) -> None:
    Grant.objects.filter(role__key="sales-manager", kind="customer", verb="reveal").update(scope="own")
    assert fetch(browse("manager"), run) == 403


def test_a_right_lost_before_the_job_runs_gives_no_file(
    actor: ActorOf, customer_of: Callable[..., Customer], browse: Browse
) -> None:
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    Post.objects.filter(staff_id=run.staff_id).update(ends_on=clock.today().replace(day=1))
    run = carry_out(run.pk)
    assert (run.state, run.problem["code"]) == ("failed", "not_allowed")
    assert not ExportPart.objects.exists()
    assert "您的角色" in browse("manager").get(f"/exports/{run.pk}").content.decode()


def test_a_closed_account_gets_no_file(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    Account.objects.filter(login="manager").update(is_active=False)
    assert carry_out(run.pk).state == "failed"


def test_the_purpose_must_be_said(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    with pytest.raises(Invalid) as refused:
        ask_export(CUSTOMERS, Asked(), Wanted(format="csv", purpose=" "), actor=actor("manager"))
    assert set(refused.value.errors) == {"purpose"}


def test_files_for_machines_are_for_who_exports_everything(
    actor: ActorOf, customer_of: Callable[..., Customer]
) -> None:
    customer_of("rep")
    wanted = Wanted(format="csv", purpose="接口核对", audience="machines")
    with pytest.raises(Invalid) as refused:
        ask_export(CUSTOMERS, Asked(), wanted, actor=actor("manager"))
    assert set(refused.value.errors) == {"audience"}
    assert ask_export(CUSTOMERS, Asked(), wanted, actor=actor("gm")).state == "queued"


def test_whoever_may_not_export_is_refused(actor: ActorOf, browse: Browse) -> None:
    with pytest.raises(NotAllowed):
        ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("rep"))
    assert browse("rep").get("/customers/export").status_code == 403


def test_a_job_run_twice_makes_one_file(run: ExportRun) -> None:
    before = ExportPart.objects.count()
    assert carry_out(run.pk).state == "done"
    assert ExportPart.objects.count() == before
    assert Entry.objects.filter(name="records:export:finished").count() == 1


def test_a_job_whose_worker_died_starts_again(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    ExportRun.objects.filter(id=run.pk).update(state="running", done=1)
    ExportPart.objects.create(run=run, position=0, content=b"half")
    run = carry_out(run.pk)
    assert (run.state, run.rows, ExportPart.objects.count()) == ("done", 1, 1)


def test_a_stopped_export_makes_no_file(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    assert stop_export(run.pk, actor=actor("manager")).state == "cancelled"
    assert carry_out(run.pk).state == "cancelled"
    assert not ExportPart.objects.exists()


def test_an_export_stopped_while_it_runs_leaves_nothing(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    ExportRun.objects.filter(id=run.pk).update(state="running", is_cancel_asked=True)
    assert carry_out(run.pk).state == "cancelled"


def test_a_file_goes_after_a_week(run: ExportRun, browse: Browse) -> None:
    clock.advance(days=7, seconds=1)
    assert fetch(browse("manager"), run) == 409
    clear_away(actor=Actor.system("upkeep"))
    assert not ExportPart.objects.exists()
    assert ExportRun.objects.get(id=run.pk).state == "expired"
    assert "已过期" in browse("manager").get(f"/exports/{run.pk}").content.decode()


def test_a_file_within_its_time_stays(run: ExportRun) -> None:
    clock.advance(days=6)
    assert forget_expired() == 0


def test_the_form_leads_to_the_file(browse: Browse, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep", name="崔强", status="active")
    client = browse("manager")
    page = client.get("/customers/export?status=active&cols=name").content.decode()
    assert "合作中" in page
    data = {"format": "xlsx", "purpose": "月度回访", "op_key": "k1"}
    first = client.post("/customers/export?status=active&cols=name", data)
    again = client.post("/customers/export?status=active&cols=name", data)
    assert (first.status_code, first["Location"]) == (302, again["Location"])
    run = ExportRun.objects.get()
    assert run.words == {"status": "active", "cols": "name"}
    carry_out(run.pk)
    assert "客户-林岚" in client.get(first["Location"]).content.decode()
    assert "月度回访" in client.get("/exports").content.decode()


def test_wrong_entries_are_said_on_the_form(browse: Browse, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    answer = browse("manager").post("/customers/export", {"format": "exe", "purpose": ""})
    assert answer.status_code == 422
    assert 'href="#f-purpose"' in answer.content.decode()
    assert 'href="#f-format"' in answer.content.decode()


def test_conditions_that_mean_nothing_are_said(browse: Browse, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    answer = browse("manager").post("/customers/export?where=nosuch+%3D+1", {"format": "csv", "purpose": "核对"})
    assert answer.status_code == 422
    assert "nosuch" in answer.content.decode()


def test_a_list_whose_conditions_died_meanwhile_says_so(actor: ActorOf, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep")
    run = ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
    ExportRun.objects.filter(id=run.pk).update(words={"where": "f99 = 1"})
    run = carry_out(run.pk)
    assert (run.state, run.problem["code"]) == ("failed", "list_outdated")


def test_more_rows_than_a_file_holds_are_refused(
    actor: ActorOf, customer_of: Callable[..., Customer], settings: object
) -> None:
    settings.EXPORT_MAX_ROWS = 1  # type: ignore[attr-defined]  # pytest-django's fixture
    customer_of("rep")
    customer_of("rep")
    with pytest.raises(Invalid):
        ask_export(CUSTOMERS, Asked(), WANTED, actor=actor("manager"))
