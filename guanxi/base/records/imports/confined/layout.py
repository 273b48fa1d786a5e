"""Where a table begins and ends: titles above its header, totals and signatures below its rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..sheet import header_key

HEADER_WITHIN = 20
BLANKS = ",\t; \u3000"
_TOTAL_WORDS = (
    "合计", "总计", "小计", "累计", "共计", "总数", "总人数", "本页合计", "本页小计", "汇总",
    "subtotal", "total", "grandtotal", "sum",
)  # fmt: skip
_SIGNED_WORDS = (
    "制表人", "制表", "制单人", "填表人", "填报人", "审核人", "审核", "复核", "经办人", "负责人签字", "主管签字",
    "签字", "单位盖章", "盖章", "打印时间", "打印日期", "制表时间", "制表日期", "填表说明", "说明", "注", "备注",
    "preparedby", "note",
)  # fmt: skip
_TOTAL = re.compile(rf"(?:{'|'.join(_TOTAL_WORDS)})(?:[:(].*|\d*|[一二三四五六七八九十]*)")
_SIGNED = re.compile(rf"(?:{'|'.join(_SIGNED_WORDS)})(?P<rest>[:(].*|\d*)")
_TOTAL_STARTS = frozenset(word[0] for word in (*_TOTAL_WORDS, *_SIGNED_WORDS)) | frozenset("TSGPN \u3000\u00a0")


@dataclass(frozen=True)
class Header:
    row: int
    names: list[str]
    score: int


def choose_header(rows: Sequence[tuple[int, list[str]]], known: Collection[str]) -> Header | None:
    """The row that knows most of the names; when none does, the first that is about as full as rows are."""
    found = [header_of(number, cells, known) for number, cells in rows]
    if not found:
        return None
    best = max(found, key=lambda header: (header.score, len(header.names), -header.row))
    if best.score:
        return best
    fullest = max(filled(header.names) for header in found)
    return next(header for header in found if filled(header.names) * 2 > fullest)


def header_of(number: int, cells: Sequence[str], known: Collection[str]) -> Header:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return Header(number, names, len({header_key(name) for name in names} & set(known)))


def filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip(BLANKS))


def is_total(cells: Sequence[str], width: int) -> bool:
    """A row that sums up or signs: such a word first, and few cells beside it."""
    first = cells[0] if cells else ""
    if first and first[0] not in _TOTAL_STARTS:
        return False
    first = next((cell for cell in cells[:5] if cell and not cell.isspace()), "")
    count = filled(cells)
    if not first or first[0] not in _TOTAL_STARTS or count > max(3, width // 2):
        return False
    word = "".join(unicodedata.normalize("NFKC", first).split()).casefold()
    if _TOTAL.fullmatch(word):
        return True
    # A word such as 备注 may be data of a narrow table; a colon behind it says that it is not.
    signed = _SIGNED.fullmatch(word)
    return signed is not None and (signed["rest"][:1] == ":" or count <= max(1, width // 2))
