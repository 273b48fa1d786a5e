"""What other rooms bring to rules. A room registers its subjects and sources in its `apps.py`.

Every `sql` text here is written by us, never by users. `s` is the subject's own row; a relation may join further
rows (`c` is always the customer) as long as it keeps one row per subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guanxi.base.kernel.registry import Registry
from guanxi.base.records.criteria.fields import Fields


@dataclass(frozen=True)
class Alive:
    """A condition without which a subject has no duties; `why` is the reason its open ones are withdrawn with
    (a value of `Withdrawn`: removed, deceased, undisturbed)."""

    why: str
    sql: str


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
    `c` with `alias="c"`).
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


@dataclass(frozen=True)
class Source:
    """A trigger (`when:`): which occurrences a subject has, and the day each counts from.

    SOURCES.add(Source("file-form", "completed", label=_("the form was completed"), anchor="s.completed_on"))

    `occurrence` is a text expression, the key of a cycle; `anchor` a date expression; both may use the rows of the
    subject's relation and of `joins`. `where` keeps the rows which have this occurrence at all.
    """

    subject: str
    name: str
    label: Any
    anchor: str
    occurrence: str = "''"
    joins: str = ""
    where: str = "TRUE"

    @property
    def key(self) -> str:
        """Named within the subject: two subjects may both have a source `created`."""
        return f"{self.subject}:{self.name}"


@dataclass(frozen=True)
class Evidence:
    """A provider of what settles a duty, as a relation `e` with the columns named below.

    `id`, `customer_id`, `subject_kind`, `subject_id` (null: counts for everything about the customer), `staff_id`,
    `kind`, `happened_at`, `recorded_at`. `qualities` maps a word of `with:` to a condition on `e`;
    `exists` is the condition under which a piece counts at all.
    """

    key: str
    label: Any
    relation: str
    kinds: tuple[str, ...]
    exists: str = "TRUE"
    qualities: Mapping[str, str] = field(default_factory=dict)


SUBJECTS: Registry[Subject] = Registry("rule subjects")
SOURCES: Registry[Source] = Registry("rule sources")
EVIDENCE: Registry[Evidence] = Registry("rule evidence")
