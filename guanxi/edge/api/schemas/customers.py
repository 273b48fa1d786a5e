from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.reveal import reveals
from guanxi.core.customers.models import Customer
from guanxi.core.customers.models.customer import Gender, Grade, Kind, Source, Status

from ..masking import masked
from ..own import own_told
from .pieces import Asking, Day, Id, In, Moment, Named, Out, OwnValues, Text, Versioned

Blank = Literal[""]


class CustomerFields(In):
    """What a person may write; owner and unit move only by transfer."""

    kind: Kind = Kind("person")
    status: Status = Status("potential")
    type: Text = Field("", max_length=20)
    grade: Grade | Blank = ""
    gender: Gender | Blank = ""
    birth_on: Day | None = None
    birth_is_lunar: bool = False
    address: Text = Field("", max_length=200)
    company_name: Text = Field("", max_length=120)
    industry: Text = Field("", max_length=60)
    source: Source | Blank = ""
    route: Text = Field("", max_length=60)
    need: Text = Field("", max_length=200)
    remark: Text = Field("", max_length=2000)
    own: OwnValues = Field(default={})


class NewCustomer(CustomerFields):
    name: Text = Field(min_length=1, max_length=120)
    phone: Text = Field(min_length=1, max_length=40, description="In any usual form; stored in the canonical one")


class CustomerChange(CustomerFields, Versioned):
    name: Text = Field("", min_length=1, max_length=120)
    phone: Text = Field("", min_length=1, max_length=40)


class CustomerList(Asking):
    q: Text = Field("", max_length=80, description="Name, pinyin, initials, company, full phone number or its end")
    sort: Literal["new", "name", "contact"] = "new"
    status: Status | Blank = ""
    grade: Grade | Blank = ""
    owner: Id | None = None


class CustomerOut(Out):
    """`masked` names the personal fields that your role sees masked or not at all."""

    id: int
    number: str
    kind: str
    name: str
    phone: str
    owner: Named | None
    unit: Named | None
    status: str
    type: str
    grade: str
    gender: str
    birth_on: date | None
    birth_is_lunar: bool
    address: str | None
    company_name: str
    industry: str
    source: str
    route: str
    need: str
    remark: str | None
    own: dict[str, Any] = {}
    is_do_not_disturb: bool
    deceased_on: date | None
    last_contact_at: Moment | None
    created_at: Moment
    updated_at: Moment
    version: int
    masked: list[str] = []

    @classmethod
    def of(cls, customer: Customer, actor: Actor) -> CustomerOut:
        values: dict[str, Any] = {name: getattr(customer, name) for name in PLAIN}
        values |= {"owner": Named.of(customer.owner), "unit": Named.of(customer.unit)}
        values["own"] = own_told(Customer.KIND, customer)
        if not reveals(actor, Customer.KIND, customer):
            values = masked(values, kind=Customer.KIND)
        return cls(**values)


PLAIN = [name for name in CustomerOut.model_fields if name not in ("owner", "unit", "own", "masked")]


class CustomerPage(Out):
    items: list[CustomerOut]
    next: str


class Transfer(In):
    to: Annotated[Id, Field(description="The id of the new owner")]
    why: Text = Field("", max_length=200)
