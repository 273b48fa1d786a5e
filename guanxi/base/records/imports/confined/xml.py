"""The XML of a workbook: plain elements only, no document type, no entities, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from .limits import Unfit

NO_MEMORY = 1
Start = Callable[[str, dict[str, str]], None]


def parse(
    chunks: Iterable[bytes],
    start: Start,
    *,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        if error.code == NO_MEMORY:
            raise MemoryError from None
        raise Unfit("damaged") from None


def local(name: str) -> str:
    """`x:row` is a row."""
    return name.rpartition(":")[2]


def _refuse(*_told: Any) -> Any:
    raise Unfit("doctype")
