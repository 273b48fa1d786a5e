"""Files in every encoding people save: each is read exactly, asked about, or refused. Never read as nonsense."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.imports.actions import choose_columns, upload_file
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.confined.limits import Unfit
from guanxi.base.records.imports.decoding import NotReadable
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.models import ImportRun
from guanxi.base.records.imports.parts import has_file
from guanxi.core.customers.models import Customer

from .files import HEADER, csv_bytes, messy_rows
from .files import row as form
from .seen import Seen, read_here

pytestmark = [pytest.mark.req("DAT-01")]
RARE = "䶮㐀𠮷"
SIMPLIFIED = [
    ["崔强", "13894821993", "成都市锦江区解放路578号"],
    ["欧阳娜娜", "13894821994", "上海，浦东；世纪大道"],
    [RARE, "1", "姓氏少见，请勿改写"],
]
TRADITIONAL = [["陳美麗", "13894821993", "興隆國際貿易股份有限公司"], ["葉德嫻", "13894821994", "臺灣灣區經貿發展"]]
LATIN = [["José Müller", "13894821993", "Café Zürich"], ["Hélène", "13894821994", "naïve"]]
KOREAN = [
    ["김철수", "13894821993", "서울특별시 강남구 테헤란로 삼성동"],
    ["이영희", "13894821994", "부산광역시 해운대구 우동 센텀"],
]
JAPANESE = [["山田太郎", "13894821993", "東京都千代田区丸の内ビルディング"], ["さくら", "1", "ひらがなとカタカナ"]]
KNOWN_HEADER, TRADITIONAL_HEADER, PLAIN_HEADER = (
    ["姓名", "手机", "备注"],
    ["姓名", "電話", "備註"],
    ["name", "phone", "note"],
)


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes


def encoded(rows: list[list[str]], header: list[str], encoding: str, delimiter: str, ends: str, mark: bytes) -> bytes:
    text = csv_bytes(*rows, header=header, delimiter=delimiter).decode().replace("\r\n", ends)
    return mark + text.encode(encoding)


MARKED = [
    ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("gb18030", b""), ("gb18030", b"\x84\x31\x95\x33"),
    ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE), ("utf-16-le", b""), ("utf-16-be", b""),
    ("utf-32", b""), ("utf-7", b""),
]  # fmt: skip
FOREIGN = [
    (TRADITIONAL, "big5"), (TRADITIONAL, "big5hkscs"), (TRADITIONAL, "gbk"), (LATIN, "latin-1"), (LATIN, "cp1252"),
    (KOREAN, "euc-kr"), (KOREAN, "cp949"), (JAPANESE, "shift-jis"), (JAPANESE, "euc-jp"), (JAPANESE, "iso-2022-jp"),
    (SIMPLIFIED[:2], "hz"), (SIMPLIFIED[:2], "gbk"), (SIMPLIFIED[:2], "gb2312"),
]  # fmt: skip


def cases() -> Iterator[Case]:
    for encoding, mark in MARKED:
        for delimiter in ",\t;":
            for ends in ("\r\n", "\n", "\r"):
                for header in (KNOWN_HEADER, PLAIN_HEADER):
                    content = encoded(SIMPLIFIED, header, encoding, delimiter, ends, mark)
                    yield Case(f"{encoding} {mark.hex()} {delimiter!r} {ends!r} {header[0]}", content)
    for rows, encoding in FOREIGN:
        for header in (KNOWN_HEADER, PLAIN_HEADER, TRADITIONAL_HEADER):
            if header is PLAIN_HEADER or _can(header, encoding):
                yield Case(f"{encoding} {header[1]}", encoded(rows, header, encoding, ",", "\r\n", b""))
    yield from _broken_cases()


def _can(header: list[str], encoding: str) -> bool:
    try:
        "".join(header).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _broken_cases() -> Iterator[Case]:
    """Cut short at any byte, put together from two encodings, or with a byte lost."""
    chance = Random(7)
    for encoding in ("utf-8", "gb18030", "big5"):
        rows = TRADITIONAL if encoding == "big5" else SIMPLIFIED[:2]
        header = TRADITIONAL_HEADER if encoding == "big5" else KNOWN_HEADER
        whole = encoded(rows, header, encoding, ",", "\n", b"")
        for _number in range(12):
            at = chance.choice([place for place in range(30, len(whole)) if whole[place] > 127])
            yield Case(f"{encoding} cut at {at}", whole[:at])
            yield Case(f"{encoding} lost {at}", whole[:at] + whole[at + 1 :])
    both = {"utf-8": SIMPLIFIED[:2], "gb18030": SIMPLIFIED[:2], "big5": TRADITIONAL, "latin-1": LATIN}
    parts = {name: encoded(rows, PLAIN_HEADER, name, ",", "\n", b"").split(b"\n", 1)[1] for name, rows in both.items()}
    for first in parts:
        for second in parts:
            if first != second:
                header = ",".join(KNOWN_HEADER if first in ("utf-8", "gb18030") else PLAIN_HEADER).encode(first)
                yield Case(f"{first} and {second}", header + b"\n" + parts[first] + parts[second])


CASES = list(cases())
# What one reading may not show: no row of these was ever written.
WRITTEN = {cell for rows in (SIMPLIFIED, TRADITIONAL, LATIN, KOREAN, JAPANESE) for row in rows for cell in row}


def silent_nonsense(seen: Seen) -> list[str]:
    """Cells that nobody wrote, in a file that was read without a question. A cut may shorten the last cell."""
    cells = [cell for row in seen.cells for cell in row if cell and not cell.isascii()]
    return [cell for cell in cells if not any(written.startswith(cell) for written in WRITTEN)]


def test_there_are_enough_files() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_file_is_read_as_nonsense_in_silence(case: Case) -> None:
    try:
        seen = read_here(case.content, known=HEADER)
    except Unfit:
        return
    assert seen.is_doubtful or silent_nonsense(seen) == []


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("gb18030", b""), ("utf-16-le", codecs.BOM_UTF16_LE),
     ("utf-16-be", codecs.BOM_UTF16_BE), ("gb18030", b"\x84\x31\x95\x33")],
)  # fmt: skip
def test_what_people_really_save_is_read_exactly_and_without_a_question(
    encoding: str, mark: bytes, delimiter: str
) -> None:
    for header in (KNOWN_HEADER, PLAIN_HEADER):
        seen = read_here(encoded(SIMPLIFIED, header, encoding, delimiter, "\r\n", mark))
        assert seen.cells == SIMPLIFIED
        assert seen.encoding == encoding
        if header is KNOWN_HEADER or encoding != "gb18030":
            assert not seen.is_doubtful


def test_a_long_file_is_not_doubted() -> None:
    seen = read_here(csv_bytes(*messy_rows(2000), encoding="gb18030"))
    assert (seen.encoding, seen.is_doubtful, len(seen.cells)) == ("gb18030", False, 2000)


def test_one_line_of_another_encoding_in_a_long_file_is_noticed() -> None:
    rows = csv_bytes(*messy_rows(500), encoding="gb18030")
    other = ",".join(["陳美麗", "", "", "", "13894821993", "臺灣灣區經貿發展"]).encode("big5") + b"\r\n"
    assert read_here(rows + other + rows.split(b"\r\n", 1)[1]).is_doubtful


@pytest.mark.parametrize("text", ["一\n二\n三", 'ein "Wort"', "a,b;c\td", "，、；", "\u3000 \u00a0"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_signs_within_quotes_stay(text: str, encoding: str) -> None:
    seen = read_here(csv_bytes(form(备注=text, 姓名="王霞"), encoding=encoding))
    assert seen.cells[0][-1] == text


def test_characters_lost_before_are_marked() -> None:
    seen = read_here(csv_bytes(form(姓名="王\ufffd"), form(姓名="锟斤拷")))
    assert seen.damage[1:] == [{"0": "cell_replaced"}, {"0": "cell_replaced"}]


BIG5 = csv_bytes(
    ["陳美麗", "13894821993", "活動", "2026-11-02"], header=["name", "phone", "event name", "date"], encoding="big5"
)


@pytest.fixture
def manager(actor: Callable[[str], Actor]) -> Actor:
    return actor("manager")


def bring(content: bytes, actor: Actor) -> ImportRun:
    kind = KINDS.get("file-forms")
    return upload_file(io.BytesIO(content), name="x.csv", size=len(content), kind=kind, actor=actor)


@pytest.mark.django_db
def test_another_encoding_can_be_chosen_until_the_start(manager: Actor) -> None:
    run = bring(BIG5, manager)
    assert run.is_doubtful
    assert has_file(run)
    mapping = {"name": 0, "phone": 1, "event_name": 2, "completed_on": 3}
    run = choose_columns(run.pk, mapping, encoding="big5", actor=manager)
    assert (run.encoding, run.is_doubtful, run.headers[0]) == ("big5", False, "name")


@pytest.mark.django_db
def test_an_encoding_that_does_not_fit_changes_nothing(manager: Actor) -> None:
    run = bring(csv_bytes(form()), manager)
    with pytest.raises(NotReadable) as refused:
        choose_columns(run.pk, run.mapping, encoding="utf-16-le", actor=manager)
    assert refused.value.code in ("encoding_wrong", "file_binary", "file_empty", "header_missing", "file_no_rows")
    run.refresh_from_db()
    assert run.encoding == "utf-8"
    choose_columns(run.pk, run.mapping, actor=manager)


@pytest.mark.django_db
def test_every_encoding_has_a_preview(browse: Callable[[str], Client]) -> None:
    client = browse("manager")
    file = SimpleUploadedFile("x.csv", csv_bytes(form(姓名="王霞"), encoding="gb18030"))
    address = client.post("/imports", {"kind": "file-forms", "file": file})["Location"]
    assert "王霞" in client.get(address).content.decode()
    for encoding in ("utf-8", "big5", "utf-16-le", "utf-16-be", "gb18030", "nonsense"):
        assert client.get(f"{address}?as={encoding}").status_code == 200


@pytest.mark.django_db
def test_the_command_does_not_go_on_in_doubt(manager: Actor, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(BIG5)
    with pytest.raises(NotReadable) as refused:
        run_import_file(path, "file-forms", actor=manager)
    assert refused.value.code == "encoding_doubtful"
    assert not Customer.objects.exists()
    colleague = {"": str(manager.staff_id)}
    result = run_import_file(path, "file-forms", actor=manager, encoding="big5", answers=colleague)
    assert (result["state"], Customer.objects.get().name) == ("done", "陳美麗")


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_rare_names_come_through_to_the_database(encoding: str, manager: Actor, tmp_path: Any) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(csv_bytes(form(姓名=RARE), encoding=encoding))
    run_import_file(path, "file-forms", actor=manager)
    assert Customer.objects.get().name == RARE
