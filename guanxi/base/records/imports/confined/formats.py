"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from typing import BinaryIO

from .handover import Output
from .limits import Unfit
from .text import read_text
from .workbook import read_workbook

PACKED = b"PK"

_OTHERS = {
    b"\xd0\xcf\x11\xe0": "old_workbook",
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
    start = start.removeprefix(codecs.BOM_UTF8).lstrip(b" \r\n\t")
    for magic, key in _OTHERS.items():
        if start.startswith(magic):
            raise Unfit(key)
    read_text(file, out, known=known, asked=asked)
