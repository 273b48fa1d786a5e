"""An import for any type of record, made from its declaration: a new type can be imported without another line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Unreadable
from guanxi.base.kernel.names import name_key
from guanxi.base.org.models import Unit

from ..types import RECORD_TYPES, Field, RecordType
from . import readers
from .intakes import Intake, Key, intake_of
from .kinds import KINDS, Choice, Column, Derive, Figure, ImportKind, Option, Read, Text
from .staging import array_text
from .taking import take_in

OWNER = "owner"
SQL_TYPES = {
    "date": "date",
    "yesno": "boolean",
    "number": "numeric",
    "money": "numeric(14,2)",
    "staff": "bigint",
    "unit": "bigint",
}
EXAMPLES = {"date": "2026-01-31", "phone": "13800001234", "money": "1980.00", "number": "12"}
NOT_IMPORTED = ("moment",)
WORDS = (("words_sound", "text"), ("words_initials", "text"), ("words_tokens", "text[]"))
NO_KEY = "none"
ASK, LEAVE, FILL, OVERWRITE, CREATE = "ask", "leave", "fill", "overwrite", "create"
FOUND = Choice(
    "found",
    _("Records known already"),
    (
        Option(LEAVE, _("Leave them as they are")),
        Option(FILL, _("Fill in what is empty"), _("What is written in the record stays.")),
        Option(OVERWRITE, _("Overwrite with what the file says")),
        Option(ASK, _("Ask me one by one"), _("Up to 200; you see both side by side.")),
        Option(CREATE, _("Create them once more"), _("Where two such records may exist.")),
    ),
)
TWINS = Choice(
    "twins",
    _("Rows of the file that mean the same record"),
    (
        Option("first", _("The first row counts")),
        Option("merge", _("Take them together"), _("Of several entries the one furthest down counts.")),
        Option("create", _("Each row is a record of its own")),
    ),
)
EMPTY = Choice(
    "empty",
    _("Empty cells"),
    (
        Option("keep", _("Never erase anything")),
        Option("erase", _("Erase what the record holds"), _("Only where records are overwritten.")),
    ),
)
FIGURES = (
    Figure("rows", _("Rows read"), is_headline=True),
    Figure("created", _("New records"), "done", is_headline=True),
    Figure("changed", _("Records changed"), "done", is_headline=True),
    Figure("left", _("Known already and left as they are")),
    Figure("known", _("Rows that came in before")),
    Figure("repeated", _("Rows that repeat a row of this file")),
    Figure("masked", _("Records whose masked entries were left alone")),
    Figure("formula_text_cells", _("Cells that look like formulas, kept as text")),
    Figure("refused", _("Rows refused"), "late", is_headline=True),
)


def standard_kinds() -> Mapping[str, Callable[[], ImportKind]]:
    return {t.path: partial(standard_import, t) for t in RECORD_TYPES if t.create is not None}


def standard_import(type_: RecordType) -> ImportKind:
    intake = intake_of(type_)
    columns = tuple(columns_of(type_, intake))
    return ImportKind(
        key=type_.path,
        label=type_.plural,
        access_kind=type_.key,
        columns=columns,
        apply=partial(take_in, type_, intake, tuple(c.key for c in columns if c.is_needed)),
        figures=FIGURES,
        choices=(TWINS, FOUND, EMPTY),
        offer=partial(_offer, intake),
        derived=WORDS if intake.words else (),
        derive=partial(_derive, intake),
        leads_to=((f"/{type_.path}", type_.plural),),
        explain=_("Each row is a record. Those known already are recognised by number, phone or name."),
        number="number" if type_.number else "",
        beside=intake.beside,
    )


def columns_of(type_: RecordType, intake: Intake) -> list[Column]:
    found = [_number_column()] if type_.number else []
    wanted = [f for f in type_.typed_in if not f.is_derived and f.kind not in NOT_IMPORTED and f.key != "number"]
    found += [_column(type_, f, intake.readers.get(f.key)) for f in wanted]
    owners = [f for f in type_.all_fields if f.is_fixed and f.kind == "staff" and f.stored_as == type_.owner]
    return [*found, *(_owner_column(f) for f in owners)]


def _number_column() -> Column:
    return Column(
        "number",
        _("Number"),
        ("编号", "number", "no"),
        readers.text(20),
        help=_("Only for records that exist already; new ones get theirs."),
    )


def _owner_column(entry: Field) -> Column:
    return Column(
        OWNER,
        entry.label,
        (*_names(entry), "负责人", "所属人", "业务员"),
        readers.staff_key,
        is_staff=True,
        help=_("A colleague's name or staff number. Empty: the record becomes yours."),
    )


def _column(type_: RecordType, entry: Field, read: Read | None) -> Column:
    return Column(
        entry.key,
        entry.label,
        _names(entry),
        read or _reader(type_, entry),
        SQL_TYPES.get(entry.kind, "text"),
        is_staff=entry.kind == "staff",
        is_text=entry.kind in ("text", "longtext"),
        is_needed=entry.required and not _has_default(type_, entry),
        options=tuple(label for _value, label in entry.options()) if entry.kind == "choice" else (),
        kind=entry.kind,
        help=entry.help,
        example=EXAMPLES.get(entry.kind, ""),
    )


def _names(entry: Field) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*in_all_languages(entry.label), *entry.synonyms]))


def in_all_languages(text: Text) -> list[str]:
    """People fill in the file of whoever sent it to them, whatever language their own screen is in."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(text))
    return found


