"""Which encoding a text is in. A mark decides, then strict UTF-8, then GB18030, never the reverse: half of all UTF-8
Chinese decodes as GB18030 without an error, into nonsense (trust.md section 0)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from .limits import Unfit

UTF8, GB18030, BIG5, UTF16_LE, UTF16_BE = "utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"
# How Windows in Taiwan and Hong Kong writes it.
CODECS = {UTF8: "utf-8", GB18030: "gb18030", BIG5: "cp950", UTF16_LE: "utf-16-le", UTF16_BE: "utf-16-be"}
MARKS = {
    UTF8: codecs.BOM_UTF8, UTF16_LE: codecs.BOM_UTF16_LE, UTF16_BE: codecs.BOM_UTF16_BE, GB18030: b"\x84\x31\x95\x33"
}  # fmt: skip
CHUNK = 1024 * 1024


@dataclass
class Lines:
    """The first row of each sort, counted as a spreadsheet counts: a line break within quotes begins no row."""

    first: dict[str, int] = field(default_factory=dict)
    row: int = 1
    is_open: bool = False

    def see(self, line: bytes) -> None:
        sort = sort_of(line)
        if sort:
            self.first.setdefault(sort, self.row)
        self.is_open ^= line.count(b'"') % 2 == 1
        self.row += not self.is_open


def encoding_of(file: BinaryIO) -> str:
    """Raises Unfit with the reason and, where there is one, the row."""
    file.seek(0)
    start = file.read(4)
    marked = next((name for name, mark in MARKS.items() if start.startswith(mark)), "")
    file.seek(0)
    if marked in (UTF16_LE, UTF16_BE):
        check(file, marked)
        return marked
    if _refuse_zeros_and_decode(file):
        return UTF8
    file.seek(0)
    lines = Lines()
    for line in file:
        lines.see(line)
    return _judge(lines.first)


def check(file: BinaryIO, encoding: str) -> None:
    """Every byte means something in this encoding, and none of it is a zero."""
    file.seek(mark_length(file, encoding))
    decoder = codecs.getincrementaldecoder(CODECS[encoding])()
    row = 1
    try:
        for chunk in chunks_of(file):
            text = decoder.decode(chunk)
            if "\0" in text:
                raise Unfit("binary", at=row + text[: text.index("\0")].count("\n"))
            row += text.count("\n")
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        raise Unfit("encoding_wrong", at=row) from None


def mark_length(file: BinaryIO, encoding: str) -> int:
    mark = MARKS.get(encoding, b"")
    file.seek(0)
    return len(mark) if mark and file.read(len(mark)) == mark else 0


def sort_of(line: bytes) -> str:
    """Empty for plain ASCII, else which decoder takes the line. Two bytes in UTF-8 may be chance, Chinese is not."""
    if line.isascii():
        return ""
    try:
        text = line.decode(UTF8)
    except UnicodeDecodeError:
        return GB18030 if _decodes(line, GB18030) else "broken"
    return UTF8 if any(char >= "\u2e80" for char in text) else ""


def _judge(first: dict[str, int]) -> str:
    if "broken" in first:
        raise Unfit("encoding_unknown", at=first["broken"])
    if UTF8 in first and GB18030 in first:
        raise Unfit("encoding_mixed", at=max(first[UTF8], first[GB18030]))
    return GB18030


def _refuse_zeros_and_decode(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder(UTF8)()
    is_utf8, row = True, 1
    for chunk in chunks_of(file):
        zero = chunk.find(0)
        if zero >= 0:
            raise Unfit("binary", at=row + chunk.count(b"\n", 0, zero))
        row += chunk.count(b"\n")
        is_utf8 = is_utf8 and _feed(decoder, chunk)
    return is_utf8 and _feed(decoder, b"", final=True)


def _feed(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
