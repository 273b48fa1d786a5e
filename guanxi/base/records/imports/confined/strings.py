"""The texts that a workbook stores once and its cells refer to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .limits import Unfit
from .xml import local, parse

MOST_STRINGS = 2_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shared_strings(chunks: Iterable[bytes]) -> list[str]:
    reader = _Strings()
    parse(chunks, reader.start, end=reader.end, text=reader.text)
    return reader.strings


def unescaped(text: str) -> str:
    """`_x000D_` is how a workbook writes characters that XML cannot hold."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return "" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


class _Strings:
    """Pieces of one text in several fonts are one text; how it is pronounced (rPh) is none of it."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.pieces: list[str] = []
        self.is_taking = False
        self.is_pronounced = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "si":
            self.pieces.clear()
        elif name == "t":
            self.is_taking = not self.is_pronounced
        elif name == "rPh":
            self.is_pronounced = True

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "t":
            self.is_taking = False
        elif name == "rPh":
            self.is_pronounced = False
        elif name == "si":
            self.strings.append(unescaped("".join(self.pieces)))
            if len(self.strings) > MOST_STRINGS:
                raise Unfit("too_much")

    def text(self, data: str) -> None:
        if self.is_taking:
            self.pieces.append(data)
