"""The sample of a company's real spreadsheet gives exactly the figures that a right reading finds (story step 2)."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.models import ImportRun
from guanxi.base.records.imports.tables import tables_of
from guanxi.core.customers.models import Customer, Validity
from guanxi.domain.archive.models import FileForm

DATA = Path(__file__).parent.parent / "data"
SAMPLE = DATA / "huixiao-gb18030.csv"
TITLED = DATA / "huixiao-titled.xlsx"
TRUTHS = json.loads((DATA / "truth.json").read_text())
TRUTH = TRUTHS[SAMPLE.name]
REPRESENTATIVES = ["赵春建", "邹桂", "邓菊春", "尹轩", "邱远", "黎静", "黄娜", "杜建", "彭海", "孙国静", "钟桐"]
TITLED_REPRESENTATIVES = [
    "任丽庆",
    "卢凤",
    "唐娜秀",
    "曹军",
    "曹华强",
    "江宇",
    "田桐",
    "董国兰",
    "贾华凤",
    "陶淑",
    "韦建",
    "高雨",
]


@pytest.fixture(autouse=True)
def saturday() -> Iterator[None]:
    with clock.standing_at(datetime(2026, 11, 21, 9, 0, tzinfo=clock.ZONE)):
        yield


@pytest.fixture
def answers(staff: Callable[[str], Staff]) -> dict[str, str]:
    """韦娜 and all who are not of the cast are given to 邱远 and 黄娜."""
    rep, colleague = str(staff("rep").id), str(staff("colleague").id)
    return dict.fromkeys(REPRESENTATIVES, rep) | {"韦娜": colleague}


@pytest.mark.django_db
@pytest.mark.req("DAT-01", "FIL-06")
def test_the_figures_agree_with_the_truth(actor: Callable[[str], Actor], answers: dict[str, str]) -> None:
    result = run_import_file(SAMPLE, "file-forms", actor=actor("manager"), answers=answers)
    assert result["state"] == "done"
    assert result["encoding"] == "gb18030"
    assert {key: result["counts"][key] for key in TRUTH} == TRUTH


@pytest.fixture
def titled_answers(staff: Callable[[str], Staff]) -> dict[str, str]:
    rep, colleague = str(staff("rep").id), str(staff("colleague").id)
    return {name: rep if number % 2 else colleague for number, name in enumerate(TITLED_REPRESENTATIVES)}


@pytest.mark.django_db
@pytest.mark.req("DAT-01", "FIL-06")
def test_a_workbook_with_a_title_and_a_total_agrees_with_the_truth(
    actor: Callable[[str], Actor], titled_answers: dict[str, str]
) -> None:
    result = run_import_file(TITLED, "file-forms", actor=actor("manager"), answers=titled_answers)
    assert result["state"] == "done"
    truth = TRUTHS[TITLED.name]
    assert {key: result["counts"][key] for key in truth} == truth


@pytest.mark.django_db
@pytest.mark.req("DAT-01")
def test_the_title_and_the_total_are_left_out_and_told(
    actor: Callable[[str], Actor], titled_answers: dict[str, str]
) -> None:
    result = run_import_file(TITLED, "file-forms", actor=actor("manager"), answers=titled_answers)
    (table,) = tables_of(ImportRun.objects.get(id=result["run"]))
    assert table.above == ["某健康公司顾客档案表（2026年秋）"]
    assert table.left_out == [{"row": 803, "text": "合计 · 800"}]
    assert (table.header_row, table.rows, table.left_out_count) == (2, 800, 1)


@pytest.mark.django_db
@pytest.mark.req("DAT-01")
def test_what_the_figures_say_is_in_the_database(actor: Callable[[str], Actor], answers: dict[str, str]) -> None:
    run_import_file(SAMPLE, "file-forms", actor=actor("manager"), answers=answers)
    assert Customer.objects.count() == TRUTH["people"]
    assert FileForm.objects.count() == TRUTH["forms"]
    assert FileForm.objects.filter(purchased=True).count() == TRUTH["buyer_forms"]
    assert Customer.objects.filter(file_forms__purchased=True).distinct().count() == TRUTH["buyers"]


@pytest.mark.django_db
@pytest.mark.req("DAT-01")
def test_importing_the_file_again_creates_nothing(actor: Callable[[str], Actor], answers: dict[str, str]) -> None:
    run_import_file(SAMPLE, "file-forms", actor=actor("manager"), answers=answers)
    before = _everything()
    again = run_import_file(SAMPLE, "file-forms", actor=actor("manager"), answers=answers)["counts"]
    assert (again["people_new"], again["forms_new"]) == (0, 0)
    assert (again["people_known"], again["forms_known"]) == (TRUTH["people"], TRUTH["forms"])
    assert _everything() == before


def _everything() -> tuple[Any, ...]:
    return (
        list(Customer.objects.order_by("id").values_list("id", "name", "owner_id", "version")),
        list(FileForm.objects.order_by("id").values_list("id", "customer_id", "version")),
        Validity.objects.count(),
    )
