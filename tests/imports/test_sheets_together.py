"""Customers on one sheet and the people there on another come in as one: rows name customers of the same file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.mapping import check
from guanxi.base.records.imports.models import ImportRow
from guanxi.base.records.imports.undoing import carry_out_undo, undo_import
from guanxi.core.customers.models import Contact, Customer

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
CUSTOMERS = [["类别", "客户名称", "电话"], ["单位", "长虹电器", "028-85551234"], ["单位", "海信电器", "028-85551235"]]
CONTACTS = [
    ["客户名称", "联系人", "手机", "职务"],
    ["长虹电器", "崔强", "13894821993", "采购经理"],
    ["长虹电器", "崔强", "13894821993", "采购经理"],
    ["没有这家", "王霞", "13894821994", ""],
    ["海信电器", "", "13894821995", ""],
]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for name, rows in (("客户", CUSTOMERS), ("联系人", CONTACTS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(tmp_path / "x.xlsx")
    return tmp_path / "x.xlsx"


@pytest.fixture
def brought(workbook: Path, actor: Callable[[str], Actor]) -> dict[str, Any]:
    return run_import_file(workbook, "customers", actor=actor("manager"))


def test_both_sheets_come_in_with_what_is_refused_named_by_sheet(brought: dict[str, Any]) -> None:
    assert (brought["state"], brought["counts"]["created"], brought["counts"]["contacts_new"]) == ("done", 2, 1)
    contact = Contact.objects.get()
    assert (contact.customer.name, contact.name, contact.position) == ("长虹电器", "崔强", "采购经理")
    assert brought["counts"]["refused"] == 2
    refused = ImportRow.objects.filter(run_id=brought["run"]).order_by("line")
    assert [(row.sheet, row.line, row.reasons[0]["code"]) for row in refused] == [
        ("联系人", 4, "customer_unknown"), ("联系人", 5, "name_missing"),
    ]  # fmt: skip
    assert "没有这家" in json.dumps(refused[0].cells, ensure_ascii=False)


def test_undoing_takes_both_back(brought: dict[str, Any], actor: Callable[[str], Actor]) -> None:
    undo_import(brought["run"], actor=actor("manager"), wait=True)
    assert carry_out_undo(brought["run"]).state == "undone"
    assert (Customer.objects.kept().count(), Contact.objects.count()) == (0, 0)


def test_contacts_come_in_alone_for_customers_within_reach(
    actor: Callable[[str], Actor], customer_of: Callable[..., Customer], tmp_path: Path
) -> None:
    mine, theirs = customer_of("rep", name="长虹"), customer_of("stranger", name="海信")
    path = tmp_path / "c.csv"
    path.write_text(f"客户编号,联系人\n{mine.number},崔强\n{theirs.number},王霞\n", "utf-8")
    result = run_import_file(path, "contacts", actor=actor("manager"))
    assert (result["counts"]["contacts_new"], result["counts"]["refused"]) == (1, 1)
    assert Contact.objects.get().customer == mine


def test_a_file_of_people_has_to_say_at_which_customer_each_is() -> None:
    with pytest.raises(Invalid) as refused:
        check(KINDS.get("contacts"), ["姓名", "手机"], {"name": 0, "phone": 1})
    assert list(refused.value.errors) == ["customer_number"]
    assert check(KINDS.get("contacts"), ["姓名", "客户"], {"name": 0, "customer_name": 1})
