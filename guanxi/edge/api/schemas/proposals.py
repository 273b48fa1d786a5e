from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from guanxi.core.rulebooks.models import Proposal

from .duties import ClauseOf
from .pieces import Amount, Id, In, Moment, Named, Out, Paged, Text

State = Literal["proposed", "confirmed", "forgiven", "withdrawn", "all"]
Reason = Annotated[Text, Field(min_length=1, max_length=300, description="The person concerned reads it")]


class ProposalList(Paged):
    state: State = "proposed"
    person: Literal["me", "all"] = Field("all", description="`me`: those against yourself")
    waiting: bool = Field(False, description="Only what waits for your decision, appeals among it")


class ProposalOut(Out):
    """`amount` is yuan for `deduct`, points for `score`. `confirmer` decides now; null: nobody was found. A confirmed
    one stands in the statement of `month`, taken back in that of `reversed_month` (first days of months)."""

    id: int
    kind: str
    state: str
    amount: Decimal | None
    least: Decimal | None
    most: Decimal | None
    person: Named
    clause: ClauseOf
    duty_id: int | None
    subject_kind: str
    subject_id: int
    proposed_at: Moment
    due_at: Moment
    confirmer: Named | None
    first_confirmer_id: int | None
    level: int
    decided_at: Moment | None
    decided_by: Named | None
    decision: str
    month: date | None
    reversed_month: date | None
    appeal: str
    appeal_text: str
    appeal_answer: str
    review: str

    @classmethod
    def of(cls, row: Proposal) -> ProposalOut:
        values = {name: getattr(row, name) for name in PLAIN}
        book = row.rule.version.rulebook
        values["clause"] = ClauseOf(rulebook=book.key, key=row.rule.clause.key, article=row.rule.article)
        values["person"] = Named(id=row.staff_id, name=row.staff.name)
        values["confirmer"], values["decided_by"] = Named.of(row.confirmer), Named.of(row.decided_by)
        return cls(**values)


PLAIN = [n for n in ProposalOut.model_fields if n not in ("person", "clause", "confirmer", "decided_by")]


class ProposalPage(Out):
    items: list[ProposalOut]
    next: str


class Confirm(In):
    """Without an amount as proposed; `to` is the new owner, for `reassign`."""

    amount: Amount | None = None
    note: Text = Field("", max_length=300)
    to: Id | None = None


class Forgive(In):
    why: Reason


class AppealIn(In):
    text: Annotated[Text, Field(min_length=1, max_length=500)]


class Answer(In):
    upheld: bool = Field(description="True takes it back")
    why: Reason
