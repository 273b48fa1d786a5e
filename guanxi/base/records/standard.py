"""A record type of which only its own has to be said: steps, filters, who and when are added here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may

from .actions import standard_actions
from .bulk import BULK
from .bulk.standard import standard_steps
from .types import Button, Field, Filter, Options, RecordType

OWNER = Field("owner", _("Owner"), "staff", is_fixed=True)
UNIT = Field("unit", _("Unit"), "unit", is_fixed=True)
CREATED = Field("created_at", _("Created"), "moment", is_fixed=True)
NUMBER = Field("number", _("Number"), is_fixed=True)


# Words of a list's address; a filter of that name would say two things at once.
ADDRESS = {"q", "sort", "where", "at", "limit", "cols", "as", "by", "month", "view"}


def standard(type_: RecordType) -> RecordType:
    """For models derived from `Stored`. What the declaration says itself stays."""
    if taken := ADDRESS & {f.key for f in type_.fields}:
        raise ValueError(f"{type_.key}: fields cannot be called {', '.join(sorted(taken))}")
    whole = _with_usual_fields(type_)
    steps = standard_actions(whole)
    for step in standard_steps(whole):
        BULK.add(step)
    return replace(
        whole,
        create=type_.create or steps.create,
        change=type_.change or steps.change,
        remove=type_.remove or steps.remove,
        restore=type_.restore or steps.restore,
        has_bin=True,
        searchable=True,
        number="number" if hasattr(type_.model, "number") else "",
        filters=type_.filters or tuple(_filter(f) for f in type_.fields if f.kind == "choice"),
        new_label=type_.new_label or _new(type_),
        buttons=(*type_.buttons, _remove_button(whole)),
        empty_hint=type_.empty_hint or _("Add the first one; it will be listed here."),
    )


def _with_usual_fields(type_: RecordType) -> RecordType:
    known = {f.key for f in type_.fields}
    usual = [NUMBER] if hasattr(type_.model, "number") else []
    missing = tuple(f for f in (*usual, OWNER, UNIT, CREATED) if f.key not in known)
    first, *others = type_.sections
    shown = replace(first, fields=(*first.fields, *(f.key for f in missing)))
    return replace(type_, fields=(*type_.fields, *missing), sections=(shown, *others))


def _filter(field: Field) -> Filter:
    sql = f"{field.sql} = %s"
    return Filter(field.key, field.label, sql, _offered(field), is_indexed=field.is_indexed)


def _offered(field: Field) -> Callable[[Actor], Options]:
    return lambda actor: field.options()


def _remove_button(type_: RecordType) -> Button:
    return Button(
        "remove",
        _("Remove"),
        lambda record: f"/{type_.path}/{record.pk}/remove",
        lambda actor, record: may(actor, type_.key, "delete"),
    )


def _new(type_: RecordType) -> object:
    return lazy(lambda: gettext("New %(noun)s") % {"noun": str(type_.label).lower()}, str)()
