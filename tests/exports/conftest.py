"""Exports carried out as the worker does, and their files read again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.parts import stream
from guanxi.base.records.exports.running import carry_out
from guanxi.base.records.types import RECORD_TYPES

Exported = Callable[..., ExportRun]


@pytest.fixture
def exported(actor: Callable[[str], Actor]) -> Exported:
    """`exported("manager", cols="name,phone", format="csv")`: a finished run."""

    def make(
        login: str,
        *,
        kind: str = "customer",
        format: str = "xlsx",
        audience: str = "people",
        encoding: str = "utf-8",
        **words: str,
    ) -> ExportRun:
        type_ = RECORD_TYPES.get(kind)
        wanted = Wanted(format=format, purpose="月度回访安排", audience=audience, encoding=encoding)
        run = ask_export(type_, Asked.of(type_, words), wanted, actor=actor(login))
        return carry_out(run.pk)

    return make


def content(run: ExportRun) -> bytes:
    assert run.state == "done", run.problem
    return b"".join(stream(run))


def workbook(run: ExportRun) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content(run)))


def sheet_rows(run: ExportRun) -> list[list[Any]]:
    """With the header."""
    return [[cell.value for cell in row] for row in workbook(run).worksheets[0].iter_rows()]


def values(run: ExportRun) -> list[list[Any]]:
    """As Excel reads them: openpyxl leaves the escapes of control characters as they are written."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content(run))).get_sheet_by_index(0).to_python()


def csv_rows(run: ExportRun) -> list[list[str]]:
    codec = "utf-8-sig" if run.encoding == "utf-8" else run.encoding
    return list(csv.reader(io.StringIO(content(run).decode(codec), newline="")))


@pytest.fixture
def without_reveal(db: None) -> None:
    Grant.objects.filter(verb="reveal").delete()


@pytest.fixture
def wide_export(db: None) -> None:
    Grant.objects.filter(role__key="sales-manager", verb="export").update(scope="all")
