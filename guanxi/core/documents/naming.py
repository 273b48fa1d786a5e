"""Names that files came with: kept as they were, and made harmless only where they leave the house."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .models.document import LONGEST_NAME

# Most file systems take 255 bytes; a browser may still add " (1)".
MOST_BYTES = 200
# Not allowed in names on Windows; the slash nowhere.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_DEVICES = re.compile(r"^(con|prn|aux|nul|clock\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_ENDING = re.compile(r"\.[^.\s]{1,12}$")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def kept_name(name: str) -> str:
    """As it came, without what a database cannot hold; a longer one loses its middle, not its ending."""
    name = _SURROGATES.sub("\ufffd", name.replace("\0", "")).strip()
    return _shortened(name, LONGEST_NAME, len)


def shown_name(name: str) -> str:
    """On one line and in one direction: signs that turn the reading order would make `exe.gpj` a picture."""
    return "".join(_sign(char) for char in name).strip() or "?"


def download_name(name: str, *, fallback: str) -> str:
    """What the reader's own system may call it."""
    name = "".join(char for char in name if not _is_control(char))
    name = _FORBIDDEN.sub("_", name).strip(". \u3000\xa0")
    name = _DEVICES.sub(r"_\1", name)
    return _shortened(name, MOST_BYTES, lambda text: len(text.encode())) or fallback


def coded_name(name: str, code: str) -> str:
    """With the code of a copy before its ending."""
    ending = found.group() if (found := _ENDING.search(name)) else ""
    return f"{name.removesuffix(ending)}-{code}{ending}"


def _sign(char: str) -> str:
    return "\ufffd" if _is_control(char) else char


def _is_control(char: str) -> bool:
    """Control, format (bidi among them), line and paragraph separators, private use."""
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs")


def _shortened(name: str, most: int, size: Callable[[str], int]) -> str:
    if size(name) <= most:
        return name
    found = _ENDING.search(name)
    ending = found.group() if found else ""
    stem = name[: len(name) - len(ending)]
    while stem and size(stem + "…" + ending) > most:
        stem = stem[: max(len(stem) - 1, 0)]
    return stem + "…" + ending
