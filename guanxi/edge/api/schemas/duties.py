from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from guanxi.core.rulebooks.screens.rows import DutyRow

from .activities import ActivityOut
from .pieces import Day, Id, In, Moment, Named, Out, Paged, Text

Part = Literal["open", "overdue", "today", "coming", "caught_up", "done", "withdrawn"]
Reason = Annotated[Text, Field(min_length=1, max_length=200)]
PARTS = (
    "`overdue`, `today` and `coming` are open and held against somebody; `caught_up` was late before it could be raised"
)


class DutyList(Paged):
    state: Part = Field("open", description=PARTS)
    person: Literal["me", "all"] = Field("me", description="`all`: everybody whose duties your role reaches")
    customer: Id | None = None


class ClauseOf(Out):
    """The clause that asks for it, in the company's own words."""

    rulebook: str
    key: str
    article: str


class DutyOut(Out):
    """`due_on` is the last day in time; `due_at` the moment it becomes late. A task has no clause."""

    id: int
    state: str
    purpose: str
    due_on: date
    due_at: Moment
    opens_at: Moment
    is_late: bool
    is_caught_up: bool
    step: int
    steps: int
    assignee: Named | None
    customer: Named | None
    phone: str
    subject_kind: str
    subject_id: int
    clause: ClauseOf | None
    postponed_to: date | None
    postponed_why: str
    settled_at: Moment | None
    settled_late: bool
    withdrawn_why: str

    @classmethod
    def of(cls, row: DutyRow) -> DutyOut:
        values = {name: getattr(row, name) for name in PLAIN}
        values["assignee"] = Named(id=row.assignee_id, name=row.assignee or "") if row.assignee_id else None
        values["customer"] = Named(id=row.customer_id, name=row.customer) if row.customer_id else None
        values["clause"] = (
            ClauseOf(rulebook=row.rulebook or "", key=row.clause, article=row.article) if row.clause else None
        )
        values["postponed_to"] = row.due_on if row.postponed_to else None
        return cls(**values)


PLAIN = [n for n in DutyOut.model_fields if n not in ("assignee", "customer", "clause", "postponed_to")]


class DutyPage(Out):
    items: list[DutyOut]
    next: str


class NewTask(In):
    """A duty that a person sets. Left out, `to` is yourself; without a customer it is about whoever has it."""

    customer_id: Id | None = None
    purpose: Text = Field(min_length=1, max_length=200)
    due_on: Day
    to: Id | None = None


class Postpone(In):
    until: Annotated[Day, Field(description="The new last day")]
    why: Reason


class HandOver(In):
    to: Annotated[Id, Field(description="The id of the colleague, who is told and may open the customer")]
    why: Reason


class Withdraw(In):
    why: Reason


class Finish(In):
    note: Text = Field("", max_length=4000)


class Settled(Out):
    """The contact as recorded, and the duty as it stands after it: `done` when the contact was what it asks for."""

    activity: ActivityOut
    duty: DutyOut
