"""The forms of a file raise their duties in the same transaction; past ones as caught up or not at all, as chosen."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.command import run_import_file
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.models import FileForm
from tests.rulebooks.callbacks import CALLBACKS

from .files import csv_bytes, row

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01", "CAR-02")]
BOUGHT = {"是否购买": "是", "购买产品": "鱼油"}


@pytest.fixture
def rulebook_21(actor: Callable[[str], Actor]) -> None:
    draft = save_draft(CALLBACKS, actor=actor("gm"))
    approve_version(draft.pk, actor=actor("gm"), effective_on=date(2026, 10, 1))


@pytest.fixture
def imported(rulebook_21: None, actor: Callable[[str], Actor], tmp_path: Path) -> Callable[..., None]:
    def bring(past: str, *rows: list[str]) -> None:
        path = tmp_path / "x.csv"
        path.write_bytes(csv_bytes(*rows))
        result = run_import_file(path, "file-forms", actor=actor("manager"), choices={"past": past})
        assert result["state"] == "done", result

    return bring


def due_days() -> list[tuple[date, bool]]:
    form = FileForm.objects.get()
    duties = Duty.objects.filter(subject_kind="fileform", subject_id=form.pk, assignee=form.representative)
    return sorted((duty.due_on, duty.is_caught_up) for duty in duties)


def test_past_steps_come_as_caught_up(imported: Callable[..., None]) -> None:
    imported("fold", row(建档日期="2026-11-02", **BOUGHT))
    assert due_days()[0] == (date(2026, 11, 5), True)
    assert all(not is_caught_up for _due, is_caught_up in due_days()[1:])


def test_past_steps_stay_away_when_they_are_not_wanted(imported: Callable[..., None]) -> None:
    imported("skip", row(建档日期="2026-11-02", **BOUGHT))
    assert all(due >= date(2026, 11, 16) for due, _is_caught_up in due_days())


def test_a_form_of_today_has_its_duties_before_it(imported: Callable[..., None]) -> None:
    imported("fold", row(建档日期="2026-11-16", **BOUGHT))
    assert due_days()[0] == (date(2026, 11, 19), False)


def test_another_event_has_a_series_of_its_own(imported: Callable[..., None]) -> None:
    imported("fold", row(建档日期="2026-11-16", **BOUGHT), row(建档日期="2026-11-16", 活动名称="答谢晚宴", **BOUGHT))
    forms = set(FileForm.objects.values_list("id", flat=True))
    assert len(forms) == 2
    assert set(Duty.objects.filter(subject_kind="fileform").values_list("subject_id", flat=True)) == forms
