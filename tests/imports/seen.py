"""What a file is read as, by the confined process or, for many small ones, by its code in this one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from guanxi.base.records.imports.confined import formats, wire
from guanxi.base.records.imports.confined.handover import Output
from guanxi.base.records.imports.process import Reading
from guanxi.base.records.imports.tables import Found, listen

from .files import HEADER


@dataclass
class Seen:
    """Rows by table, each as (number, cells, damage); `ends` holds what was said of each table at its end."""

    rows: dict[int, list[tuple[int, Any, dict[str, str]]]] = field(default_factory=dict)
    headers: dict[int, dict[str, Any]] = field(default_factory=dict)
    ends: dict[int, dict[str, Any]] = field(default_factory=dict)
    encoding: str = ""
    is_doubtful: bool = False
    notes: list[str] = field(default_factory=list)

    def take(self, head: dict[str, Any], block: bytes) -> None:
        if head["do"] == "text":
            self.encoding = head["encoding"]
        elif head["do"] == "header":
            self.headers[head["index"]] = head
        elif head["do"] == "rows":
            rows = self.rows.setdefault(head["index"], [])
            rows.extend((number, cells, rest[0] if rest else {}) for number, cells, *rest in json.loads(block))
        elif head["do"] == "table":
            self.ends[head["index"]] = head
        else:
            self.is_doubtful, self.notes = head.get("is_doubtful", False), head.get("notes", [])

    @property
    def cells(self) -> list[list[str]]:
        """Of the first table, below its header."""
        first = min(self.headers)
        return [cells for number, cells, _damage in self.rows[first] if number > self.headers[first]["row"]]

    @property
    def damage(self) -> list[dict[str, str]]:
        return [damage for _number, _cells, damage in self.rows[min(self.headers)]]


def found(content: bytes, *, known: Iterable[str] = HEADER, encoding: str = "", seconds: float = 30) -> Found:
    """By the confined process, as a request does it; the rows are dropped. Raises NotReadable."""
    with Reading(io.BytesIO(content), list(known), encoding, seconds=seconds) as reading:
        return listen(reading, lambda table, position, block: None)


def read(content: bytes, *, known: Iterable[str] = HEADER, encoding: str = "") -> Seen:
    """By the confined process, with all it says. Raises NotReadable."""
    seen = Seen()
    with Reading(io.BytesIO(content), list(known), encoding) as reading:
        for head, block in reading.messages():
            seen.take(head, block)
    return seen


def read_here(content: bytes, *, known: Iterable[str] = HEADER, encoding: str = "") -> Seen:
    """The same code in this process: no limits, no time lost. Raises Unfit."""
    pipe = io.BytesIO()
    formats.read_any(io.BytesIO(content), Output(pipe), known=set(known), asked=encoding)
    seen, said, at = Seen(), pipe.getvalue(), 0
    while at < len(said):
        head_size, block_size = wire.SIZES.unpack_from(said, at)
        at += wire.SIZES.size
        seen.take(json.loads(said[at : at + head_size]), said[at + head_size : at + head_size + block_size])
        at += head_size + block_size
    return seen
