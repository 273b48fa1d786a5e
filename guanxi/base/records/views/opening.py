"""A list as its address and its saved view ask for it. A view outlives fields and values: it then opens with what still
holds and says what was left out; and where leaving out would show more than it was made for, it shows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from guanxi.base.kernel.actor import Actor

from ..asked import Asked
from ..conditions import understood
from ..criteria import CriteriaError
from ..criteria.wording import say
from ..types import RecordType
from .access import seen_views
from .models import SavedView

EVERYTHING = "all"
SORTED_BY = ("sort", "cols", "as", "by", "month")


@dataclass(frozen=True)
class Opened:
    """`left_out`: sentences about what a view named and is gone. `broken`: why the list shows nothing."""

    asked: Asked
    view: SavedView | None = None
    left_out: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def words(self) -> dict[str, str]:
        """What the view says, for what the address leaves open."""
        return self.view.words if self.view else {}


def views_of(type_: RecordType, actor: Actor) -> list[SavedView]:
    """Those the reader sees, once a request."""
    key = f"views:{type_.key}"
    if key not in actor.memo:
        actor.memo[key] = seen_views(actor, type_.key)
    found: list[SavedView] = actor.memo[key]
    return found


def open_list(type_: RecordType, query: Mapping[str, str], actor: Actor) -> Opened:
    """What the list shows. Without any wish in the address it is the reader's own default view."""
    number = query.get("view", "")
    if number == EVERYTHING or (query and not number):
        return _checked(type_, Asked.of(type_, query), query, None, actor)
    view = _chosen(type_, number, actor) if number else default_of(type_, actor)
    if view is None:
        asked = Asked.of(type_, query)
        gone = [_("This view is not there any more, or is no longer shared with you.")] if number else []
        return Opened(asked, broken=gone)
    asked = replace(Asked.of(type_, query, saved=view.words), view=str(view.pk))
    return _checked(type_, asked, query, view, actor)


def _chosen(type_: RecordType, number: str, actor: Actor) -> SavedView | None:
    return next((view for view in views_of(type_, actor) if str(view.pk) == number), None)


def default_of(type_: RecordType, actor: Actor) -> SavedView | None:
    """Only a view the reader still sees."""
    return next((view for view in views_of(type_, actor) if view.is_default), None)


def _checked(type_: RecordType, asked: Asked, query: Mapping[str, str], view: SavedView | None, actor: Actor) -> Opened:
    words = view.words if view else {}
    return Opened(
        asked,
        view,
        left_out=_left_out(type_, words),
        broken=[*_gone_filters(type_, words, query, actor), *_unreadable(type_, asked, actor)],
    )


def _left_out(type_: RecordType, words: Mapping[str, Any]) -> list[str]:
    found = []
    known = type_.all_columns
    gone = [key for key in str(words.get("cols", "")).split(",") if key and key not in known]
    if gone:
        found.append(_("These columns are not there any more: %(names)s.") % {"names": ", ".join(gone)})
    if words.get("sort") and words["sort"] not in {sort.key for sort in type_.sorts}:
        found.append(_("Its order is not offered any more; the usual one is used."))
    return found


def _gone_filters(type_: RecordType, words: Mapping[str, str], query: Mapping[str, str], actor: Actor) -> list[str]:
    """Filters the view sets and the address does not set anew."""
    known = {one.key: one for one in type_.all_filters}
    found = []
    for key in words.keys() - query.keys() - {"q", "where", *SORTED_BY}:
        if key not in known:
            found.append(_("It narrows by “%(name)s”, which is not there any more.") % {"name": key})
        elif words[key] not in {str(value) for value, _label in known[key].options(actor)}:
            found.append(
                _("It narrows %(name)s to a value that is not offered to you any more.") % {"name": known[key].label}
            )
    return sorted(found)


def _unreadable(type_: RecordType, asked: Asked, actor: Actor) -> list[str]:
    try:
        if asked.where:
            understood(type_, asked.where, actor)
    except CriteriaError as unreadable:
        return [said_with_place(unreadable)]
    return []


def said_with_place(refused: CriteriaError) -> str:
    """The sentence, and where in the text."""
    problem = refused.problem
    if not problem.column:
        return say(problem)
    return _("%(problem)s (character %(column)s)") % {"problem": say(problem), "column": problem.column}
