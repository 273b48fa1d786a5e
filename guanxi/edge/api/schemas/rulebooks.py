from __future__ import annotations

from datetime import date

from .common import Moment, Named, Out


class RulebookOut(Out):
    """`version` and `effective_on` are those of the text in force today; null before the first."""

    key: str
    title: str
    title_en: str
    version: int | None
    effective_on: date | None


class RulebookList(Out):
    items: list[RulebookOut]


class ClauseOut(Out):
    """`waits_for` names what must exist before the clause can raise anything; "" when nothing is missing."""

    key: str
    position: int
    article: str
    article_en: str
    topic: str
    subject: str
    waits_for: str


class RulebookWhole(RulebookOut):
    source: str
    approved_at: Moment | None
    approved_by: Named | None
    clauses: list[ClauseOut]
