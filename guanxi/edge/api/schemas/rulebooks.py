from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from .pieces import In, Moment, Named, Out


class RulebookOut(Out):
    """`version` and `effective_on` are those of the text in force today; null before the first."""

    key: str
    title: str
    title_en: str
    version: int | None
    effective_on: date | None


class RulebookList(Out):
    items: list[RulebookOut]


class MonthAsked(In):
    month: Annotated[
        str, Field(pattern=r"^(\d{4}-\d{2})?$", description="Of the figures, e.g. 2026-11; left out: this one")
    ] = ""


class Figures(Out):
    """What the clause made happen in the month, counted by deadline among the duties you may see."""

    raised: int = 0
    in_time: int = 0
    still_open: int = 0
    late: int = 0
    withdrawn: int = 0
    past: int = 0
    # Part of what was late: the consequence proposed for it was forgiven or taken back.
    forgiven: int = 0


class ClauseOut(Out):
    """`waits_for` names what must exist before the clause can raise anything; "" when nothing is missing."""

    key: str
    position: int
    article: str
    article_en: str
    topic: str
    subject: str
    waits_for: str
    target: int | None
    figures: Figures


class RulebookWhole(RulebookOut):
    source: str
    approved_at: Moment | None
    approved_by: Named | None
    month: str
    clauses: list[ClauseOut]
