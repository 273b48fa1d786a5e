"""A whole import is undone: what it made goes, what it changed comes back, what somebody worked on since stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob as Job

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, Refused
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.models import ImportChange, ImportMark, ImportRun
from guanxi.base.records.imports.undoing import carry_out_undo, preview, undo_import
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.customers.actions import change_customer
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.models import FileForm
from tests.rulebooks.callbacks import CALLBACKS

from .files import csv_bytes, row

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
HEADER = ["姓名", "手机", "公司", "状态"]
BOUGHT = {"是否购买": "是", "购买产品": "鱼油"}
Bring = Callable[..., int]
Undone = Callable[[int], dict[str, Any]]


@pytest.fixture
def bring(actor: Callable[[str], Actor], tmp_path: Path) -> Bring:
    """The id of the run."""

    def run(*rows: list[str], kind: str = "customers", header: list[str] | None = HEADER, **choices: str) -> int:
        path = tmp_path / "x.csv"
        path.write_bytes(csv_bytes(*rows, header=header))
        result = run_import_file(path, kind, actor=actor("manager"), choices=choices)
        assert result["state"] == "done", result
        return int(result["run"])

    return run


@pytest.fixture
def undone(actor: Callable[[str], Actor]) -> Undone:
    """The figures of the undoing, which are those that were shown before."""

    def undo(run_id: int) -> dict[str, Any]:
        shown = preview(ImportRun.objects.get(id=run_id)).as_counts()
        undo_import(run_id, actor=actor("manager"), wait=True)
        run = carry_out_undo(run_id)
        assert run.state == "undone", run.undo
        assert run.undo["counts"] == shown
        return dict(shown)

    return undo


def test_what_came_in_goes_again(bring: Bring, undone: Undone) -> None:
    run_id = bring(["崔强", "13894821993", "长虹", ""], ["王霞", "13894821994", "", ""])
    assert undone(run_id) == {"removed": 2, "stayed": 0, "restored": 0, "not_restored": 0}
    assert not Customer.objects.kept().exists()
    assert not ImportMark.objects.exists()
    entry = Entry.objects.get(name="records:import:undone")
    assert (entry.changes["count"], entry.item_set.count()) == (2, 2)
    assert bring(["崔强", "13894821993", "长虹", ""]) != run_id
    assert Customer.objects.kept().count() == 1


def test_what_was_changed_gets_its_values_back(
    bring: Bring, undone: Undone, customer_of: Callable[..., Customer]
) -> None:
    known = customer_of("rep", phone="13894821993", company_name="长虹")
    words = Customer.objects.get(id=known.pk).search
    run_id = bring(["崔强", "13894821993", "海信", "流失"], found="overwrite")
    assert undone(run_id) == {"removed": 0, "stayed": 0, "restored": 1, "not_restored": 0}
    known.refresh_from_db()
    assert (known.company_name, known.status, known.version) == ("长虹", "potential", 3)
    assert known.search == words
    assert list(known.validity.filter(field="status", to_at=None).values_list("value", flat=True)) == ["potential"]
    assert not ImportChange.objects.exists()


def test_what_somebody_worked_on_since_stays_and_is_named(
    bring: Bring,
    undone: Undone,
    actor: Callable[[str], Actor],
    customer_of: Callable[..., Customer],
) -> None:
    known = customer_of("rep", name="旧", phone="13894821990")
    run_id = bring(
        ["旧", "13894821990", "海信", ""], ["崔强", "13894821993", "", ""], ["王霞", "13894821994", "", ""],
        ["单田", "13894821995", "", ""], found="overwrite",
    )  # fmt: skip
    changed, called = Customer.objects.get(name="崔强"), Customer.objects.get(name="王霞")
    change_customer(changed.pk, {"remark": "x"}, version=1, actor=actor("manager"))
    change_customer(known.pk, {"remark": "x"}, version=2, actor=actor("manager"))
    log_activity(
        called.pk,
        NewActivity(kind="call", result="reached", note="问候了近况", happened_at=clock.now()),
        actor=actor("manager"),
    )
    assert undone(run_id) == {"removed": 1, "stayed": 2, "restored": 0, "not_restored": 1}
    assert set(Customer.objects.kept().values_list("name", flat=True)) == {"旧", "崔强", "王霞"}
    staying = {(record_id, why) for _kind, record_id, why in ImportRun.objects.get(id=run_id).undo["staying"]}
    assert staying == {(changed.pk, "changed"), (known.pk, "changed"), (called.pk, "activities")}


def test_duties_are_withdrawn_because_the_import_was_undone(
    bring: Bring, undone: Undone, actor: Callable[[str], Actor]
) -> None:
    draft = save_draft(CALLBACKS, actor=actor("gm"))
    approve_version(draft.pk, actor=actor("gm"), effective_on=date(2026, 10, 1))
    run_id = bring(row(建档日期="2026-11-16", **BOUGHT), kind="file-forms", header=None)
    assert ImportRun.objects.get(id=run_id).counts["duties_raised"] == Duty.objects.count() > 0
    assert undone(run_id)["removed"] == 2
    assert not FileForm.objects.kept().exists()
    assert not Customer.objects.kept().exists()
    assert set(Duty.objects.values_list("state", "withdrawn_why")) == {("withdrawn", "undone")}


def test_a_customer_with_a_form_of_another_import_stays(bring: Bring, undone: Undone) -> None:
    first = bring(row(), kind="file-forms", header=None)
    bring(row(活动名称="答谢晚宴"), kind="file-forms", header=None)
    assert undone(first) == {"removed": 1, "stayed": 1, "restored": 0, "not_restored": 0}
    assert Customer.objects.kept().count() == 1
    assert FileForm.objects.kept().get().event_name == "答谢晚宴"


def test_after_thirty_days_it_is_too_late(bring: Bring, actor: Callable[[str], Actor]) -> None:
    run_id = bring(["崔强", "13894821993", "长虹", ""])
    clock.advance(days=31)
    with pytest.raises(Refused, match="undo_too_late"):
        undo_import(run_id, actor=actor("manager"), wait=True)


def test_nobody_undoes_the_import_of_another(bring: Bring, actor: Callable[[str], Actor]) -> None:
    run_id = bring(["崔强", "13894821993", "长虹", ""])
    with pytest.raises(Missing):
        undo_import(run_id, actor=actor("hangzhou"), wait=True)


def test_undoing_twice_is_undoing_once(bring: Bring, undone: Undone, actor: Callable[[str], Actor]) -> None:
    run_id = bring(["崔强", "13894821993", "长虹", ""])
    undone(run_id)
    undo_import(run_id, actor=actor("manager"), wait=True)
    carry_out_undo(run_id)
    assert Entry.objects.filter(name="records:import:undone").count() == 1


def test_the_press_that_undoes_sent_twice_undoes_once(bring: Bring, browse: Callable[[str], Client]) -> None:
    run_id, manager = bring(["崔强", "13894821993", "长虹", ""]), browse("manager")
    answers = [manager.post(f"/imports/{run_id}/undo", {"op_key": "once"}) for _time in (1, 2)]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, f"/imports/{run_id}")] * 2
    assert Job.objects.filter(task_name="records:run_undo").count() == 1
