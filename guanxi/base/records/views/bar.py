"""The views above a list: which there are, which is open, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor

from ..asked import Asked
from ..types import RecordType
from .access import may_share
from .models import SavedView, Sharing
from .opening import views_of

AS_TABS = 6


@dataclass(frozen=True)
class Tab:
    label: Any
    href: str
    current: bool = False


def views_bar(type_: RecordType, asked: Asked, actor: Actor, *, left_out: list[str] | None = None) -> dict[str, Any]:
    """For `records/views_bar.html`. One query, shared with the opening of the list."""
    views = views_of(type_, actor)
    current = next((view for view in views if str(view.pk) == asked.view), None)
    tabs = [_tab(type_, view, current) for view in views]
    everything = Tab(_("Everything"), f"/{type_.path}?view=all", current is None and not asked.is_narrowed)
    return {
        "type": type_,
        "tabs": [everything, *tabs[:AS_TABS]],
        "more": tabs[AS_TABS:],
        "current": current,
        "is_mine": current is not None and current.owner_id == actor.staff_id,
        "words": words_text(asked),
        "left_out": left_out or [],
        "where": asked.where,
        "has_staff": actor.staff_id is not None,
    }


def _tab(type_: RecordType, view: SavedView, current: SavedView | None) -> Tab:
    return Tab(view.name, f"/{type_.path}?view={view.pk}", view is current)


def words_text(asked: Asked) -> str:
    """As the form that saves it sends it."""
    return urlencode({key: value for key, value in asked.said().items() if value and key != "view"})


def sharings(actor: Actor) -> list[tuple[str, Any]]:
    return list(Sharing.choices) if may_share(actor) else [Sharing.choices[0]]
