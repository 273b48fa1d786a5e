"""Workbooks as people keep them: titles, totals, merges, dates, hidden rows, and what a spreadsheet did to figures."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font
from python_calamine import load_workbook

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.confined.figures import Figures, kind_of_code
from guanxi.base.records.imports.confined.layout import is_total
from guanxi.base.records.imports.models import ImportPart, ImportRow, ImportRun
from guanxi.base.records.imports.tables import tables_of
from guanxi.core.customers.models import Customer

from .books import book, figure, row, sheet, text, texts
from .files import HEADER
from .files import row as form
from .seen import Seen, read, read_here

pytestmark = [pytest.mark.req("DAT-01")]
TITLED = Path(__file__).parent.parent / "data" / "huixiao-titled.xlsx"
HEAD = texts("姓名", "手机", "备注")


def one(cell: str) -> tuple[str, str]:
    """The text of the cell and what is wrong with it."""
    seen = read_here(book(sheet(HEAD, row(text("崔强"), cell))))
    _number, cells, damage = seen.rows[0][-1]
    return cells[1], damage.get("1", "")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (figure("13800138000"), "13800138000"),
        (figure("1.3800138E10"), "13800138000"),
        (figure("13800138000.0"), "13800138000"),
        (figure("3980"), "3980"),
        (figure("0.30000000000000004"), "0.3"),
        (figure("1980.5"), "1980.5"),
        (figure("-12.50"), "-12.5"),
        (figure("1E-7"), "0.0000001"),
        (figure("999999999999999"), "999999999999999"),
        (figure("45250"), "45250"),
        (figure("45250", 1), "2023-11-20"),
        (figure("45250", 5), "2023-11-20"),
        (figure("45250.5", 2), "2023-11-20 12:00:00"),
        (figure("45250.999999", 2), "2023-11-21"),
        (figure("0.5", 3), "12:00:00"),
        (figure("1.5", 6), "36:00:00"),
        (figure("59", 1), "1900-02-28"),
        (figure("61", 1), "1900-03-01"),
        (figure("10080", 4), "010080"),
        (figure("0.15", 7), "15%"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="d"><v>2026-11-02T00:00:00</v></c>', "2026-11-02"),
        ('<c t="str"><f>A1</f><v>王霞</v></c>', "王霞"),
        ("<c><f>1+1</f><v>2</v></c>", "2"),
        ('<c t="inlineStr"><is><r><t>王</t></r><r><rPr><b/></rPr><t>霞</t></r><rPh><t>x</t></rPh></is></c>', "王霞"),
        (text("a_x000D_b"), "a\rb"),
        (text(" \u3000王霞\u00a0"), " \u3000王霞\u00a0"),
        (text("138\n139"), "138\n139"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_its_owner_saw_it(cell: str, shown: str) -> None:
    assert one(cell) == (shown, "")


@pytest.mark.req("DAT-01")
@pytest.mark.parametrize(
    ("cell", "damage"),
    [
        (figure("110101199003070000"), "cell_digits"),
        (figure("1.1010119900307E+17"), "cell_digits"),
        (figure("6.22202E+18"), "cell_digits"),
        ('<c t="e"><v>#N/A</v></c>', "cell_error"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "cell_error"),
        ("<c><f>A1</f></c>", "cell_formula"),
        ("<c><f>A1</f><v></v></c>", "cell_formula"),
        (figure("60", 1), "cell_day"),
        (figure("0", 1), "cell_day"),
        (figure("-5", 1), "cell_day"),
        (figure("99999999", 1), "cell_day"),
        (figure("abc"), "cell_lost"),
        (figure("1e999"), "cell_lost"),
        ('<c t="s"><v>7</v></c>', "cell_lost"),
        ('<c t="s"><v>-1</v></c>', "cell_lost"),
        (text("长" * 40_000), "cell_long"),
    ],
)
def test_a_cell_that_lost_its_value_is_marked(cell: str, damage: str) -> None:
    assert one(cell)[1] == damage


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""), ("0.00E+00", ""), ("#,##0.00", ""), ('"第"0"天"', ""), ("@", ""), ("0", ""),
        ("yyyy-mm-dd", "date"), ("m/d/yy", "date"), ("[$-804]yyyy年m月d日", "date"), ("mmm-yy", "date"),
        ("[DBNum1][$-804]yyyy年m月d日;@", "date"), ("yyyy/m/d h:mm", "date"), ("h:mm AM/PM", "time"),
        ("mm:ss.0", "time"),
        ("[h]:mm", "duration"), ("[mm]:ss", "duration"), ("0%", "percent"), ("0.00%", "percent"), ("000000", "zeros:6"),
        ("[Red]0.00", ""), ("¥#,##0", ""), ('_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ', ""),
    ],
)  # fmt: skip
def test_a_format_says_what_a_figure_means(code: str, kind: str) -> None:
    assert kind_of_code(code) == kind


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    seen = read_here(book(sheet(HEAD, row(text("崔强"), figure("0", 1))), settings='<workbookPr date1904="1"/>'))
    assert seen.cells == [["崔强", "1904-01-01"]]
    assert seen.notes == ["since_1904"]


def test_every_day_of_two_centuries_is_the_day_a_spreadsheet_shows() -> None:
    figures = Figures()
    for serial in range(61, 73_051, 7):
        shown, damage = figures.read(str(serial), "date")
        assert (date.fromisoformat(shown) - date(1899, 12, 30)).days == serial
        assert not damage


def test_titles_above_and_totals_below_are_left_out_and_told() -> None:
    seen = read_here(
        book(
            sheet(
                texts("某公司客户表"), texts("2026年11月"), "<row/>", HEAD, texts("崔强", "13894821993"),
                texts("小计", "1"), texts("合计姓", "13894821994", "不是合计"), "<row/>",
                row(text(""), text("合　计："), figure("2")), texts("制表人：邱远", "", "审核：黄娜"),
                texts("合计（元）"),
            )
        )
    )  # fmt: skip
    assert seen.headers[0]["row"] == 4
    assert seen.cells == [["崔强", "13894821993"], ["合计姓", "13894821994", "不是合计"]]
    assert seen.ends[0]["above"] == ["某公司客户表", "2026年11月"]
    assert [(left["row"], left["text"].split(" ")[0]) for left in seen.ends[0]["left_out"]] == [
        (6, "小计"), (9, "合　计："), (10, "制表人：邱远"), (11, "合计（元）")
    ]  # fmt: skip


def test_somebody_whose_row_is_full_is_no_total() -> None:
    full = form(姓名="合计", 性别="女", 家庭住址="a", 健康状况="b", 备注="c", 出生日期="1950-01-01")
    seen = read_here(book(sheet(texts(*HEADER), texts(*full))))
    assert len(seen.cells) == 1


@pytest.mark.parametrize(
    ("cells", "is_left_out"),
    [
        (["合计", "800"], True),
        (["总计：800"], True),
        (["备注", "文本"], False),
        (["备注：以上为秋季名单"], True),
        (["说明", "x", "y"], False),
        (["小计一", "5"], True),
        (["小计划", "13894821993"], False),
        (["审核", "", "", "", "", "王霞"], True),
        (["注册护士", "5"], False),
        (["Total", "5"], True),
        (["Tom", "5"], False),
    ],
)
def test_only_what_sums_or_signs_is_left_out(cells: list[str], is_left_out: bool) -> None:
    assert is_total(cells, max(2, len(cells) // 2 * 2)) is is_left_out


def test_a_merge_downwards_stands_in_each_of_its_rows() -> None:
    merges = '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A3:A5"/><mergeCell ref="C3:C4"/></mergeCells>'
    seen = read_here(
        book(
            sheet(texts("标题"), HEAD, texts("崔强", "1", "x"), texts("", "2"), texts("", "3"), "<row/>", after=merges)
        )
    )
    assert seen.cells == [["崔强", "1", "x"], ["崔强", "2", "x"], ["崔强", "3"]]
    assert seen.ends[0]["merged"] == 3


def test_a_header_of_two_merged_rows_is_one_header() -> None:
    merges = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>'
    seen = read_here(
        book(sheet(texts("姓名", "联系"), texts("", "手机", "备注"), texts("崔强", "1", "x"), after=merges))
    )
    assert seen.headers[0]["names"] == ["姓名", "手机", "备注"]


def test_hidden_rows_are_read_and_counted() -> None:
    seen = read_here(book(sheet(HEAD, row(text("崔强"), attributes='hidden="1"'), texts("王霞"))))
    assert (len(seen.cells), seen.ends[0]["hidden_rows"]) == (2, 1)


def test_every_sheet_is_a_table_and_empty_ones_are_none() -> None:
    seen = read_here(
        book(
            sheet(), sheet(texts("说明")), sheet(HEAD, texts("崔强")), sheet(texts("选项"), texts("是")),
            names=["空", "说明", "客户", "选项"], states=["visible", "visible", "visible", "veryHidden"],
        )
    )  # fmt: skip
    assert [(index, end["name"], end["rows"], end["is_hidden"]) for index, end in seen.ends.items()] == [
        (1, "说明", 0, False), (2, "客户", 1, False), (3, "选项", 1, True)
    ]  # fmt: skip


def test_rows_keep_the_number_a_spreadsheet_shows() -> None:
    seen = read_here(book(sheet(row(text("姓名"), attributes='r="3"'), row(text("崔强"), attributes='r="700"'))))
    assert [number for number, _cells, _damage in seen.rows[0]] == [3, 700]


def test_shared_strings_and_prefixed_elements_are_read() -> None:
    pieces = "<x:si><x:r><x:t>崔</x:t></x:r><x:r><x:t>强</x:t></x:r></x:si>"
    strings = f'<x:sst xmlns:x="s"><x:si><x:t>姓名</x:t></x:si>{pieces}</x:sst>'
    rows = "".join(f'<x:row r="{n}"><x:c r="A{n}" t="s"><x:v>{n - 1}</x:v></x:c></x:row>' for n in (1, 2))
    prefixed = f'<x:worksheet xmlns:x="s"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    assert read_here(book(prefixed, strings=strings)).cells == [["崔强"]]


def by_openpyxl() -> bytes:
    workbook, file = openpyxl.Workbook(), io.BytesIO()
    page: Any = workbook.active
    page.append(["姓名", "手机", "备注"])
    page.append(["崔强", 13800138000, date(2026, 11, 2)])
    page.append(["王霞", "013800138000", time(9, 30)])
    page.append(["李敏", 1.5, "=1+1"])
    page["A2"].font = Font(bold=True)
    workbook.save(file)
    return file.getvalue()


def by_xlsxwriter() -> bytes:
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "yyyy/m/d"})
    page = workbook.add_worksheet("客户")
    page.write_row(0, 0, ["姓名", "手机", "备注"])
    page.write_row(1, 0, ["崔强", 13800138000])
    page.write_datetime(1, 2, date(2026, 11, 2))
    page.write_rich_string(2, 0, "王", workbook.add_format({"bold": True}), "霞")
    page.write_row(2, 1, ["013800138000"])
    page.write_formula(3, 1, "=1+1")
    workbook.close()
    return file.getvalue()


def test_workbooks_of_other_programs_are_read() -> None:
    seen = read_here(by_openpyxl())
    assert seen.cells[:2] == [["崔强", "13800138000", "2026-11-02"], ["王霞", "013800138000", "09:30:00"]]
    assert seen.damage[-1] == {"2": "cell_formula"}
    written = read_here(by_xlsxwriter())
    assert written.cells[:2] == [["崔强", "13800138000", "2026-11-02"], ["王霞", "013800138000"]]
    # XlsxWriter stores a nought for every formula and asks the spreadsheet to calculate.
    assert written.damage[-1] == {"1": "cell_formula"}


def test_another_reader_finds_the_same_cells() -> None:
    theirs = load_workbook(TITLED).get_sheet_by_index(0).to_python()
    ours: Seen = read(TITLED.read_bytes())
    by_number = {number: cells for number, cells, _damage in ours.rows[0]}
    for number, cells in by_number.items():
        assert cells == [str(cell) for cell in theirs[number - 1]][: len(cells)]
    assert len(by_number) == 802


@pytest.mark.django_db
def test_damaged_cells_refuse_their_row_and_no_other(actor: Callable[[str], Actor], tmp_path: Path) -> None:
    good = [text(cell) for cell in form()]
    rows = [
        [*good[:4], figure("13894821993"), *good[5:]],
        [text("王霞"), *good[1:4], figure("1.38948219930001E+17"), *good[5:]],
        [text("李敏"), *good[1:12], figure("46328"), good[13]],
        [text("赵丽"), *good[1:12], figure("46328", 1), good[13]],
        [text("孙洋"), *good[1:10], "<c><f>B1</f></c>", *good[11:]],
    ]
    path = tmp_path / "forms.xlsx"
    path.write_bytes(book(sheet(texts("标题"), texts(*HEADER), *(row(*cells) for cells in rows), texts("合计", "5"))))
    counts = run_import_file(path, "file-forms", actor=actor("manager"))["counts"]
    assert (counts["rows"], counts["refused"], counts["people_new"]) == (5, 3, 2)
    refused = {row.line: row.reasons[0]["code"] for row in ImportRow.objects.all()}
    assert refused == {4: "cell_digits", 5: "date_serial", 7: "cell_formula"}
    assert set(Customer.objects.values_list("name", "phone")) == {("崔强", "13894821993"), ("赵丽", "13894821993")}
    run = ImportRun.objects.get()
    assert [table.left_out_count for table in tables_of(run)] == [1]
    assert not ImportPart.objects.exists()
