"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from typing import BinaryIO

from .handover import Output
from .limits import PACKED as PACKED_MOST
from .limits import Unfit
from .text import read_text
from .workbook import read_workbook

PACKED = b"PK"
# How old Office files begin, and new ones behind a password; the names of their streams tell which.
COMPOUND = b"\xd0\xcf\x11\xe0"
_STREAMS = {"EncryptedPackage": "password", "Workbook": "old_workbook", "Book": "old_workbook"}

_OTHERS = {
    b"%PDF": "pdf",
    b"\x1f\x8b": "compressed",
    b"Rar!": "compressed",
    b"7z\xbc\xaf": "compressed",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"{\\rtf": "document",
    b"<": "web_page",
}


def read_any(file: BinaryIO, out: Output, *, known: Collection[str], asked: str = "") -> None:
    start = file.read(64)
    if not start:
        raise Unfit("empty")
    if start.startswith(PACKED):
        read_workbook(file, out, known=known)
        return
    if start.startswith(COMPOUND):
        raise Unfit(_compound(file))
    start = start.removeprefix(codecs.BOM_UTF8).lstrip(b" \r\n\t")
    for magic, key in _OTHERS.items():
        if start.startswith(magic):
            raise Unfit(key)
    read_text(file, out, known=known, asked=asked)


def _compound(file: BinaryIO) -> str:
    file.seek(0)
    content = file.read(PACKED_MOST)
    return next((key for name, key in _STREAMS.items() if name.encode("utf-16-le") in content), "document")