def _has_default(type_: RecordType, entry: Field) -> bool:
    return not entry.is_own and type_.model._meta.get_field(entry.key).has_default()


def _reader(type_: RecordType, entry: Field) -> Read:
    plain: dict[str, Read] = {
        "phone": readers.a_phone,
        "date": readers.a_day if entry.may_be_future else readers.past_day,
        "yesno": readers.yes_no,
        "money": readers.amount,
        "number": readers.whole_figure if _is_whole(type_, entry) else readers.figure,
        "staff": readers.staff_key,
    }
    if entry.kind == "choice":
        return choice_reader(entry)
    if entry.kind == "unit":
        return unit_reader()
    return plain.get(entry.kind) or readers.text(entry.max_length)


def _is_whole(type_: RecordType, entry: Field) -> bool:
    return not entry.is_own and "Integer" in type_.model._meta.get_field(entry.key).get_internal_type()


def choice_reader(entry: Field) -> Read:
    """By value, or by label in either language."""
    known: dict[str, str] = {}
    for value, label in entry.options():
        for name in (str(value), *in_all_languages(label)):
            known.setdefault(_plain(name), str(value))

    def read(cell: str, today: date) -> str:
        if _plain(cell) not in known:
            raise Unreadable(_("This is none of the values offered."), code="choice")
        return known[_plain(cell)]

    return read


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def unit_reader() -> Read:
    """By name or code. Looked up once per run; two units of one name are nobody's guess."""
    known: dict[str, set[int]] = {}

    def read(cell: str, today: date) -> int:
        if not known:
            for unit_id, name, code in Unit.objects.values_list("id", "name", "code"):
                known.setdefault(name_key(name), set()).add(unit_id)
                known.setdefault(name_key(code), set()).add(unit_id)
        found = known.get(name_key(cell), set())
        if len(found) != 1:
            raise Unreadable(_("This is not a unit of the company."), code="unit_unknown")
        return next(iter(found))

    return read


def _derive(intake: Intake) -> Derive:
    words = intake.words
    if words is None:
        return lambda values: ()

    def derive(values: Mapping[str, Any]) -> tuple[Any, ...]:
        found = words({key: values.get(key) for key in intake.words_from})
        return (found.sort_key[:300], found.initials[:120], array_text(found.tokens))

    return derive


def _offer(intake: Intake, mapping: Mapping[str, int]) -> tuple[Choice, ...]:
    """Recognising asks for columns that the file has; with none of them every row is new."""
    keys = [key for key in intake.keys if set(key.fields) <= set(mapping)]
    options = tuple(Option(key.key, key.label) for key in keys)
    if not options:
        return (_match(()),)
    return (_match(options), FOUND, TWINS, EMPTY)


def _match(options: tuple[Option, ...]) -> Choice:
    nothing = Option(NO_KEY, _("By nothing: every row is a new record"))
    return Choice("match", _("Recognise records that exist already by"), (*options, nothing))


def key_of(intake: Intake, chosen: str) -> Key | None:
    return next((key for key in intake.keys if key.key == chosen), None)


def register() -> None:
    KINDS.provide(standard_kinds)
