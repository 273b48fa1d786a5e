"""An import happens whole or not at all, and once, whatever dies in between; and the work per row stays in SQL."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed, Refused
from guanxi.base.org.models import Grant
from guanxi.base.records.imports import running, staging
from guanxi.base.records.imports.actions import choose_columns, start_import, stop_import, upload_file
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.kinds import KINDS, Batch, Outcome
from guanxi.base.records.imports.models import ImportRow, ImportRun
from guanxi.base.records.imports.running import carry_out
from guanxi.core.customers.models import Customer, Validity
from guanxi.domain.archive.models import FileForm

from .files import csv_bytes, messy_rows, row

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours catches it."""


@pytest.fixture
def manager(actor: Callable[[str], Actor]) -> Actor:
    return actor("manager")


@pytest.fixture
def queued(manager: Actor, tmp_path: Path) -> ImportRun:
    path = tmp_path / "forms.csv"
    path.write_bytes(csv_bytes(*messy_rows(300)))
    with path.open("rb") as file:
        run = upload_file(file, name=path.name, size=1, kind=KINDS.get("file-forms"), actor=manager)
    run = choose_columns(run.pk, run.mapping, actor=manager)
    return start_import(run.pk, answers={}, choices={}, actor=manager, wait=True)


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """`dying(error)`: the next run writes everything and then ends in `error`."""

    def make(error: BaseException) -> None:
        kind = KINDS.get("file-forms")

        def apply(batch: Batch) -> Outcome:
            kind.apply(batch)
            monkeypatch.setitem(KINDS._entries, kind.key, kind)
            raise error

        monkeypatch.setitem(KINDS._entries, kind.key, replace(kind, apply=apply))

    return make


def counted() -> tuple[int, ...]:
    models: list[Any] = [Customer, FileForm, Validity, ImportRow, EventRow]
    return tuple(model.objects.count() for model in models)


def test_a_worker_that_dies_leaves_nothing_and_the_next_one_does_all(
    queued: ImportRun, dying: Callable[[BaseException], None]
) -> None:
    before = counted()
    dying(Killed())
    with pytest.raises(Killed):
        carry_out(queued.pk)
    assert counted() == before
    run = carry_out(queued.pk)
    assert run.state == "done"
    assert Customer.objects.count() == run.counts["people"]
    assert FileForm.objects.count() == run.counts["forms"]
    assert Entry.objects.filter(name="records:import:finished").count() == 1


def test_running_a_finished_import_again_changes_nothing(queued: ImportRun) -> None:
    first = carry_out(queued.pk)
    before = counted()
    again = carry_out(queued.pk)
    assert (again.counts, counted()) == (first.counts, before)


def test_an_error_of_ours_ends_the_run_with_a_word_and_takes_nothing_in(
    queued: ImportRun, dying: Callable[[BaseException], None]
) -> None:
    dying(ZeroDivisionError("13894821993"))
    with pytest.raises(ZeroDivisionError):
        carry_out(queued.pk)
    run = ImportRun.objects.get(id=queued.pk)
    assert run.state == "failed"
    assert "13894821993" not in str(run.problem)
    assert not Customer.objects.exists()


def test_a_refusal_ends_the_run_with_its_sentence(queued: ImportRun, dying: Callable[[BaseException], None]) -> None:
    dying(Refused("No more customers today."))
    assert carry_out(queued.pk).problem["text"] == "No more customers today."
    assert not FileForm.objects.exists()


def test_stopping_while_it_runs_takes_everything_back(
    queued: ImportRun, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(progress: running.Progress, done: int, stage: str, *, at_once: bool = False) -> None:
        if stage == "writing":
            stop_import(queued.pk, actor=manager)
            raise running.CancelAsked()

    monkeypatch.setattr(running.Progress, "tell", tell)
    assert carry_out(queued.pk).state == "cancelled"
    assert not Customer.objects.exists()
    assert not ImportRow.objects.exists()


def test_two_workers_on_one_run_do_it_once(queued: ImportRun) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [running.ONE_WORKER, queued.pk])
        assert carry_out(queued.pk).state == "running"
        assert not Customer.objects.exists()
    finally:
        other.close()
    assert carry_out(queued.pk).state == "done"


def test_whoever_lost_the_right_meanwhile_does_not_import(queued: ImportRun) -> None:
    Grant.objects.filter(verb="import").delete()
    assert carry_out(queued.pk).state == "failed"
    assert not Customer.objects.exists()


def test_who_may_not_import_cannot_do_it_by_command(actor: Callable[[str], Actor], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(csv_bytes(row()))
    with pytest.raises(NotAllowed):
        run_import_file(path, "file-forms", actor=actor("rep"))


def test_more_rows_need_no_more_statements(manager: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def statements(count: int, seed: int) -> int:
        path = tmp_path / f"{count}.csv"
        path.write_bytes(csv_bytes(*messy_rows(count, seed=seed)))
        with CaptureQueriesContext(connection) as queries:
            assert run_import_file(path, "file-forms", actor=manager)["state"] == "done"
        return len(queries)

    monkeypatch.setattr(staging, "BATCH", 10_000)
    few = statements(50, seed=1)
    assert statements(2000, seed=2) <= few


def test_rows_that_came_in_before_bring_nothing_after_their_records_were_corrected(
    manager: Actor, tmp_path: Path
) -> None:
    path = tmp_path / "forms.csv"
    path.write_bytes(csv_bytes(*messy_rows(20)))
    first = run_import_file(path, "file-forms", actor=manager)["counts"]
    person, form = Customer.objects.order_by("id").first(), FileForm.objects.order_by("id").last()
    assert person is not None
    assert form is not None
    Customer.objects.filter(id=person.pk).update(name="改名后")
    FileForm.objects.filter(id=form.pk).update(event_name="改名后的活动")
    again = run_import_file(path, "file-forms", actor=manager)["counts"]
    assert first["people_new"] > 0
    assert (again["people_new"], again["forms_new"]) == (0, 0)
    assert again["known"] == first["rows"] - first["refused"]
