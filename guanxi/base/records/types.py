"""What a record type declares about itself. One declaration gives list, card, form and urls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry

from .own_fields.keeping import loaded, typed_sql

Options = list[tuple[str, Any]]
# Kinds whose values are ids, and the table that has their names.
REFERENCES = {"staff": "org_staff", "unit": "org_unit"}


@dataclass(frozen=True)
class Field:
    """One field of a record. `kind` chooses how it is read, shown and typed in:

    text, longtext, phone, date, yesno, choice, number, money, staff, unit, moment. `is_personal` values are masked for
    readers whose role may not reveal them. `is_fixed` fields are shown, never typed in. `column`: where it is stored,
    when not under its key. `is_own`: kept in the JSON column `own` under its key, which is `f` and a number, for ever.
    `is_indexed`: the list indexes answer conditions on it, so lists of any size may be narrowed by it. `synonyms`: what
    spreadsheets call it. `is_derived`: worked out elsewhere; neither criteria nor lists nor files know it. `section`:
    where an own field stands, a section of the type or the name of a group. `retired`: choices that old records show
    and new ones are not offered. `between`: of a number that counts, the least and the most; such a number is whole.
    """

    key: str
    label: Any
    kind: str = "text"
    choices: Options | Callable[[], Options] = ()  # type: ignore[assignment]  # a tuple reads as no options
    required: bool = False
    help: Any = ""
    is_personal: bool = False
    is_fixed: bool = False
    max_length: int = 200
    may_be_future: bool = True
    column: str = ""
    is_own: bool = False
    is_indexed: bool = False
    is_derived: bool = False
    synonyms: tuple[str, ...] = ()
    section: Any = ""
    retired: frozenset[str] = frozenset()
    between: tuple[int, int] | None = None

    @property
    def stored_as(self) -> str:
        """The database column; people and units are stored by id."""
        return self.column or (f"{self.key}_id" if self.kind in REFERENCES else self.key)

    @property
    def sql(self) -> str:
        """The stored value over `t`."""
        return typed_sql(self.key, self.kind) if self.is_own else f"t.{self.stored_as}"

    @property
    def shown_sql(self) -> str:
        """What lists and files show over `t`: names instead of ids."""
        if self.kind not in REFERENCES:
            return self.sql
        return f"(SELECT x.name FROM {REFERENCES[self.kind]} x WHERE x.id = {self.sql})"

    def value_of(self, record: Any) -> Any:
        return loaded(self.kind, record.own.get(self.key)) if self.is_own else getattr(record, self.key)

    def options(self) -> Options:
        return list(self.choices() if callable(self.choices) else self.choices)

    def offered(self, current: str = "") -> Options:
        """What a form offers: without the retired ones, except the one the record has."""
        return [(v, label) for v, label in self.options() if str(v) not in self.retired or str(v) == current]


@dataclass(frozen=True)
class ListColumn:
    """`sql` is an expression over `t` (the record) and `joins`; the title leads to the card.

    `is_personal` values are masked row by row, as the field of the same key says; phones always are.
    """

    key: str
    label: Any
    sql: str
    kind: str = "text"
    sort: str = ""
    is_title: bool = False
    is_minor: bool = False
    is_personal: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    tones: Mapping[str, str] = field(default_factory=dict)


def column_of(field_: Field) -> ListColumn:
    """The column that a field makes by itself."""
    choices = {str(value): label for value, label in field_.options()} if field_.kind == "choice" else {}
    kind = "text" if field_.kind in ("longtext", *REFERENCES) else field_.kind
    return ListColumn(field_.key, field_.label, field_.shown_sql, kind, is_personal=field_.is_personal, choices=choices)


@dataclass(frozen=True)
class Sort:
    """One of the declared sort orders, indexed with owner, with unit and alone. Nulls come last when `nullable`."""

    key: str
    label: Any
    column: str
    descending: bool = True
    nullable: bool = False


@dataclass(frozen=True)
class Filter:
    """A quick filter: one field, one value. `is_indexed` as with fields; `is_found`: an index of its own answers it."""

    key: str
    label: Any
    sql: str
    options: Callable[[Actor], Options]
    is_indexed: bool = False
    is_found: bool = False


@dataclass(frozen=True)
class Section:
    """A group of fields on card and form. `applies` decides by the record's values, e.g. for persons only."""

    key: str
    label: Any
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Button:
    """A step offered on the card: a link to a page of its own, shown when `applies(actor, record)`.

    Upper rooms add theirs to `BUTTONS` and name the `kind` of record.
    """

    key: str
    label: Any
    url: Callable[[Any], str]
    applies: Callable[[Actor, Any], bool] = lambda actor, record: True
    kind: str = ""
    style: str = "plain"


