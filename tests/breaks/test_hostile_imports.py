"""Files made to keep a process busy."""

from __future__ import annotations

import io
import time

import pytest

from guanxi.base.records.imports.confined import text
from guanxi.base.records.imports.confined.encodings import UTF8
from guanxi.base.records.imports.confined.limits import Unfit

pytestmark = [pytest.mark.req("DAT-01")]
HEADER = "姓名,手机,建档日期,活动名称\r\n".encode()


def test_nothing_but_line_ends_is_refused_at_once() -> None:
    begun = time.perf_counter()
    with pytest.raises(Unfit) as unfit:
        text.find_header(io.BytesIO(b"\r\n" * 3_000_000), UTF8, {"姓名"})
    assert unfit.value.key == "empty"
    assert time.perf_counter() - begun < 2


def test_blank_rows_without_end_are_not_counted_to_the_end() -> None:
    file = io.BytesIO(HEADER + b"\r\n" * 5000 + b"x,13800000001,2026-11-01,x\r\n")
    with pytest.raises(Unfit) as unfit:
        list(text.rows_of(text.open_text(file, UTF8), ",", most=1000))
    assert unfit.value.key == "rows"
