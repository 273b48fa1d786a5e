"""What other rooms bring to rules. A room registers its subjects and sources in its `apps.py`.

Every `sql` text here is written by us, never by users. `s` is the subject's own row; a relation may join further
rows (`c` is always the customer) as long as it keeps one row per subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from guanxi.base.kernel.registry import Registry
from guanxi.base.records.criteria.fields import Fields


@dataclass(frozen=True)
class Alive:
    """A condition without which a subject has no duties; `why` is the reason its open ones are withdrawn with
    (a value of `Withdrawn`: removed, deceased, undisturbed, left, occasion)."""

    why: str
    sql: str


# For what has no customer, or nobody whose it is.
NONE = "NULL::bigint"
CUSTOMER_ALIVE = (
    Alive("removed", "c.removed_at IS NULL"),
    Alive("deceased", "c.deceased_on IS NULL"),
    Alive("undisturbed", "NOT c.is_do_not_disturb"),
)


@dataclass(frozen=True)
class Subject:
    """What a rule is about, e.g. the file form:

    SUBJECTS.add(Subject(key="file-form", label=_("file form"), kind="fileform", fields=FIELDS,
        relation="archive_fileform s JOIN customers_customer c ON c.id = s.customer_id",
        alive=(Alive("removed", "s.removed_at IS NULL"), *CUSTOMER_ALIVE)))

    `kind` is what events and `duty.subject_kind` call it. `fields` is the allowlist of `who:` (columns of `s`, or of
    `c` with `alias="c"`). A subject without a customer says `customer=NONE` and names its own `unit` and `owner`.
    """

    key: str
    kind: str
    label: Any
    relation: str
    fields: Fields
    id: str = "s.id"
    customer: str = "s.customer_id"
    unit: str = "c.unit_id"
    owner: str = "c.owner_id"
    alive: tuple[Alive, ...] = ()
    # Further people a clause may name in `by`, e.g. {"collector": "s.collector_id"}.
    people: Mapping[str, str] = field(default_factory=dict)
    # What a record is called on duties and lists, over its own row `s`, e.g. "s.number"; and where its page is, with
    # {id}, {customer} or {duty} filled in. Empty for subjects whose customer says it all.
    name: str = ""
    page: str = ""

    @property
    def has_customer(self) -> bool:
        return self.customer != NONE


@dataclass(frozen=True)
class Source:
    """A trigger (`when:`): which occurrences a subject has, and the day each counts from.

    SOURCES.add(Source("file-form", "completed", label=_("the form was completed"), anchor="s.completed_on"))

    A cycle reads its days from the calendar or a series; `%(since)s` and `%(today)s` are the first day that counts and
    today: `joins="JOIN org_calendarday y ON y.is_working AND y.day BETWEEN %(since)s AND %(today)s"`, with
    `anchor="y.day"` and `occurrence="y.day"`.

    `occurrence` is a text expression, the key of a cycle; `anchor` a date expression; both may use the rows of the
    subject's relation and of `joins`. `where` keeps the rows which have this occurrence at all. A cycle keeps all its
    occurrences since `%(since)s`: one that is gone takes its open duties along.

    `opens` is the day from which evidence counts for the first step, where that is not the anchor: a month is reported
    by its last day, and may be from its first.
    """

    subject: str
    name: str
    label: Any
    anchor: str
    occurrence: str = "''"
    joins: str = ""
    where: str = "TRUE"
    opens: str = ""

    @property
    def is_cycle(self) -> bool:
        return "%(since)s" in self.joins

    @property
    def key(self) -> str:
        """Named within the subject: two subjects may both have a source `created`."""
        return f"{self.subject}:{self.name}"


@dataclass(frozen=True)
class Evidence:
    """A provider of what settles a duty, as a relation `e` with the columns named below.

    `id` (one per piece), `customer_id`, `subject_kind`, `subject_id` (null: counts for everything about the customer),
    `staff_id`, `kind`, `happened_at`, `recorded_at`, and with `has_occurrence` also `occurrence`. `qualities` maps a
    word of `with:` to a condition on `e`; `exists` is the condition under which a piece counts at all.

    `word` is what a clause writes: `evidence: {form: [transfer]}`. Several providers may share a word: the one that
    knows all the kinds a clause asks for, and is about its subject, is taken. `about` says what a piece belongs to:
    the customer (as records of contact do); the subject alone, with `subject_kind` and `subject_id` never null; or one
    duty, with `occurrence` and `clause_id` beside them. `places` maps a kind to the page where such a piece is made,
    with {subject}, {customer} or {duty} filled in. `reads`: other providers whose pieces its qualities look at.
    """

    key: str
    label: Any
    relation: str
    kinds: tuple[str, ...]
    exists: str = "TRUE"
    qualities: Mapping[str, str] = field(default_factory=dict)
    word: str = "activity"
    about: str = "customer"
    subjects: tuple[str, ...] = ()
    has_occurrence: bool = False
    labels: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()


def evidence_for(word: str, kinds: Iterable[str], subject: str) -> Evidence | None:
    """The provider behind `evidence: {word: kinds}` of a clause about `subject`."""
    wanted = set(kinds)
    for one in EVIDENCE:
        if one.word == word and wanted <= set(one.kinds) and (not one.subjects or subject in one.subjects):
            return one
    return None


@dataclass(frozen=True)
class Gate:
    """What clauses may forbid about a subject: `verb` as an action names it to `org.gate`, with the kind of record.

    GATES.add(Gate("file-form", "print", kind="fileform", label=_("print")))
    """

    subject: str
    verb: str
    kind: str
    label: Any

    @property
    def key(self) -> str:
        return f"{self.subject}:{self.verb}"


SUBJECTS: Registry[Subject] = Registry("rule subjects")
SOURCES: Registry[Source] = Registry("rule sources")
EVIDENCE: Registry[Evidence] = Registry("rule evidence")
GATES: Registry[Gate] = Registry("rule gates")
