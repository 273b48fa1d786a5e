"""Files made to do harm: each is refused with a sentence or read within its limits, and the product does not notice."""

from __future__ import annotations

import io
import os
import stat
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import translation

from guanxi.base.records.imports import places, process
from guanxi.base.records.imports.confined import archive
from guanxi.base.records.imports.confined.limits import Unfit
from guanxi.base.records.imports.decoding import SENTENCES, NotReadable, unreadable
from guanxi.base.records.imports.models import ImportRun

from .books import MAIN, TYPES, book, figure, packed, parts_of, row, sheet, text, texts
from .files import csv_bytes, messy_rows
from .files import row as form
from .seen import found, read_here

pytestmark = [pytest.mark.req("DAT-01")]
HEAD = texts("姓名", "手机", "备注")
GOOD = sheet(HEAD, texts("崔强", "13894821993"))
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def with_part(name: str, content: str | bytes) -> bytes:
    return packed(parts_of(GOOD) | {name: content})


def doubled(doctype: str, part: str) -> bytes:
    parts = parts_of(GOOD, strings="<sst/>")
    content = str(parts[part]).removeprefix('<?xml version="1.0"?>')
    return packed(parts | {part: f'<?xml version="1.0"?>{doctype}{content}'})


def patched(content: bytes, old: bytes, new: bytes, *, count: int = -1) -> bytes:
    assert old in content
    return content.replace(old, new, count)


def overlapping() -> bytes:
    """The directory says that two members lie at the same place."""
    content = book(GOOD)
    ends = content.rindex(b"PK\x05\x06")
    second = content.rindex(b"PK\x01\x02", 0, ends)
    return content[: second + 42] + struct.pack("<I", 0) + content[second + 46 :]


def link() -> bytes:
    file = io.BytesIO(book(GOOD))
    with zipfile.ZipFile(file, "a") as changed:
        member = zipfile.ZipInfo("xl/worksheets/sheet9.xml")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        changed.writestr(member, "/etc/passwd")
    return file.getvalue()


def twice() -> bytes:
    parts = list(parts_of(GOOD).items())
    with pytest.warns(UserWarning, match="Duplicate name"):
        return packed([*parts, parts[-1]])


def encrypted() -> bytes:
    """Every member says that it is encrypted."""
    content = bytearray(book(GOOD))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def wrong_sum() -> bytes:
    content = book(GOOD)
    at = content.index(b"PK\x01\x02", content.rindex(b"PK\x01\x02"))
    return content[: at + 16] + b"\0\0\0\0" + content[at + 20 :]


def endless_sizes() -> bytes:
    content = book(GOOD)
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 20] + b"\xff" * 8 + content[at + 28 :]


def long_zip64() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name, content in parts_of(GOOD).items():
            with written.open(name, "w", force_zip64=True) as member:
                member.write(content.encode() if isinstance(content, str) else content)
    return file.getvalue()


def many_strings() -> str:
    return "<sst>" + "".join(f"<si><t>{n:x}</t></si>" for n in range(1_000_000)) + "</sst>"


