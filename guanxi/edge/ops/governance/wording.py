"""Rights in words, as people read them."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ..rights import SCOPES, VERBS, kind_labels
from .models import Origin, ReviewLine


class Words:
    """Labels of kinds are looked up once per page."""

    def __init__(self) -> None:
        self.kinds = kind_labels()
        self.is_chinese = (translation.get_language() or "").startswith("zh")

    def kind(self, key: str) -> str:
        return str(self.kinds.get(key, key))

    def verb(self, key: str) -> str:
        return str(VERBS.get(key, _("Work on it") if key == "work" else key))

    def scope(self, key: str) -> str:
        """Empty for single records."""
        return "" if key == "record" else str(SCOPES.get(key, _("Named units") if key == "units" else key))

    def right(self, right: list[Any]) -> str:
        kind, verb, scope, *_units = right
        words = {"kind": self.kind(kind), "verb": self.verb(verb), "scope": self.scope(scope)}
        if not words["scope"]:
            return _("%(kind)s: %(verb)s") % words
        return _("%(kind)s: %(verb)s (%(scope)s)") % words

    def name(self, line: ReviewLine) -> str:
        """What the rights come from: the role, the token, so many single records."""
        if line.origin == Origin.SHARE:
            return _("%(kind)s × %(count)s") % {"kind": self.kind(line.rights[0][0]), "count": line.label}
        return line.label if self.is_chinese else line.label_en or line.label

    def whole(self, line: ReviewLine) -> dict[str, Any]:
        return {
            "line": line,
            "name": self.name(line),
            "rights": [self.right(one) for one in line.rights],
            "fresh": [self.right(one) for one in line.fresh],
            "gone": [self.right(one) for one in line.gone],
        }
