"""What `gift.py` alone brings about for files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.base.audit.models import EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.models import ImportRun
from guanxi.base.records.imports.undoing import carry_out_undo, undo_import

from .gift import Gift

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
FILE = """名称,类别,领取日期,价值,已退回,电话,负责人
保温杯,器具,2026/11/15,88,否,138 0000 1234,邱远
购物卡,voucher,,,,,
,食品,,,,,
"""


@pytest.fixture
def bring(actor: Callable[[str], Actor], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(text: str, **choices: str) -> dict[str, Any]:
        path = tmp_path / "gifts.csv"
        path.write_text(text, "utf-8")
        return run_import_file(path, "gifts", actor=actor("manager"), choices=choices)

    return run


def test_a_file_of_a_type_nobody_wrote_an_import_for_comes_in(bring: Callable[..., dict[str, Any]]) -> None:
    result = bring(FILE)
    assert (result["state"], result["counts"]["created"], result["counts"]["refused"]) == ("done", 2, 1)
    gift = Gift.objects.get(name="保温杯")
    assert (gift.kind, gift.received_on, str(gift.value), gift.phone) == (
        "tool",
        date(2026, 11, 15),
        "88.00",
        "13800001234",
    )
    assert (gift.owner.name, gift.unit.code, gift.number) == ("邱远", "chengdu-sales", f"L{gift.pk:08}")
    assert "bao" in gift.pinyin
    assert "'*beiwenbei'" not in gift.search
    assert EventRow.objects.filter(name="toy:gift:created").latest("id").ids == [gift.pk, gift.pk + 1]


def test_known_ones_are_changed_by_number_and_an_undoing_brings_all_back(
    bring: Callable[..., dict[str, Any]], gift_of: Callable[..., Gift], actor: Callable[[str], Actor]
) -> None:
    known = gift_of("rep")
    text = f"编号,名称,备注\n{known.number},电水壶,换新\n,茶叶,\n"
    result = bring(text, match="number", found="overwrite")
    known.refresh_from_db()
    assert (known.name, known.remark, known.version) == ("电水壶", "换新", 2)
    undo_import(result["run"], actor=actor("manager"), wait=True)
    assert carry_out_undo(result["run"]).state == "undone"
    known.refresh_from_db()
    assert (known.name, known.remark, Gift.objects.kept().count()) == ("电饭煲", "", 1)


def test_it_has_a_template_and_a_place_among_the_imports(browse: Callable[[str], Client]) -> None:
    assert "礼品" in browse("manager").get("/imports").content.decode()
    assert browse("manager").get("/imports/template/gifts.xlsx").status_code == 200
    assert ImportRun.objects.count() == 0
