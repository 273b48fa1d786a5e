"""Which encoding a file is in. Strict UTF-8 first, GB18030 second, never the reverse: half of all UTF-8 Chinese
decodes as GB18030 without an error, into nonsense (trust.md section 0)."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Refused
from guanxi.base.kernel.names import is_han

UTF8, GB18030 = "utf-8", "gb18030"
ENCODINGS = (UTF8, GB18030)
CHUNK = 1024 * 1024
SAMPLE = 64 * 1024
# Real text keeps to the common characters; Big5 read as GB18030 does not.
LEAST_COMMON_SHARE = 0.85

_NOT_CSV: dict[bytes, str | Promise] = {
    b"PK\x03\x04": _("This is an Excel workbook. Open it and save it as CSV (UTF-8), then upload that file."),
    b"\xd0\xcf\x11\xe0": _("This is an old Excel workbook. Open it and save it as CSV (UTF-8), then upload that file."),
    b"\xff\xfe": _("This file is saved as Unicode text (UTF-16). Save it as CSV (UTF-8), then upload that file."),
    b"\xfe\xff": _("This file is saved as Unicode text (UTF-16). Save it as CSV (UTF-8), then upload that file."),
    b"%PDF": _("This is a PDF document. Upload a CSV file."),
    b"\x1f\x8b": _("This file is compressed. Unpack it and upload the CSV file inside."),
    b"Rar!": _("This file is compressed. Unpack it and upload the CSV file inside."),
    b"7z\xbc\xaf": _("This file is compressed. Unpack it and upload the CSV file inside."),
    b"\x89PNG": _("This is a picture. Upload a CSV file."),
    b"\xff\xd8\xff": _("This is a picture. Upload a CSV file."),
    b"{\\rtf": _("This is a text document. Save the table as CSV (UTF-8), then upload that file."),
    b"<": _("This is a web page. Open it in a spreadsheet and save it as CSV (UTF-8), then upload that file."),
}


class NotReadable(Refused):
    """The whole file is refused. `details` fill the placeholders of the sentence (`at`: the row in question)."""

    status = 422

    def __init__(self, template: str | Promise, *, code: str, **details: object) -> None:
        super().__init__(lazy(lambda: str(template) % details, str)(), code=code, **details)
        self.template = template


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
    """UTF-8 or GB18030; raises NotReadable with the reason and, where there is one, the row."""
    file.seek(0)
    _refuse_other_formats(file.read(64))
    file.seek(0)
    if _refuse_zeros_and_decode(file):
        return UTF8
    file.seek(0)
    lines = Lines()
    for line in file:
        lines.see(line)
    return _judge(lines.first)


def is_doubtful(sample: str) -> bool:
    """Many rare characters: perhaps an encoding we don't know, such as Big5. The preview decides."""
    han = [char for char in sample if is_han(char)]
    common = sum(char.encode("gb2312", "ignore") != b"" for char in han)
    return len(han) > 20 and common / len(han) < LEAST_COMMON_SHARE


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
        raise NotReadable(
            _("Row %(at)s can be read neither as UTF-8 nor as GB18030. Save the file again as CSV (UTF-8)."),
            code="encoding_unknown",
            at=first["broken"],
        )
    if UTF8 in first and GB18030 in first:
        raise NotReadable(
            _("The encoding changes in row %(at)s: this file is partly UTF-8 and partly GB18030. Save it again whole."),
            code="encoding_mixed",
            at=max(first[UTF8], first[GB18030]),
        )
    return GB18030


def _refuse_other_formats(start: bytes) -> None:
    if not start:
        raise NotReadable(_("The file is empty."), code="file_empty")
    for magic, message in _NOT_CSV.items():
        if start.removeprefix(codecs.BOM_UTF8).lstrip(b" \r\n\t").startswith(magic):
            raise NotReadable(message, code="file_format")


def _refuse_zeros_and_decode(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder(UTF8)()
    is_utf8, row = True, 1
    for chunk in chunks_of(file):
        zero = chunk.find(0)
        if zero >= 0:
            at = row + chunk.count(b"\n", 0, zero)
            raise NotReadable(_("Row %(at)s holds zero bytes; this is not a text file."), code="file_binary", at=at)
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