@dataclass(frozen=True)
class ListTool:
    """A step offered on top of a list: `url(type, what the address asks)`. `kind` "": on every list.

    `place`: "menu" for the list's menu, "bar" for a button of its own.
    """

    key: str
    label: Any
    url: Callable[[Any, Any], str]
    applies: Callable[[Actor, Any], bool] = lambda actor, type_: True
    kind: str = ""
    icon: str = "dot"
    place: str = "menu"
    order: int = 50


@dataclass(frozen=True)
class Panel:
    """What a room shows on another room's card. `context` returns what its `template` needs, or None to stay away."""

    key: str
    kind: str
    label: Any
    template: str
    context: Callable[[Actor, Any], dict[str, Any] | None]
    order: int = 50


class OwnFields:
    """Where the fields come from that a company adds itself. `provide` is called once, by who keeps them."""

    def __init__(self) -> None:
        self._provider: Callable[[str], Sequence[Field]] = lambda kind: ()

    def provide(self, provider: Callable[[str], Sequence[Field]]) -> None:
        self._provider = provider

    def of(self, kind: str) -> Sequence[Field]:
        return self._provider(kind)


OWN_FIELDS = OwnFields()
USUAL_COLUMNS = 6
FROM_MODEL: Any = None


def _title_column(field_: Field) -> ListColumn:
    """Sorted by pinyin where the order `name` is declared; without it the heading is no link that leads anywhere."""
    return replace(column_of(field_), sort="name", is_title=True)


def _access(model: Any, actor: Actor, record_id: int, *, to: str = "read", lock: bool = False) -> Any:
    return model.objects.kept().access(actor, record_id, to=to, lock=lock)


