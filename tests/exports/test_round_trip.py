"""What goes out as a file for people and comes in again is what it was, letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.cells import writable
from guanxi.base.records.imports.command import run_import_file
from guanxi.core.customers.models import Customer

from .conftest import Exported, content
from .test_cells import PAYLOADS

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-02", "DAT-01")]
# What forms and imports store: without blanks at the ends, breaks or what is not seen.
STORED = sorted({p for p in PAYLOADS if p == p.strip() == writable(p) and p.isprintable()} | {"䶮㐀𠮷", "O'Brien"})


def test_there_are_many_texts() -> None:
    assert len(STORED) >= 40


@pytest.mark.parametrize(("format", "encoding"), [("csv", "utf-8"), ("csv", "gb18030"), ("xlsx", "utf-8")])
def test_texts_come_back_as_they_were(
    exported: Exported,
    customer_of: Callable[..., Customer],
    actor: Callable[[str], Actor],
    tmp_path: Path,
    format: str,
    encoding: str,
) -> None:
    before = {customer_of("rep", need=text).pk: text for text in STORED}
    run = exported("manager", format=format, encoding=encoding, cols="name,phone,kind,need,owner")
    path = tmp_path / f"out.{format}"
    path.write_bytes(content(run))
    Customer.objects.update(need="")
    result: dict[str, Any] = run_import_file(path, "customers", actor=actor("manager"), choices={"found": "fill"})
    assert result["state"] == "done", result
    assert dict(Customer.objects.values_list("id", "need")) == before
