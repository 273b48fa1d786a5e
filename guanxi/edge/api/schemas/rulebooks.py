from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from .pieces import In, Moment, Named, Out


class RulebookOut(Out):
    """`version` and the days are those of the text in force today; null before the first. `until_on` is its last day,
    if one is set; `unit_ids` empty: the whole company. On trial nothing is proposed against anybody."""

    key: str
    title: str
    title_en: str
    version: int | None
    effective_on: date | None
    until_on: date | None
    is_trial: bool
    unit_ids: list[int]


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


class Told(Out):
    """One line of how a clause is carried out, in the language asked for."""

    label: str
    text: str


class ClauseOut(Out):
    """`waits_for` names what must exist before the clause can raise anything; "" when nothing is missing. `forbids`:
    what nobody may do with the record, except with a permit of the role `permit_by` ("": nobody may permit it)."""

    key: str
    position: int
    article: str
    article_en: str
    topic: str
    subject: str
    waits_for: str
    forbids: list[str]
    permit_by: str
    runs: list[Told]
    target: int | None
    figures: Figures


class RulebookWhole(RulebookOut):
    source: str
    approved_at: Moment | None
    approved_by: Named | None
    drafted_by: Named | None
    anchors_from: date | None
    awaits_confirmation: Annotated[bool, Field(description="Whether you have still to confirm that you read it")]
    month: str
    clauses: list[ClauseOut]
