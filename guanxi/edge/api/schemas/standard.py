"""What programs send and get of a record type, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import IntegerField
from django.db.models.fields import NOT_PROVIDED
from pydantic import BaseModel, Field, create_model

from guanxi.base.records.types import Field as Declared
from guanxi.base.records.types import RecordType

from .pieces import Amount, Asking, Day, Id, In, Moment, MomentIn, Named, Out, OwnValues, Text, Versioned

REFERRING = ("staff", "unit")
SHOWN: dict[str, Any] = {
    "date": date | None,
    "yesno": bool,
    "number": Decimal | None,
    "money": Decimal | None,
    "moment": Moment | None,
    "staff": Named | None,
    "unit": Named | None,
}
TAKEN: dict[str, Any] = {
    "date": Day | None,
    "yesno": bool,
    "number": Annotated[Decimal, Field(max_digits=20)] | None,
    "money": Amount | None,
    "moment": MomentIn | None,
    "staff": Id | None,
    "unit": Id | None,
}
LONGEST_PHONE = 40


@dataclass(frozen=True)
class Schemas:
    """`asks`: the parameters of a list."""

    new: type[BaseModel]
    change: type[BaseModel]
    one: type[BaseModel]
    page: type[BaseModel]
    asks: type[BaseModel]


def schemas_of(type_: RecordType) -> Schemas:
    name = type_.model.__name__
    one = _one(type_, name)
    return Schemas(
        new=_incoming(type_, f"New{name}", In, _needed),
        change=_incoming(type_, f"{name}Change", Versioned, lambda type_, entry: False),
        one=one,
        page=create_model(f"{name}Page", __base__=Out, items=(list[one], ...), next=(str, ...)),  # type: ignore[valid-type]  # made at run time
        asks=_asks(type_, f"{name}List"),
    )


def _incoming(
    type_: RecordType, name: str, base: type[In], needed: Callable[[RecordType, Declared], bool]
) -> type[BaseModel]:
    entries: dict[str, Any] = {
        f.key: (_taken(f), _default(type_, f, is_needed=needed(type_, f)))
        for f in type_.fields
        if not f.is_fixed and not f.is_derived
    }
    if type_.has_own_fields:
        entries["own"] = (OwnValues, Field(default={}))
    return create_model(name, __base__=base, **entries)


def _needed(type_: RecordType, entry: Declared) -> bool:
    """What the model has no default for must be said."""
    return entry.required and _model_default(type_, entry) is NOT_PROVIDED


def _model_default(type_: RecordType, entry: Declared) -> Any:
    return getattr(type_.model._meta.get_field(entry.key), "default", NOT_PROVIDED)


def _default(type_: RecordType, entry: Declared, *, is_needed: bool) -> Any:
    if is_needed:
        return Field(description=str(entry.help or ""))
    default = _model_default(type_, entry)
    plain = default if isinstance(default, str | bool | int) else False if entry.kind == "yesno" else None
    if plain is None and entry.kind not in TAKEN:
        plain = ""
    return Field(default=str(plain) if isinstance(plain, str) else plain, description=str(entry.help or ""))


def _taken(entry: Declared) -> Any:
    if entry.between:
        return Annotated[int, Field(strict=True, ge=entry.between[0], le=entry.between[1])]
    if entry.kind in TAKEN:
        return TAKEN[entry.kind]
    if entry.kind == "choice" and not callable(entry.choices):
        values = tuple(str(value) for value, _label in entry.options())
        return Literal[values if entry.required else (*values, "")]
    longest = LONGEST_PHONE if entry.kind == "phone" else entry.max_length
    return Annotated[Text, Field(min_length=1 if entry.required else 0, max_length=longest)]


def _one(type_: RecordType, name: str) -> type[BaseModel]:
    entries: dict[str, Any] = {"id": (int, ...)}
    for entry in type_.fields:
        if not entry.is_derived:
            entries[entry.key] = (_told(type_, entry), ...)
    if type_.has_own_fields:
        entries["own"] = (dict[str, Any], {})
    entries |= {"updated_at": (Moment, ...), "version": (int, ...), "masked": (list[str], [])}
    made = create_model(f"{name}Out", __base__=Out, **entries)
    made.__doc__ = "`masked` names the personal fields that your role sees masked or not at all."
    return made


def _told(type_: RecordType, entry: Declared) -> Any:
    if entry.kind == "number" and isinstance(type_.model._meta.get_field(entry.key), IntegerField):
        return int | None
    told = SHOWN.get(entry.kind, str)
    return told | None if entry.is_personal else told


def _asks(type_: RecordType, name: str) -> type[BaseModel]:
    entries: dict[str, Any] = {}
    if type_.searchable:
        entries["q"] = (Text, Field("", max_length=80, description="What the search box finds"))
    orders = tuple(sort.key for sort in type_.sorts)
    entries["sort"] = (Literal[orders], orders[0])
    for filter_ in type_.filters:
        entries[filter_.key] = (Text, Field("", max_length=80))
    return create_model(name, __base__=Asking, **entries)
