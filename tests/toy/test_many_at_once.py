"""What `gift.py` alone brings about for many gifts at once: files in and out, boards, criteria, steps for many."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed
from guanxi.base.records.asked import Asked
from guanxi.base.records.bulk.models import BulkItem, BulkRun
from guanxi.base.records.bulk.running import carry_on
from guanxi.base.records.exports.actions import Wanted, ask_export
from guanxi.base.records.exports.models import ExportRun
from guanxi.base.records.exports.parts import stream
from guanxi.base.records.exports.running import carry_out
from guanxi.base.records.imports.command import run_import_file, undo_run

from .gift import GIFTS, Gift

Make = Callable[[str], Actor]
Browse = Callable[[str], Client]
SHEET = """名称,类别,领取日期,价值,已退回,电话,备注
电饭煲,器具,2026-11-01,300,否,13800001234,送到家里
大米,food,2026年11月2日,40.5,是,138 0000 5678,
,食品,,,,,
保温杯,金子,,,,,
"""


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]  # a test response


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "礼品.csv"
    path.write_text(SHEET, "utf-8")
    return path


# Files


def test_a_spreadsheet_comes_in(sheet: Path, actor: Make):
    result = run_import_file(sheet, "gifts", actor=actor("manager"))
    assert (result["state"], result["counts"]["created"], result["counts"]["refused"]) == ("done", 2, 2)
    rice = Gift.objects.get(name="大米")
    assert (rice.kind, rice.value, rice.is_returned, rice.phone) == ("food", pytest.approx(40.5), True, "13800005678")
    assert (rice.owner_id, rice.pinyin) == (actor("manager").staff_id, "da mi")
    assert Gift.objects.kept().filter(name="大米", search__isnull=False).exists()


def test_an_import_is_taken_back(sheet: Path, actor: Make):
    result = run_import_file(sheet, "gifts", actor=actor("manager"))
    undo_run(result["run"], actor=actor("manager"))
    assert not Gift.objects.kept().exists()


def test_only_whoever_may_imports(sheet: Path, actor: Make, browse: Browse):
    with pytest.raises(NotAllowed):
        run_import_file(sheet, "gifts", actor=actor("rep"))
    assert "礼品" in text(browse("manager").get("/imports"))


def exported(actor: Actor, **words: str) -> list[list[object]]:
    wanted = Wanted(format="xlsx", purpose="盘点礼品")
    run = ask_export(GIFTS, Asked.of(GIFTS, words), wanted, actor=actor)
    carry_out(run.pk)
    run = ExportRun.objects.get(id=run.pk)
    assert run.state == ExportRun.DONE, run.problem
    book = openpyxl.load_workbook(io.BytesIO(b"".join(stream(run))), read_only=True)
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def test_a_list_goes_out_as_it_is_seen(gift_of, actor: Make):
    gift_of("rep", "电饭煲", value="300")
    gift_of("rep", "大米", kind="food")
    gift_of("stranger", "保温杯")
    cells = {str(cell) for row in exported(actor("manager"), cols="name,phone", kind="tool") for cell in row}
    assert {"电饭煲", "13800001234"} <= cells
    assert not {"大米", "保温杯"} & cells


def test_only_whoever_may_exports(browse: Browse, gift_of, actor: Make):
    gift_of("rep")
    assert browse("manager").get("/gifts/export").status_code == 200
    assert browse("rep").get("/gifts/export").status_code == 403
    with pytest.raises(NotAllowed):
        exported(actor("rep"))


def test_list_and_card_are_printed(browse: Browse, gift_of):
    made = gift_of("manager", "电饭煲")
    for address in ("/gifts/print", f"/gifts/{made.pk}/print"):
        assert "电饭煲" in text(browse("manager").get(address)), address


# Boards and criteria


def test_it_stands_on_a_board_and_in_a_calendar(browse: Browse, gift_of):
    made = gift_of("rep", "电饭煲", received_on="2026-11-15")
    gift_of("rep", "大米", kind="food", received_on="2026-11-14")
    rep = browse("rep")
    board = text(rep.get("/gifts?as=board&by=kind"))
    # The lanes stand in the order of the choices, whatever is newest.
    assert board.index("大米") < board.index("电饭煲")
    calendar = text(rep.get("/gifts?as=calendar&by=received_on&month=2026-11"))
    assert "电饭煲" in calendar
    assert "电饭煲" not in text(rep.get("/gifts?as=calendar&by=received_on&month=2026-10"))
    moved = rep.post(f"/gifts/{made.pk}/move", {"field": "kind", "value": "food", "version": "1"})
    made.refresh_from_db()
    assert made.kind == "food", moved.content.decode()[:300]


@pytest.mark.parametrize(
    "where", ["value > 100", "kind = tool and name contains 饭", "received_on is empty or value > 1"]
)
def test_criteria_narrow_the_list(browse: Browse, gift_of, where: str):
    gift_of("rep", "电饭煲", value="300", received_on="2026-11-15")
    gift_of("rep", "大米", kind="food", value="1", received_on="2026-11-15")
    page = text(browse("rep").get("/gifts", {"where": where})).split('id="list"')[1]
    assert "电饭煲" in page
    assert "大米" not in page


def test_nobody_asks_for_what_they_see_masked(browse: Browse, gift_of):
    gift_of("rep", remark="送到家里")
    page = browse("supervisor").get("/gifts", {"where": "remark contains 家里"})
    assert "电饭煲" not in text(page)


def test_columns_are_chosen(browse: Browse, gift_of):
    gift_of("rep", remark="送到家里")
    assert "送到家里" in text(browse("rep").get("/gifts?cols=name,remark"))
    assert "送到家里" not in text(browse("supervisor").get("/gifts?cols=name,remark"))


# Steps for many


def many(client: Client, step: str, ids: list[int], **values: str) -> BulkRun:
    """From the list to the result: rows ticked, entries, preview, done."""
    answer = client.post("/bulk/start", {"kind": "gift", "step": f"gift-{step}", "pick": ids})
    address = answer["Location"]
    assert address.startswith("/bulk/"), answer.content.decode()[:300]
    client.post(f"{address}/preview", values)
    client.post(f"{address}/confirm", {"op_key": step})
    return carry_on(int(address.rsplit("/", 1)[1]))


def test_a_choice_is_set_for_many_and_taken_back(browse: Browse, gift_of, actor: Make):
    mine = [gift_of("rep", name).pk for name in ("电饭煲", "大米", "保温杯")]
    foreign = gift_of("stranger", "茶叶").pk
    run = many(browse("manager"), "kind", [*mine, foreign], value="voucher")
    assert (run.state, BulkItem.objects.filter(run=run, outcome=BulkItem.REFUSED).count()) == (BulkRun.DONE, 1)
    assert set(Gift.objects.filter(id__in=mine).values_list("kind", "version")) == {("voucher", 2)}
    assert Gift.objects.get(id=foreign).kind == "tool"
    head = Entry.objects.get(name="toy:several_gift:kind_changed")
    assert (head.item_set.count(), head.changes["count"]) == (3, 3)
    assert EventRow.objects.get(name="toy:gift:changed").ids == sorted(mine)
    browse("manager").post(f"/bulk/{run.pk}/undo", {"op_key": "u"})
    carry_on(run.pk)
    assert set(Gift.objects.filter(id__in=mine).values_list("kind", flat=True)) == {"tool"}


def test_many_go_to_the_bin_and_come_back(browse: Browse, gift_of):
    mine = [gift_of("rep", name).pk for name in ("电饭煲", "大米")]
    run = many(browse("manager"), "remove", mine, why="重复")
    assert not Gift.objects.kept().filter(id__in=mine).exists()
    browse("manager").post(f"/bulk/{run.pk}/undo", {"op_key": "u"})
    carry_on(run.pk)
    assert Gift.objects.kept().filter(id__in=mine).count() == 2


def test_steps_for_many_are_for_whoever_may(browse: Browse, gift_of):
    made = gift_of("rep")
    for login, step, expected in (("rep", "remove", 404), ("doctor", "kind", 404), ("admin", "kind", 404)):
        answer = browse(login).post("/bulk/start", {"kind": "gift", "step": f"gift-{step}", "pick": [made.pk]})
        assert answer.status_code == expected, (login, step)