@dataclass(frozen=True, kw_only=True)
class RecordType:
    """`path` is the address; actions do the writing. What is left out is taken from the model and the fields.

    `key`: the kind that grants and events name. `number`: the unique column of the number people read out, found by
    search when typed whole. `found_by`: the columns of names that search words come from. `found_through`: a column and
    the kind it points to, when the record is found by the words of that. `has_bin`: what is removed waits on a page of
    its own to be taken out again. `is_open`: False when `change` would refuse this record to everybody. `look_up`: the
    address where one asks who has a record already that lies elsewhere.
    """

    label: Any
    plural: Any
    path: str
    model: type[Model]
    fields: tuple[Field, ...]
    key: str = ""
    sections: tuple[Section, ...] = ()
    columns: tuple[ListColumn | str, ...] = ()
    sorts: tuple[Sort, ...] = ()
    access: Callable[..., Any] = FROM_MODEL
    title: Callable[[Any], str] = FROM_MODEL
    subtitle: Callable[[Any], str] = lambda record: ""
    joins: str = ""
    kept: str = "t.removed_at IS NULL"
    owner: str = "owner_id"
    unit: str = "unit_id"
    filters: tuple[Filter, ...] = ()
    badges: Callable[[Any], list[tuple[Any, str]]] = lambda record: []
    buttons: tuple[Button, ...] = ()
    create: Callable[..., Any] | None = None
    change: Callable[..., Any] | None = None
    is_open: Callable[[Any], bool] = lambda record: True
    remove: Callable[..., Any] | None = None
    restore: Callable[..., Any] | None = None
    has_bin: bool = False
    boards: tuple[str, ...] = ()
    searchable: bool = False
    found_by: tuple[str, ...] = ()
    found_through: tuple[str, str] | None = None
    look_up: str = ""
    number: str = ""
    lent: str = ""
    empty_hint: Any = ""
    new_label: Any = ""
    icon: str = "dot"

    def __post_init__(self) -> None:
        first = self.fields[0].key
        usual: dict[str, Any] = {
            "key": getattr(self.model, "KIND", ""),
            "sections": (Section("basics", _("Basics"), tuple(f.key for f in self.fields if not f.is_own)),),
            "columns": (_title_column(self.fields[0]), *(f.key for f in self.fields[1:USUAL_COLUMNS])),
            "sorts": getattr(self.model, "SORTS", ()),
            "access": partial(_access, self.model),
            "title": lambda record: str(getattr(record, first)),
            "found_by": (first,),
        }
        for name, value in usual.items():
            if not getattr(self, name):
                object.__setattr__(self, name, value)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """Declared ones, then those the company added itself."""
        return (*self.fields, *OWN_FIELDS.of(self.key))

    @property
    def all_sections(self) -> tuple[Section, ...]:
        """The declared sections with the own fields that stand in them, then the groups of own fields."""
        own = OWN_FIELDS.of(self.key)
        return (*(_with_own(section, own) for section in self.sections), *_own_groups(self.sections, own))

    @property
    def all_filters(self) -> tuple[Filter, ...]:
        """The declared ones, then the searchable choices among the own fields."""
        own = (f for f in OWN_FIELDS.of(self.key) if f.kind == "choice" and f.is_indexed and not f.is_personal)
        return (*self.filters, *map(_own_filter, own))

    @property
    def has_own_fields(self) -> bool:
        """Whether its records have a place for them."""
        return any(column.name == "own" for column in self.model._meta.concrete_fields)

    def field(self, key: str) -> Field:
        return next(f for f in self.all_fields if f.key == key)

    @property
    def all_columns(self) -> dict[str, ListColumn]:
        """Every column a reader may choose, the declared ones first. Names of fields stand for the field's own."""
        own = OWN_FIELDS.of(self.key)
        # Made once, until the company's own fields change: a page asks for them many times.
        known, columns = self.__dict__.get("_columns", (None, {}))
        if known is not own or any(callable(f.choices) for f in self.fields):
            columns = self._all_columns()
            object.__setattr__(self, "_columns", (own, columns))
        return dict(columns)

    def _all_columns(self) -> dict[str, ListColumn]:
        fields = {f.key: f for f in self.all_fields if not f.is_derived}
        found = {}
        for entry in self.columns:
            column = column_of(fields[entry]) if isinstance(entry, str) else entry
            found[column.key] = column
        more = {key: column_of(f) for key, f in fields.items()}
        masked = {
            key: replace(c, is_personal=True) for key, c in found.items() if key in more and more[key].is_personal
        }
        return found | masked | {key: column for key, column in more.items() if key not in found}

    @property
    def title_column(self) -> str:
        """Leads to the card and stays in sight; the first when none says it is."""
        return next((key for key, column in self.all_columns.items() if column.is_title), self.usual_columns[0])

    @property
    def usual_columns(self) -> tuple[str, ...]:
        """Shown to who has chosen none."""
        return tuple(entry if isinstance(entry, str) else entry.key for entry in self.columns)

    def sort(self, key: str) -> Sort:
        return next((s for s in self.sorts if s.key == key), self.sorts[0])

    @property
    def search_hint(self) -> Any:
        """What the search of the list answers to: people are found by more than things are."""
        if self.found_through or any(f.kind == "phone" for f in self.fields):
            return _("Name, pinyin, initials or phone")
        return _("Search by name or number") if self.number else _("Search by name")

    @property
    def typed_in(self) -> list[Field]:
        return [f for f in self.all_fields if not f.is_fixed]


def _own_filter(field_: Field) -> Filter:
    sql = f"t.own->'{field_.key}' = to_jsonb(%s::text)"
    return Filter(field_.key, field_.label, sql, lambda actor: field_.options(), is_found=True)


def _with_own(section: Section, own: Sequence[Field]) -> Section:
    keys = tuple(f.key for f in own if f.section == section.key)
    return replace(section, fields=(*section.fields, *keys)) if keys else section


def _own_groups(sections: Sequence[Section], own: Sequence[Field]) -> list[Section]:
    declared = {section.key for section in sections}
    names = dict.fromkeys(f.section for f in own if f.section not in declared)
    return [
        Section(f"own-{name}", name or _("Further details"), tuple(f.key for f in own if f.section == name))
        for name in names
    ]


RECORD_TYPES: Registry[RecordType] = Registry("record types")
PANELS: Registry[Panel] = Registry("panels")
# Like panels, for the few lines that open below a row of a list.
GLANCES: Registry[Panel] = Registry("glances")
LIST_TOOLS: Registry[ListTool] = Registry("list tools")
BUTTONS: Registry[Button] = Registry("buttons")


def panels_for(kind: str, registry: Registry[Panel] = PANELS) -> list[Panel]:
    return sorted((p for p in registry if p.kind == kind), key=lambda p: p.order)


def tools_for(type_: RecordType, actor: Actor) -> list[ListTool]:
    found = [t for t in LIST_TOOLS if t.kind in ("", type_.key) and t.applies(actor, type_)]
    return sorted(found, key=lambda t: t.order)
