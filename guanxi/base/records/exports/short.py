"""A table short enough to be made while one waits: figures, statements. Lists of records are exported by a job."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from ..types import ListColumn
from .about import About
from .models import ExportRun
from .texts import TextFile
from .workbooks import WorkbookFile

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(
    name: str, form: str, columns: list[ListColumn], rows: Iterable[Sequence[Any]], about: About
) -> HttpResponse:
    """`form` is one of TYPES and becomes the ending of the name."""
    response = HttpResponse(_written(form, columns, rows, about), content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{form}") or "attachment"
    return response


def _written(form: str, columns: list[ListColumn], rows: Iterable[Sequence[Any]], about: About) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{form}"
        sheet: WorkbookFile | TextFile = (
            WorkbookFile(path, columns, about)
            if form == "xlsx"
            else TextFile(path, columns, encoding=ExportRun.UTF8, for_machines=False)
        )
        for row in rows:
            sheet.add(row)
        sheet.close()
        return path.read_bytes()
