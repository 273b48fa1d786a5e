"""Files made to keep a process busy."""

from __future__ import annotations

import io
import time

import pytest

from guanxi.base.records.imports import sheet
from guanxi.base.records.imports.decoding import UTF8, NotReadable

pytestmark = [pytest.mark.req("DAT-01")]
HEADER = "姓名,手机,建档日期,活动名称\r\n".encode()


def test_nothing_but_line_ends_is_refused_at_once() -> None:
    begun = time.perf_counter()
    with pytest.raises(NotReadable) as refused:
        sheet.find_header(io.BytesIO(b"\r\n" * 3_000_000), UTF8, {"姓名"})
    assert refused.value.code == "file_empty"
    assert time.perf_counter() - begun < 2


def test_blank_rows_without_end_are_not_counted_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet.rows_of, "__kwdefaults__", {"most": 1000})
    file = io.BytesIO(HEADER + b"\r\n" * 5000 + b"x,13800000001,2026-11-01,x\r\n")
    with pytest.raises(NotReadable) as refused:
        sheet.count_rows(file, UTF8, sheet.find_header(file, UTF8, {"姓名"}))
    assert refused.value.code == "file_rows"
