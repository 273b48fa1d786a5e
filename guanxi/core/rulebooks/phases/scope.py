"""What a phase runs over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..registry import Subject


@dataclass(frozen=True)
class Scope:
    """Everything; or the subjects `ids` of `kind`; or with the kind `customer` whatever belongs to these customers."""

    kind: str = ""
    ids: Sequence[int] = ()

    @property
    def is_everything(self) -> bool:
        return not self.kind

    def on_subject(self, subject: Subject) -> str:
        if self.is_everything:
            return "TRUE"
        column = subject.customer if self.kind == CUSTOMER and subject.kind != CUSTOMER else subject.id
        return f"{column} = ANY(%(scope_ids)s)"

    def on_duty(self, alias: str = "d") -> str:
        if self.is_everything:
            return "TRUE"
        if self.kind == CUSTOMER:
            return f"{alias}.customer_id = ANY(%(scope_ids)s)"
        return f"{alias}.subject_kind = %(scope_kind)s AND {alias}.subject_id = ANY(%(scope_ids)s)"

    @property
    def params(self) -> dict[str, object]:
        return {"scope_kind": self.kind, "scope_ids": list(self.ids)}

    def __str__(self) -> str:
        return "everything" if self.is_everything else f"{self.kind}: {len(self.ids)}"


CUSTOMER = "customer"
EVERYTHING = Scope()


def of_customers(ids: Sequence[int]) -> Scope:
    return Scope(CUSTOMER, tuple(ids))


def of_subjects(kind: str, ids: Sequence[int]) -> Scope:
    return Scope(kind, tuple(ids))
