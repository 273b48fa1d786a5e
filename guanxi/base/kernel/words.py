"""Yes, no and the sexes as people write them."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from .errors import Unreadable

_YES = "是 有 对 真 已 已购 已购买 购买 买 √ ✓ ✔ ☑ y yes true t 1 on"
_NO = "否 无 不 不是 没 没有 未 未购 未购买 没买 假 × ✗ ✕ ✘ x n no false f 0 off"
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())
SEXES = {"男": "male", "女": "female", "m": "male", "f": "female", "male": "male", "female": "female"} | {
    "男性": "male", "女性": "female", "先生": "male", "女士": "female"
}  # fmt: skip


def read_yes_no(text: str) -> bool:
    word = _word(text)
    if word in YES or word in NO:
        return word in YES
    raise Unreadable(_("Write yes or no here."), code="yes_no")


def read_gender(text: str) -> str:
    """`male`, `female`, or empty when nothing or 不详 is written."""
    word = _word(text)
    if word in {"", "不详", "未知", "保密", "unknown"}:
        return ""
    if word in SEXES:
        return SEXES[word]
    raise Unreadable(_("Write male or female here."), code="gender")


def _word(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
