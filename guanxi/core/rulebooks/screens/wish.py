"""What a page of figures is asked for, and the addresses of the rows behind each figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import scope_of

from ..models import Clause, Duty
from ..queries.measures import Narrowing
from ..queries.months import Month
from ..queries.units import units_below
from .listing import id_asked

ANY_RULEBOOK = "any"
NOBODY = 0


@dataclass(frozen=True)
class Wish:
    """`person` is an id, "me", "nobody" or ""; `unit` stands for all below it too; `rulebook` is a key."""

    month: Month
    rulebook: str = ""
    unit: int | None = None
    person: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wish:
        month = Month.of(query.get("month", "")) or Month.current()
        rulebook = query.get("rulebook", "")[:60]
        return cls(month, rulebook, id_asked(query.get("unit", "")), query.get("person", "")[:17])

    def address(self, path: str = "/compliance", **other: Any) -> str:
        query = {
            "month": self.month.text,
            "rulebook": self.rulebook,
            "unit": self.unit or "",
            "person": self.person,
        } | other
        return f"{path}?" + urlencode({key: value for key, value in query.items() if value})

    def rows(self, state: str, *, clause: int | None = None, unit: int | None = None, person: str = "") -> str:
        """The list of the duties a figure counts: its conditions are the same."""
        about = f"clause={clause}" if clause else f"rulebook={quote_plus(self.rulebook or ANY_RULEBOOK)}"
        parts = ["/duties?state=", state, "&month=", self.month.text, "&", about]
        if whose := unit or self.unit:
            parts += ["&unit=", str(whose)]
        if who := person or self.person:
            parts += ["&person=", quote_plus(who)]
        return "".join(parts)

    def narrowing(self, actor: Actor) -> Narrowing:
        return Narrowing(
            unit_ids=units_below(self.unit) if self.unit else None,
            staff_id=self.staff_id(actor),
            clause_ids=self._clauses() if self.rulebook else None,
        )

    def _clauses(self) -> list[int]:
        return list(Clause.objects.filter(rulebook__key=self.rulebook).values_list("id", flat=True))

    def staff_id(self, actor: Actor) -> int | None:
        """None for everybody in sight. Raises Missing for somebody who is not."""
        if not self.person:
            return None
        if self.person == "nobody":
            return NOBODY
        staff_id = actor.staff_id if self.person == "me" else id_asked(self.person)
        scope = scope_of(actor, Duty.KIND)
        if not staff_id or not (scope.everything or staff_id in scope.staff_ids or scope.unit_ids):
            raise Missing()
        return staff_id
