"""What is in the file: the list as seen, every cell with its type, masked as on the screen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.parts import PREFIX
from guanxi.base.records.exports.rows import Rows, selection_for
from guanxi.base.records.exports.running import carry_out
from guanxi.base.records.views.models import SavedView, Segment
from guanxi.core.customers.models import Customer
from guanxi.core.customers.screens.customer import CUSTOMERS

from .conftest import Exported, content, csv_rows, sheet_rows, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-02")]
CustomerOf = Callable[..., Customer]


def test_the_file_has_the_columns_and_rows_of_the_list(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强", status="active")
    customer_of("rep", name="王霞")
    run = exported("manager", cols="name,status,phone", status="active")
    assert sheet_rows(run) == [["姓名", "状态", "电话"], ["崔强", "合作中", Customer.objects.get(name="崔强").phone]]
    assert (run.rows, run.total) == (1, 1)


def test_rows_come_in_the_order_of_the_list(exported: Exported, customer_of: CustomerOf) -> None:
    for name in ("夏梅珍", "曾国强", "陈立"):
        customer_of("rep", name=name)
    names = [row[0] for row in sheet_rows(exported("manager", cols="name", sort="name"))[1:]]
    assert names == ["陈立", "夏梅珍", "曾国强"]


def test_days_are_days_and_text_is_text(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="0012", birth_on=date(1950, 3, 2))
    row = sheet_rows(exported("manager", cols="name,birth_on,created_at"))[1]
    assert row[0] == "0012"
    assert str(row[1]) == "1950-03-02 00:00:00"
    assert str(row[2]) == "2026-11-16 09:00:00"


def test_a_day_before_excels_first_is_written_as_text(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", birth_on=date(1899, 12, 31))
    assert sheet_rows(exported("manager", cols="name,birth_on"))[1][1] == "1899-12-31"


def test_what_is_masked_on_the_screen_is_masked_in_the_file(
    exported: Exported, customer_of: CustomerOf, without_reveal: None
) -> None:
    customer_of("rep", phone="13894821993", address="解放路一号", birth_on=date(1950, 3, 2))
    for kind in ("xlsx", "csv"):
        run = exported("manager", format=kind, cols="name,phone,address,birth_on")
        row = (sheet_rows if kind == "xlsx" else csv_rows)(run)[1]
        assert row[1:] == ["138****1993", "••••", "••••"]


def test_only_records_of_the_own_scope_appear(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强")
    customer_of("stranger", name="彭家客户")
    assert [row[0] for row in sheet_rows(exported("manager", cols="name"))[1:]] == ["崔强"]


def test_a_wide_right_to_export_shows_no_more_than_the_list(
    exported: Exported, customer_of: CustomerOf, wide_export: None
) -> None:
    customer_of("rep", name="崔强")
    customer_of("stranger", name="彭家客户")
    assert [row[0] for row in sheet_rows(exported("manager", cols="name"))[1:]] == ["崔强"]


def test_the_workbook_says_whose_it_is(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强", status="active")
    book = workbook(exported("manager", status="active"))
    sheet, about = book.worksheets
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("客户", "A2", "A1:H2")
    assert sheet["A1"].font.bold
    assert sheet.page_setup.paperSize == 9
    assert "林岚" in sheet.oddFooter.left.text
    assert "2026-11-16 09:00" in sheet.oddFooter.left.text
    assert "康和健康" in sheet.oddHeader.left.text
    facts = {row[0].value: row[1].value for row in about.iter_rows()}
    assert facts["导出人"] == "林岚"
    assert facts["用途"] == "月度回访安排"
    assert facts["状态"] == "合作中"
    assert facts["行数"] == "1"


def test_a_csv_file_for_people_opens_in_excel(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强")
    run = exported("manager", format="csv", cols="name")
    assert content(run).startswith(b"\xef\xbb\xbf")
    assert run.file_name == f"客户-林岚-20261116-0900-E{run.pk:08}.csv"
    run = exported("manager", format="csv", encoding="gb18030", cols="name")
    assert csv_rows(run) == [["姓名"], ["崔强"]]


def test_a_csv_file_for_machines_is_quoted_marked_and_exact(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强", status="active", need="=1+1")
    run = exported("gm", format="csv", audience="machines", cols="name,status,need,birth_is_lunar")
    assert content(run).decode() == '"name","status","need","birth_is_lunar"\r\n"崔强","active","=1+1","false"\r\n'
    assert run.file_name == f"客户-何远山-20261116-0900-E{run.pk:08}-machine.csv"


def test_rare_characters_survive(exported: Exported, customer_of: CustomerOf) -> None:
    customer_of("rep", name="䶮㐀𠮷")
    assert sheet_rows(exported("manager", cols="name"))[1] == ["䶮㐀𠮷"]
    for encoding in ("utf-8", "gb18030"):
        assert csv_rows(exported("manager", format="csv", encoding=encoding, cols="name"))[1] == ["䶮㐀𠮷"]


def test_the_number_of_queries_does_not_grow_with_rows_or_columns(
    actor: Callable[[str], Actor], customer_of: CustomerOf
) -> None:
    counts = []
    for more, cols in ((1, "name"), (40, "name,phone,status,owner,unit,address,created_at,gender")):
        for _number in range(more):
            customer_of("rep")
        asked, reader = Asked.of(CUSTOMERS, {"cols": cols}), actor("manager")
        with CaptureQueriesContext(connection) as queries:
            rows = [row for page in Rows(selection_for(CUSTOMERS, asked, reader), asked, reader) for row in page]
        counts.append(len(queries))
    assert len(rows) == 41
    assert counts[0] == counts[1]


def at() -> dict[str, Any]:
    return {"created_at": clock.now(), "updated_at": clock.now()}


def test_a_segment_is_exported(browse: Callable[[str], Client], customer_of: CustomerOf) -> None:
    customer_of("rep", name="崔强", status="active")
    customer_of("rep", name="王霞")
    segment = Segment.objects.create(kind="customer", name="合作中的", criteria="status = active", **at())
    client = browse("manager")
    assert f"/customers/export?where=segment%28{segment.pk}%29" in client.get("/segments").content.decode()
    answer = client.post(
        f"/customers/export?where=segment({segment.pk})&cols=name", {"format": "csv", "purpose": "回访"}
    )
    run = carry_out(int(answer["Location"].rsplit("/", 1)[1]))
    assert csv_rows(run) == [["姓名"], ["崔强"]]


def test_a_saved_view_is_exported_as_it_opens(
    browse: Callable[[str], Client], staff: Callable[[str], Staff], customer_of: CustomerOf
) -> None:
    customer_of("rep", name="崔强", status="active")
    customer_of("rep", name="王霞")
    words = {"status": "active", "cols": "name,gender"}
    view = SavedView.objects.create(kind="customer", name="合作中", words=words, owner=staff("manager"), **at())
    answer = browse("manager").post(f"/customers/export?view={view.pk}", {"format": "csv", "purpose": "回访"})
    run = carry_out(int(answer["Location"].rsplit("/", 1)[1]))
    assert csv_rows(run) == [["姓名", "性别"], ["崔强", ""]]


def test_a_view_that_is_gone_exports_nothing(browse: Callable[[str], Client], customer_of: CustomerOf) -> None:
    customer_of("rep")
    answer = browse("manager").post("/customers/export?view=987654", {"format": "csv", "purpose": "回访"})
    assert answer.status_code == 422
    assert not ExportRun.objects.exists()


def test_a_workplace_that_another_worker_removes_meanwhile_stops_no_file(
    exported: Exported, customer_of: CustomerOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed, and gone when it is looked at: two files made at once tidied each other's folders away."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / f"{PREFIX}gone").symlink_to(tmp_path / "nowhere")
    customer_of("rep", name="崔强")
    run = exported("manager", cols="name")
    assert (run.state, run.problem) == (ExportRun.DONE, {})
