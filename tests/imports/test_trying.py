"""Trying an import does everything and leaves nothing, and tells exactly what the real one will."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.actions import choose_columns, start_import, upload_file
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.models import ImportMark, ImportRow, ImportRun
from guanxi.base.records.imports.running import carry_out
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.models import FileForm

from .files import csv_bytes, messy_rows

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
HEADER = ["姓名", "手机", "公司", "备注"]


@pytest.fixture
def brought(actor: Callable[[str], Actor], tmp_path: Path) -> Callable[..., ImportRun]:
    def bring(kind: str, *rows: list[str], header: list[str] | None = None) -> ImportRun:
        path = tmp_path / "x.csv"
        path.write_bytes(csv_bytes(*rows, header=header))
        with path.open("rb") as file:
            run = upload_file(file, name=path.name, size=1, kind=KINDS.get(kind), actor=actor("manager"))
        return choose_columns(run.pk, run.mapping, actor=actor("manager"))

    return bring


@pytest.fixture
def start(actor: Callable[[str], Actor]) -> Callable[..., ImportRun]:
    def go(
        run: ImportRun, *, is_trial: bool = False, decisions: dict[str, str] | None = None, **choices: str
    ) -> ImportRun:
        started = start_import(
            run.pk,
            answers={},
            choices=choices,
            decisions=decisions,
            is_trial=is_trial,
            actor=actor("manager"),
            wait=True,
        )
        return carry_out(started.pk)

    return go


def test_a_trial_writes_nothing_and_tells_what_the_import_will(
    brought: Callable[..., ImportRun], start: Callable[..., ImportRun]
) -> None:
    run = start(brought("file-forms", *messy_rows(400)), is_trial=True)
    assert (run.state, Customer.objects.count(), FileForm.objects.count()) == ("mapped", 0, 0)
    assert not ImportMark.objects.exists()
    refused = list(ImportRow.objects.filter(run=run).order_by("line").values_list("line", "cells", "reasons"))
    assert len(refused) == run.trial["refused"] > 0
    done = start(run)
    assert (done.state, done.counts) == ("done", run.trial)
    assert list(ImportRow.objects.filter(run=run).order_by("line").values_list("line", "cells", "reasons")) == refused


def test_whoever_wants_to_be_asked_sees_both_sides_and_decides_row_by_row(
    brought: Callable[..., ImportRun], start: Callable[..., ImportRun], customer_of: Callable[..., Customer]
) -> None:
    known = [
        customer_of("rep", name=name, phone=f"1389482199{n}", company_name="长虹") for n, name in enumerate("甲乙丙丁")
    ]
    rows = [[c.name, c.phone, "海信", "备注"] for c in known]
    run = start(brought("customers", *rows, ["新", "13894821999", "", ""], header=HEADER), found="ask", match="person")
    assert (run.state, run.trial["created"], Customer.objects.count()) == ("mapped", 1, 4)
    assert [pair["line"] for pair in run.pairs] == [2, 3, 4, 5]
    assert ["company_name", "长虹", "海信"] in run.pairs[0]["cells"]
    decisions = {"2": "overwrite", "3": "fill", "4": "leave"}
    done = start(run, found="ask", match="person", decisions=decisions)
    assert (done.state, done.counts["changed"], done.counts["left"], done.pairs) == ("done", 2, 2, [])
    for customer in known:
        customer.refresh_from_db()
    assert [(c.company_name, c.remark) for c in known] == [
        ("海信", "备注"),
        ("长虹", "备注"),
        ("长虹", ""),
        ("长虹", ""),
    ]
