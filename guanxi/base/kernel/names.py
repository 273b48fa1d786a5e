"""Names of people and organisations: cleaned for showing, and a key under which the same name meets itself."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from .errors import Unreadable

LONGEST = 120
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0])
_DOTS = dict.fromkeys(map(ord, "•・‧∙⋅●．"), "·")
_SPACES = re.compile(r"\s+")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_LETTER = re.compile(r"[^\W\d_]")


def read_name(text: str) -> str:
    """Outer and doubled spaces go, and those within a Chinese name (`张 三`); rare characters stay as they are."""
    name = _SPACES.sub(" ", text.translate(_INVISIBLE)).strip()
    name = _BETWEEN_HAN.sub("", name)
    if not name:
        raise Unreadable(_("There is no name."), code="name_missing")
    if "\ufffd" in name or not _LETTER.search(name):
        raise Unreadable(_("This is not a name."), code="name_form")
    if len(name) > LONGEST:
        raise Unreadable(_("The name is too long."), code="name_length")
    return name


def name_key(text: str) -> str:
    """Equal for names that differ only in width, case, spaces or the kind of dot (阿依古丽·买买提)."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_DOTS))).casefold()


def is_chinese_name(name: str) -> bool:
    """Two to four Han characters: short enough to begin with a surname."""
    return 2 <= len(name) <= 4 and all(is_han(char) for char in name)


def is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char >= "\U00020000" or char == "〇"


def mask_name(name: str) -> str:
    """张三 -> 张*, 欧阳小明 -> 欧***."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""
