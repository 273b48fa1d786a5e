"""What the address of a list asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from .types import ListColumn, RecordType

DISPLAYS = ("list", "board", "calendar")
LONGEST_WHERE = 4000


@dataclass(frozen=True)
class Asked:
    """Search text, quick filters, criteria in text form, sort order, place, columns chosen and how to show them.

    `by` is the field a board groups by or a calendar lays out by; `month` (2026-11) the calendar's; `view` the id of
    the saved view it began with; `remembered` the columns the reader chose last. Values nobody declared are left out,
    never refused: addresses outlive declarations.
    """

    q: str = ""
    filters: dict[str, str] = field(default_factory=dict)
    sort: str = ""
    cursor: str = ""
    where: str = ""
    columns: tuple[str, ...] = ()
    remembered: tuple[str, ...] = ()
    display: str = "list"
    by: str = ""
    month: str = ""
    view: str = ""
    saved: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, type_: RecordType, query: Mapping[str, str], saved: Mapping[str, str] | None = None) -> Asked:
        """`saved`: what a saved view says, in the same words; the address goes before it."""
        # No text column can hold NUL, and no keyboard types it.
        said = {key: text.replace("\x00", "") for key, text in {**(saved or {}), **dict(query.items())}.items()}
        known = type_.all_columns
        return cls(
            q=said.get("q", "").strip()[:80],
            filters={f.key: said[f.key] for f in type_.all_filters if said.get(f.key)},
            sort=said.get("sort", ""),
            cursor=query.get("at", ""),
            where=said.get("where", "").strip()[:LONGEST_WHERE],
            columns=tuple(dict.fromkeys(key for key in said.get("cols", "").split(",") if key in known)),
            display=said["as"] if said.get("as") in DISPLAYS else "list",
            by=said.get("by", ""),
            month=said.get("month", ""),
            view=query.get("view", ""),
            saved=saved or {},
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.filters or self.where)

    def shown_columns(self, type_: RecordType) -> list[ListColumn]:
        """The title is always among them, first where it was not chosen: it leads to the card."""
        known, title = type_.all_columns, type_.title_column
        chosen = self.columns or self.remembered or type_.usual_columns
        return [known[key] for key in (chosen if title in chosen else (title, *chosen))]

    def said(self, **changed: str) -> dict[str, str]:
        """As parameters of an address. Empty ones are left out, unless they take away what the saved view says."""
        words = {
            **dict.fromkeys(self.saved, ""),
            "view": self.view,
            "q": self.q,
            **self.filters,
            "where": self.where,
            "sort": self.sort,
            "cols": ",".join(self.columns),
            "as": "" if self.display == "list" else self.display,
            "by": self.by,
            "month": self.month,
        }
        return {key: value for key, value in {**words, **changed}.items() if value or self.saved.get(key)}

    def address(self, type_: RecordType, **changed: str) -> str:
        text = urlencode(self.said(**changed))
        return f"/{type_.path}?{text}" if text else f"/{type_.path}"
