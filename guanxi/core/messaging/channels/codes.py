"""How a delivery went, in words: providers, SMTP and we ourselves leave short codes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: dict[str, Any] = {
    "the time was over": gettext_lazy("the time for it was over"),
    "too old": gettext_lazy("too old to be read"),
    "switched off": gettext_lazy("the channel was switched off"),
    "channel removed": gettext_lazy("the channel was removed"),
    "the worker ended": gettext_lazy("the worker ended while sending"),
    "no address": gettext_lazy("no e-mail address"),
    "no address or secret": gettext_lazy("address or secret must be entered again"),
    "unreadable answer": gettext_lazy("the answer could not be read"),
    "SMTP is not set up": gettext_lazy("SMTP is not set up"),
    "0": gettext_lazy("accepted"),
    "250": gettext_lazy("accepted"),
}
BEGINNINGS: dict[str, Any] = {
    "not reached": gettext_lazy("not reached (%(more)s)"),
    "no answer": gettext_lazy("no answer (%(more)s)"),
    "blocked": gettext_lazy("this place may not be called (%(more)s)"),
}


def said(code: str) -> str:
    if code in WORDS:
        return str(WORDS[code])
    start, _colon, more = code.partition(": ")
    if start in BEGINNINGS and more:
        return str(BEGINNINGS[start]) % {"more": more}
    count, _space, rest = code.partition(" ")
    if rest == "recipients":
        return _("%(count)s recipients") % {"count": count}
    return code
