"""What was left out of a workbook is told where the columns are chosen and again beside the result."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.base.records.imports.models import ImportRun
from guanxi.base.records.imports.running import carry_out

from .books import book, row, sheet, text, texts
from .files import HEADER
from .files import row as form

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
MERGED = '<mergeCells><mergeCell ref="K3:K4"/></mergeCells>'
BOOK = book(
    sheet(
        texts("某公司顾客档案表"),
        texts(*HEADER),
        texts(*form(活动名称="健康讲座")),
        row(*map(text, form(姓名="王霞", 活动名称="")), attributes='hidden="1"'),
        texts("合计", "2"),
        texts("制表人：邱远"),
        after=MERGED,
    )
)


def test_both_pages_tell_what_was_left_out(browse: Callable[[str], Client]) -> None:
    client = browse("manager")
    file = SimpleUploadedFile("名单.xlsx", BOOK)
    address = client.post("/imports", {"kind": "file-forms", "file": file})["Location"]
    page = client.get(address).content.decode()
    told = [
        "表头上方的内容已跳过：某公司顾客档案表。",
        "合计、签字等行未计入：第 5 行（合计 · 2）、第 6 行（制表人：邱远）。",
        "合并的单元格：其内容已填入所含各行。共填入单元格：1。",
        "隐藏的行也会读取。隐藏行数：1。",
    ]
    assert [sentence for sentence in told if sentence not in page] == []
    assert not re.search(r"GB18030|Big5", page)
    run = ImportRun.objects.get()
    client.post(f"{address}/columns", {f"map-{key}": str(place) for key, place in run.mapping.items()})
    client.post(f"{address}/start", {})
    run = carry_out(run.pk)
    assert (run.state, run.counts["rows"], run.counts["refused"]) == ("done", 2, 0)
    page = client.get(address).content.decode()
    assert [sentence for sentence in told if sentence not in page] == []
