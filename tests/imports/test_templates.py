"""Templates to fill in open in spreadsheets with drop-downs and text cells, and come back as they were filled in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.kinds import KINDS
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.models import FileForm

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
Browse = Callable[[str], Client]


def fetched(client: Client, kind: str, form: str = "xlsx") -> bytes:
    answer = client.get(f"/imports/template/{kind}.{form}")
    assert answer.status_code == 200
    assert f"{form}" in answer["Content-Disposition"]
    return answer.content


def test_the_workbook_has_drop_downs_text_cells_hints_and_instructions(browse: Browse) -> None:
    content = fetched(browse("manager"), "customers")
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    assert headers[:4] == ["编号", "类别", "姓名*", "电话*"]
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert '"个人,单位"' in lists.values() or any("," in str(rule) for rule in lists.values())
    assert sheet.column_dimensions["D"].number_format == "@" or sheet["D2"].number_format == "@"
    assert "手机号" in sheet["D1"].comment.text
    assert len(book.worksheets) >= 2
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[0] == headers


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_empty_template_comes_back_without_its_example(
    browse: Browse, actor: Callable[[str], Actor], tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"t.{form}"
    path.write_bytes(fetched(browse("manager"), "customers", form))
    if form == "csv":
        assert "【示例】" in path.read_text("utf-8-sig")
        path.write_text(path.read_text("utf-8-sig") + ",个人,崔强,013894821993,男\n", "utf-8-sig")
    else:
        book = openpyxl.load_workbook(path)
        for place, value in {2: "个人", 3: "崔强", 4: "13894821993", 5: "男"}.items():
            book.worksheets[0].cell(3, place, value)
        book.save(path)
    result = run_import_file(path, "customers", actor=actor("manager"))
    assert (result["counts"]["rows"], Customer.objects.filter(name="崔强").count()) == (1, 0 if form == "csv" else 1)


def test_kinds_declared_by_hand_have_templates_too(
    browse: Browse, actor: Callable[[str], Actor], tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(fetched(browse("manager"), "file-forms"))
    book = openpyxl.load_workbook(path)
    given = {"name": "崔强", "phone": "13894821993", "completed_on": "2026-11-02", "event_name": "讲座"}
    for place, column in enumerate(KINDS.get("file-forms").columns, 1):
        value = "邱远" if column.is_staff else given.get(column.key)
        book.worksheets[0].cell(3, place, value)
    book.save(path)
    assert run_import_file(path, "file-forms", actor=actor("manager"))["counts"]["forms_new"] == 1
    assert FileForm.objects.count() == 1


def test_who_may_not_import_gets_no_template(browse: Browse) -> None:
    assert browse("rep").get("/imports/template/customers.xlsx").status_code == 404
    assert browse("manager").get("/imports/template/customers.exe").status_code == 404
    assert browse("manager").get("/imports/template/nothing.xlsx").status_code == 404
