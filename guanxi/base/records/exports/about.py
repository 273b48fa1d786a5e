"""What a file says about itself: whose it is, when it was made, of what and for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guanxi.base.ui import formats

from .described import in_one_line


@dataclass(frozen=True)
class About:
    title: str
    company: str
    who: str
    when: datetime
    purpose: str
    asked: list[tuple[str, str]]
    # The code by which a copy is traced, and how secret it is.
    code: str = ""
    level: str = ""
    given_to: str = ""
    # How many rows a third party does not get; None when nobody's consent was asked.
    left_out: int | None = None

    def facts(self, rows: int) -> list[tuple[str, str]]:
        return [
            (_("List"), self.title),
            (_("Company"), self.company),
            *self.asked,
            (_("Exported by"), self.who),
            (_("Exported at"), formats.moment(self.when)),
            (_("Purpose"), self.purpose),
            *([(_("Given to"), self.given_to)] if self.given_to else []),
            (_("Number of rows"), formats.number(rows)),
            *([] if self.left_out is None else [(_("Left out without consent"), formats.number(self.left_out))]),
            *([(_("Classification"), self.level)] if self.level else []),
            *([(_("Code of this copy"), self.code)] if self.code else []),
        ]

    def mark(self, rows: int) -> str:
        """One line for the foot of every page."""
        words = {"who": self.who, "when": formats.moment(self.when), "rows": formats.number(rows)}
        return " ".join(
            part for part in (self.level, _("%(who)s, %(when)s, rows: %(rows)s") % words, self.code) if part
        )

    @property
    def narrowing(self) -> str:
        return in_one_line(self.asked)