def repeated_string() -> bytes:
    cells = '<row><c t="s"><v>0</v></c></row>' * 20_000
    strings = f"<sst><si><t>{''.join(chr(0x4E00 + n % 5000) for n in range(30_000))}</t></si></sst>"
    return book(f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>', strings=strings)


def numbered(count: int) -> str:
    return sheet(HEAD, *(f"<row><c><v>{n * 7919}</v></c><c><v>{n}</v></c></row>" for n in range(count)))


Case = tuple[Callable[[], bytes], str]
# The code of the refusal; empty when the file is read, within its limits.
CASES: dict[str, Case] = {
    "a bomb": (lambda: book(sheet(HEAD, "<row/>" * 5_000_000)), "file_bomb"),
    "a bomb beside the sheet": (lambda: with_part("xl/media/image1.png", b"\0" * 50_000_000), ""),
    "a bomb within a bomb": (lambda: with_part("xl/media/x.zip", packed({"y.zip": b"\0" * 20_000_000})), ""),
    "members over one another": (overlapping, "file_damaged"),
    "a million shared strings": (lambda: book(GOOD, strings=many_strings()), ""),
    "empty strings without end": (lambda: book(GOOD, strings=f"<sst>{'<si/>' * 5_000_000}</sst>"), "file_bomb"),
    "one long string in many cells": (repeated_string, "file_memory"),
    "sixteen thousand columns": (lambda: book(sheet(texts(*(f"列{n}" for n in range(16_384))))), "file_columns"),
    "five hundred columns": (lambda: book(sheet(texts(*(f"列{n}" for n in range(500))), texts("x"))), "file_columns"),
    "five hundred columns as csv": (
        lambda: csv_bytes(["x"] * 500, header=[f"列{n}" for n in range(500)]), "file_columns"
    ),
    "too many rows": (lambda: book(numbered(100_001)), "file_rows"),
    "a million blank rows": (
        lambda: book(sheet(HEAD, *(f'<row r="{n}" s="{n % 977}"/>' for n in range(2, 300_000)))), "file_no_rows"
    ),
    "entities that multiply": (lambda: doubled(LAUGHS, "xl/worksheets/sheet1.xml"), "file_damaged"),
    "entities in the strings": (lambda: doubled(LAUGHS, "xl/sharedStrings.xml"), "file_damaged"),
    "entities in the styles": (lambda: doubled(LAUGHS, "xl/styles.xml"), "file_damaged"),
    "an entity from outside": (lambda: doubled(OUTSIDE, "xl/workbook.xml"), "file_damaged"),
    "an entity in the relations": (lambda: doubled(OUTSIDE, "xl/_rels/workbook.xml.rels"), "file_damaged"),
    "links to other files": (lambda: with_part("xl/externalLinks/externalLink1.xml", "<externalLink/>"), ""),
    "a sheet from elsewhere": (
        lambda: packed(
            {
                name: str(content).replace('Target="worksheets', 'TargetMode="External" Target="http://x/worksheets')
                for name, content in parts_of(GOOD).items()
            }
        ),
        "file_damaged",
    ),
    "a sheet above the folder": (
        lambda: packed(
            {
                name: str(content).replace('Target="worksheets', 'Target="../../../etc/worksheets')
                for name, content in parts_of(GOOD).items()
            }
        ),
        "file_damaged",
    ),
    "macros": (lambda: with_part("xl/vbaProject.bin", OLE), ""),
    "a name that climbs": (lambda: with_part("../../etc/passwd", "x"), "file_damaged"),
    "a name from the root": (lambda: with_part("/etc/passwd", "x"), "file_damaged"),
    "a name with backslashes": (lambda: with_part("xl\\..\\x.xml", "x"), "file_damaged"),
    "a name of a drive": (lambda: with_part("C:x.xml", "x"), "file_damaged"),
    "a symbolic link": (link, "file_damaged"),
    "encrypted members": (encrypted, "file_password"),
    "a password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500, "file_password"),
    "an old workbook": (lambda: OLE + "Workbook".encode("utf-16-le") + b"\0" * 500, "file_format"),
    "an old text document": (lambda: OLE + "WordDocument".encode("utf-16-le") + b"\0" * 500, "file_format"),
    "cut after 10 bytes": (lambda: book(GOOD)[:10], "file_damaged"),
    "cut in the middle": (lambda: (content := book(GOOD))[: len(content) // 2], "file_damaged"),
    "cut before the end": (lambda: book(GOOD)[:-3], "file_damaged"),
    "cut in the directory": (lambda: book(GOOD)[:-120], "file_damaged"),
    "the beginning missing": (lambda: b"PK\x03\x04" + book(GOOD)[200:], "file_damaged"),
    "nothing": (lambda: b"", "file_empty"),
    "an empty archive": (lambda: packed({}), "file_format"),
    "two letters": (lambda: b"PK", "file_damaged"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "file_format"),
    "a picture and a workbook": (lambda: b"GIF89a" + book(GOOD), "file_format"),
    "a PDF": (lambda: b"%PDF-1.7\n" + bytes(500), "file_format"),
    "a web page": (lambda: b"<!DOCTYPE html><table><tr><td>1</td></tr></table>", "file_format"),
    "a program": (lambda: b"MZ\x90\0\x03\0\0\0" + bytes(500), "file_binary"),
    "zeros in csv": (lambda: csv_bytes(form(备注="a\0b")), "file_binary"),
    "one line without end": (lambda: b"x" * 20_000_000, "file_delimiter"),
    "one line of commas": (lambda: b"," * 4_000_000, "file_empty"),
    "one line of names": (lambda: b"ab," * 1_000_000, "file_columns"),
    "a quotation mark never closed": (lambda: csv_bytes(form()) + b'"' + b"x,y\r\n" * 200_000, "file_quotes"),
    "five thousand members": (
        lambda: packed(parts_of(GOOD) | {f"xl/media/{n}": "" for n in range(5000)}), "file_damaged"
    ),
    "one member twice": (twice, "file_damaged"),
    "a wrong sum": (wrong_sum, "file_damaged"),
    "sizes without end": (endless_sizes, ""),
    "long sizes that are true": (long_zip64, ""),
    "another compression": (
        lambda: patched(book(GOOD), b"\x08\x00", b"\x63\x00"), "file_damaged"
    ),
    "a text document": (lambda: packed({"[Content_Types].xml": TYPES, "word/document.xml": "<w/>"}), "file_format"),
    "a binary workbook": (lambda: packed({"[Content_Types].xml": TYPES, "xl/workbook.bin": b"\0"}), "file_format"),
    "an open document": (
        lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        "file_format",
    ),
    "an archive of files": (lambda: packed({"a.csv": csv_bytes(form())}), "file_format"),
    "a workbook without sheets": (lambda: packed(parts_of()), "file_damaged"),
    "sixty sheets": (lambda: book(*[GOOD] * 60), "file_sheets"),
    "elements within elements": (lambda: book(sheet(HEAD, "<x>" * 40_000 + "</x>" * 40_000)), "file_no_rows"),
    "a hundred thousand attributes": (
        lambda: book(sheet(HEAD, f"<row {' '.join(f'a{n}={chr(34)}1{chr(34)}' for n in range(100_000))}/>")),
        "file_no_rows",
    ),
    "an element without end": (lambda: book(GOOD.replace("</sheetData>", "")), "file_damaged"),
    "an entity nobody knows": (lambda: book(GOOD.replace("崔强", "&x;")), "file_damaged"),
    "a row before the first": (lambda: book(sheet(HEAD, row(text("x"), attributes='r="-1"'))), "file_damaged"),
    "a row of no number": (lambda: book(sheet(HEAD, row(text("x"), attributes='r="abc"'))), "file_damaged"),
    "rows backwards": (lambda: book(sheet(row(attributes='r="9"'), row(attributes='r="3"'))), "file_damaged"),
    "a row beyond the last": (lambda: book(sheet(HEAD, row(text("x"), attributes='r="1048577"'))), "file_damaged"),
    "a row of many digits": (lambda: book(sheet(HEAD, row(attributes=f'r="{"9" * 5000}"'))), "file_damaged"),
    "a cell beyond the last": (lambda: book(sheet(HEAD, row('<c r="XFE2"><v>1</v></c>'))), "file_damaged"),
    "a cell of no column": (lambda: book(sheet(HEAD, row('<c r="2"><v>1</v></c>'))), "file_damaged"),
    "a cell of another row": (lambda: book(sheet(HEAD, row('<c r="A7"><v>1</v></c>'))), "file_damaged"),
    "a cell of many letters": (lambda: book(sheet(HEAD, row('<c r="AAAAAAA2"><v>1</v></c>'))), "file_damaged"),
    "a merge of everything": (
        lambda: book(sheet(HEAD, texts("x"), after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')), ""
    ),
    "a style nobody knows": (lambda: book(sheet(HEAD, row(text("x"), figure("1", 99)))), ""),
    "a figure of many digits": (lambda: book(sheet(HEAD, row(text("x"), figure("9" * 30_000)))), ""),
    "an exponent without end": (lambda: book(sheet(HEAD, row(text("x"), figure("1e-99999999")))), ""),
    "UTF-16 within": (lambda: with_part("xl/worksheets/sheet1.xml", GOOD.encode("utf-16")), ""),
    "bytes that mean nothing within": (lambda: with_part("xl/worksheets/sheet1.xml", b"\xff\xfe\xfd<"), "file_damaged"),
    "a workbook called csv": (lambda: book(GOOD), ""),
    "csv called a workbook": (lambda: csv_bytes(*messy_rows(5)), ""),
}  # fmt: skip


def memory() -> int:
    """Of this process, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024 // 1024


@pytest.mark.parametrize("case", CASES)
def test_harm_stays_in_the_process_that_reads(case: str) -> None:
    make, code = CASES[case]
    content = make()
    before = memory()
    if code:
        with pytest.raises(NotReadable) as refused:
            found(content)
        assert refused.value.code == code
        with translation.override("zh-hans"):
            said = str(refused.value.message)
        assert said.endswith("。")
        assert "%(" not in said
    else:
        assert found(content).tables
    assert memory() - before < 64


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize("key", SENTENCES)
def test_every_reason_is_a_sentence_in_both_languages(key: str) -> None:
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said[language] = str(unreadable(key, {"at": 7, "most": 9, "name": "手机"}).message)
    assert said["en"].endswith(".")
    assert said["zh-hans"].endswith("。")


def test_what_a_member_announces_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED", 1000)
    with pytest.raises(Unfit) as unfit:
        read_here(book(GOOD))
    assert unfit.value.key == "unpacked"


def test_a_workbook_too_large_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PACKED", 100)
    with pytest.raises(Unfit) as unfit:
        read_here(book(GOOD))
    assert unfit.value.key == "packed"


CONFINED = """
import os, resource, socket
from guanxi.base.records.imports.confined.limits import confine
confine()
def refused(what):
    try:
        what()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "allowed"
print(refused(lambda: open("/etc/passwd")), refused(lambda: open("/tmp/guanxi-confined", "w")),
      refused(socket.socket), refused(lambda: bytearray(600 * 1024 * 1024)), resource.getrlimit(resource.RLIMIT_CPU)[0],
      resource.getrlimit(resource.RLIMIT_FSIZE)[0], os.nice(0) > 0)
"""


def test_the_confined_process_can_open_send_and_write_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONFINED], capture_output=True, text=True, cwd=process.ROOT, check=True
    )
    assert done.stdout.split() == ["OSError", "OSError", "OSError", "MemoryError", "60", "0", "True"]


def test_a_file_that_takes_too_long_is_given_up_and_nothing_is_left() -> None:
    reading = process.Reading(io.BytesIO(book(numbered(60_000))), ["姓名"], "", seconds=0.4)
    with pytest.raises(NotReadable) as refused, reading:
        list(reading.messages())
    assert refused.value.code == "file_time"
    assert reading.process.returncode is not None


@pytest.mark.parametrize(
    ("signal", "code"), [(9, "file_time"), (24, "file_time"), (6, "file_memory"), (15, "file_unread")]
)
def test_a_process_that_dies_is_told_as_a_sentence(signal: int, code: str) -> None:
    with process.Reading(io.BytesIO(book(numbered(30_000))), ["姓名"], "") as reading:
        messages = reading.messages()
        next(messages)
        reading.process.send_signal(signal)
        with pytest.raises(NotReadable) as refused:
            list(messages)
    assert refused.value.code == code


@pytest.fixture
def slow() -> Iterator[dict[str, str]]:
    """A file that keeps the confined process busy for seconds."""
    content, ended = book(numbered(90_000)), {}

    def work() -> None:
        try:
            found(content, seconds=8)
            ended["how"] = "read"
        except NotReadable as refused:
            ended["how"] = refused.code

    thread = threading.Thread(target=work)
    thread.start()
    yield ended
    thread.join()


@pytest.mark.django_db
def test_the_product_answers_while_a_slow_file_is_read(browse: Callable[[str], Client], slow: dict[str, str]) -> None:
    client, times, before = browse("manager"), [], memory()
    while not slow and len(times) < 20:
        begun = monotonic()
        assert client.get("/imports").status_code == 200
        times.append(monotonic() - begun)
    assert len(times) >= 5
    assert sorted(times)[len(times) // 2] < 1
    assert memory() - before < 64


@pytest.mark.django_db
def test_only_a_few_files_are_read_at_once(browse: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE", "50ms")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            for place in range(places.PLACES):
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", [places.SPACE, place])
        file = SimpleUploadedFile("x.csv", csv_bytes(form()))
        response = browse("manager").post("/imports", {"kind": "file-forms", "file": file})
        assert response.status_code == 422
        assert not ImportRun.objects.exists()
    finally:
        other.close()


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["a bomb", "an entity from outside", "cut in the middle", "five hundred columns"])
def test_the_page_says_why_and_nothing_is_kept(case: str, browse: Callable[[str], Client]) -> None:
    file = SimpleUploadedFile("客户.xlsx", CASES[case][0]())
    response = browse("manager").post("/imports", {"kind": "file-forms", "file": file})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not ImportRun.objects.exists()
