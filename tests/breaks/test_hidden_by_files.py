"""Nobody learns from a file they bring what the screen masks, however many guesses it holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Grant
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.models import ImportRun
from guanxi.core.customers.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01", "CUS-12")]
ActorOf = Callable[[str], Actor]


@pytest.fixture
def bring(actor: ActorOf, tmp_path: Path) -> Callable[..., ImportRun]:
    def run(*rows: list[str], header: list[str], who: str = "manager", **choices: str) -> ImportRun:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path = tmp_path / "customers.csv"
        path.write_bytes(text.getvalue().encode())
        made = run_import_file(path, "customers", actor=actor(who), choices=choices)
        return ImportRun.objects.get(id=made["run"])

    return run


@pytest.fixture
def masked_for_the_manager() -> None:
    Grant.objects.filter(role__key="sales-manager", kind="customer", verb="reveal").delete()


@pytest.mark.parametrize("found", ["leave", "fill", "overwrite", "create"])
def test_guessing_phones_by_the_thousand_tells_no_masked_one(
    bring: Callable[..., ImportRun],
    customer_of: Callable[..., Customer],
    masked_for_the_manager: None,
    found: str,
) -> None:
    customer = customer_of("rep", phone="13894821993", company_name="")
    guesses = [["猜测", f"1389482199{digit}", "猜测公司"] for digit in range(10)]
    run = bring(*guesses, header=["姓名", "手机", "公司"], match="phone", found=found)
    customer.refresh_from_db()
    assert customer.company_name == ""
    assert run.counts.get("left", 0) == run.counts.get("changed", 0) == 0
