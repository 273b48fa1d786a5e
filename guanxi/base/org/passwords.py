"""What a password must be. Two profiles that contradict each other, so never mixed (settings: PASSWORD_PROFILE).

"modern" wants length and refuses what is guessed first; it asks for no mixture of characters and for no regular
change. "mlps" is what 等保2.0 asks for: a mixture and a change every PASSWORD_DAYS days.
"""

from __future__ import annotations

import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError

from guanxi.base.kernel import clock

from .models import Account, Unit

LEAST_CLASSES = 3
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
# What people put between, before and after a word that is theirs.
TRIMMINGS = r"[^a-z\u4e00-\u9fff]+"
LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn")
# Words and sounds that stand in most lists of passwords found in China, beside the list that Django brings.
GUESSED = """
aini woaini woaiwojia woaimama woaizhongguo wodemima mima mimamima zhongguo beijing shanghai guangzhou shenzhen chengdu
hangzhou admin administrator root password passwd welcome login test guest user system manager huawei taobao tencent
weixin wechat alibaba baidu qwerty asdf zxcv iloveyou dragon monkey letmein nihao caonima dearbook laoban gongsi kehu
xiaoshou mishu caiwu yiersansi wang zhang li liu chen yang zhao huang zhou wu kehuguanxi guanxi crm customer hello abc
"""
WORDS = frozenset(GUESSED.split())
LUCKY = (
    "5201314",
    "1314520",
    "520520",
    "168168",
    "888888",
    "666666",
    "123456",
    "654321",
    "147258369",
    "112233",
    "123123",
)


class Guessable:
    """A validator of Django's: refuses what is tried first, as far as rules can tell."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if is_guessable(password, names=[user.login] if user else []):
            raise ValidationError("guessable", code="password_too_common")

    def get_help_text(self) -> str:
        return ""


class Mixed:
    """A validator for 等保: three of the four kinds of characters."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if sum(bool(re.search(kind, password)) for kind in CLASSES) < LEAST_CLASSES:
            raise ValidationError("not mixed", code="password_not_mixed")

    def get_help_text(self) -> str:
        return ""


def is_guessable(password: str, *, names: list[str]) -> bool:
    plain = password.lower()
    return _is_monotonous(plain) or _is_figures(plain) or _is_word(plain, names)


def _is_monotonous(text: str) -> bool:
    """One piece over and over, or a walk over the keyboard."""
    if re.fullmatch(r"(.{1,4}?)\1+.{0,3}", text):
        return True
    walks = [walk for row in ROWS for walk in (row * 2, row[::-1] * 2)]
    return any(text in walk for walk in walks) or _pieces(text, walks)


def _pieces(text: str, walks: list[str]) -> bool:
    """Made of walks of four and more alone: qwer1234, abcd4321."""
    at = 0
    while at < len(text):
        step = next((n for n in range(len(text) - at, 3, -1) if any(text[at : at + n] in walk for walk in walks)), 0)
        if not step:
            return False
        at += step
    return True


def _is_figures(text: str) -> bool:
    """A phone number, a day or lucky figures, alone or with a few letters: 13800138000, wl19880818, a5201314."""
    figures = re.sub(r"\D", "", text)
    letters = re.sub(r"[^a-z]", "", text)
    if len(letters) > 3 or len(figures) + len(letters) < len(text) - 2:
        return False
    is_day = re.fullmatch(r"(19|20)\d\d(0?[1-9]|1[0-2])(0?[1-9]|[12]\d|3[01])", figures)
    return bool(is_day or re.fullmatch(r"(86)?1[3-9]\d{9}", figures) or any(lucky in figures for lucky in LUCKY))


def _is_word(text: str, names: list[str]) -> bool:
    """One known word with figures and signs around it: Guanxi@2026, p@ssw0rd123, 康和健康2026。"""
    words = WORDS | {_bare(name) for name in [*names, *_company_names()] if len(_bare(name)) > 1}
    readings = (_bare(text), _bare(text.rstrip("0123456789!@#$.。").translate(LOOKALIKES)))
    return any(_is_made_of(words, reading) for reading in readings)


def _is_made_of(words: set[str] | frozenset[str], text: str) -> bool:
    """One of them, or two in a row: guanxicrm."""
    return text in words or any(text[:at] in words and text[at:] in words for at in range(1, len(text)))


def _bare(text: str) -> str:
    return re.sub(TRIMMINGS, "", text.lower())


def _company_names() -> list[str]:
    return list(Unit.objects.filter(kind__in=("company", "group", "branch")).values_list("name", flat=True))


def end_when_old(account: Account) -> None:
    """At the sign-in, where passwords are changed regularly: the next page asks for a new one."""
    if not settings.PASSWORD_DAYS:
        return
    since = account.password_changed_at or account.created_at
    if clock.now() - since > timedelta(days=settings.PASSWORD_DAYS):
        account.must_change_password = True
        account.save(update_fields=["must_change_password"])
