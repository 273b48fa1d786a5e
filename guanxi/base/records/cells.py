"""Texts on their way into spreadsheets, which run cells that begin like a formula (trust F-74), and back.

One sign of ours makes such a cell text: an apostrophe in front. Reading takes exactly that one away again, so a value
that went out comes back as it was, whatever apostrophes people wrote themselves.
"""

from __future__ import annotations

import re
import unicodedata

# Also full-width and behind blanks: spreadsheets take them for formulas all the same.
FORMULA_SIGNS = tuple("=+-@＝＋－＠")
MARK = "'"
_ACTIVE = frozenset("=+-@|")
# Begins a cell without being seen: blanks, breaks, marks of direction, zero width.
_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")
_LINES = ("\t", "\r", "\n")
# No XML may hold these, so no workbook can; lone halves of characters no encoding can.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_active(cell: str) -> bool:
    """Whether a spreadsheet may take this text for something to work out."""
    first = cell[:1]
    if not first or (first.isalnum() and first.isascii()):
        return False
    if first in _LINES:
        return True
    for char in cell:
        if char in _ACTIVE or unicodedata.normalize("NFKC", char)[:1] in _ACTIVE:
            return True
        if unicodedata.category(char) not in _UNSEEN:
            return False
    return False


def harmless(cell: str) -> str:
    return MARK + cell if is_active(cell.lstrip(MARK)) else cell


def plain_again(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith(MARK) and is_active(cell.lstrip(MARK)) else cell


def writable(text: str) -> str:
    """Without the characters no spreadsheet file can hold; what people read is all there."""
    return _UNWRITABLE.sub("", text)
