"""Pieces that several schemas share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from guanxi.base.kernel import clock

# PostgreSQL holds every character but NUL.
NO_NUL = r"^[^\x00]*$"
LARGEST_ID = 2**63 - 1

Text = Annotated[str, Field(pattern=NO_NUL)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
# Far-off years are slips of the keyboard, and the last day of the calendar has no 24:00.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
MomentIn = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2199, 12, 31, tzinfo=UTC))]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, description="In yuan")]
OwnValues = Annotated[dict[str, Any], Field(description="Fields the company added, by their keys (`f12`)")]
Moment = Annotated[datetime, PlainSerializer(lambda at: at.astimezone(clock.ZONE), return_type=datetime)]


class In(BaseModel):
    """What comes in: nothing unknown, outer blanks gone, choices as plain values."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, use_enum_values=True)

    def given(self) -> dict[str, Any]:
        """Only what the caller wrote, so that a change leaves the rest alone."""
        return self.model_dump(exclude_unset=True)


class Out(BaseModel):
    model_config = ConfigDict(use_enum_values=True)


class Named(Out):
    """A colleague or a unit."""

    id: int
    name: str

    @classmethod
    def of(cls, thing: Any) -> Named | None:
        return None if thing is None else cls(id=thing.pk, name=thing.name)


class Problem(Out):
    """Every error. `errors` maps a field (or "" for the whole) to sentences in the language of `Accept-Language`."""

    code: str
    message: str
    errors: dict[str, list[str]]
    reference: str


class Versioned(In):
    version: Annotated[int, Field(ge=1, le=2**31 - 1, description="The version you read; 409 when it is no longer it")]


class Paged(In):
    limit: Annotated[int, Field(ge=1, le=200, description="Rows per page")] = 50
    at: Annotated[str, Field(max_length=400, description="`next` of the page before")] = ""


WHERE = "Criteria as text, e.g. `status = active and created_at within 30 days`"


class Asking(Paged):
    where: Annotated[Text, Field(max_length=4000, description=WHERE)] = ""


class Why(In):
    why: Text = Field("", max_length=200, description="Kept in the trail")
