from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.reveal import reveals
from guanxi.domain.archive.models import FileForm

from ..masking import masked
from .pieces import Amount, Asking, Day, Id, In, Moment, Named, Out, Text, Versioned


class FileFormFields(In):
    purchased: bool = False
    product: Text = Field("", max_length=80)
    amount: Amount | None = None
    health: Text = Field("", max_length=200)
    remark: Text = Field("", max_length=2000)


class NewFileForm(FileFormFields):
    """The duties of every clause on file forms are raised in the same transaction."""

    customer_id: Id
    event_name: Text = Field(min_length=1, max_length=80)
    completed_on: Day


class FileFormChange(FileFormFields, Versioned):
    event_name: Text = Field("", min_length=1, max_length=80)
    completed_on: Day | None = None


class FileFormList(Asking):
    customer: Annotated[Id | None, Field(description="Only the forms of this customer")] = None


class FileFormOut(Out):
    """`masked` names the personal fields that your role does not see."""

    id: int
    number: str
    customer: Named
    event_name: str
    completed_on: date
    purchased: bool
    product: str
    amount: Decimal | None
    health: str | None
    representative: Named | None
    unit: Named | None
    remark: str | None
    created_at: Moment
    updated_at: Moment
    version: int
    masked: list[str] = []

    @classmethod
    def of(cls, form: FileForm, actor: Actor) -> FileFormOut:
        values: dict[str, Any] = {name: getattr(form, name) for name in PLAIN}
        values |= {name: Named.of(getattr(form, name)) for name in PEOPLE}
        if not reveals(actor, FileForm.KIND, form, owner="representative_id"):
            values = masked(values, kind=FileForm.KIND)
        return cls(**values)


PEOPLE = ("customer", "representative", "unit")
PLAIN = [name for name in FileFormOut.model_fields if name not in (*PEOPLE, "masked")]


class FileFormPage(Out):
    items: list[FileFormOut]
    next: str
