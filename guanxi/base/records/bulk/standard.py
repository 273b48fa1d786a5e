"""The steps for many that a type of stored record has by its declaration: each choice set, and into the bin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import gate

from ..actions import CHANGED, REMOVED, RESTORED, event_name, named
from ..types import Field, RecordType
from .steps import BulkStep, Done, Ids, Reason, Values

WHY = Field("why", _("Reason"), "longtext", max_length=200)
HAS_IT = Reason(gettext_noop("It has this value already."), is_same=True)
Rows = Sequence[Mapping[str, Any]]


def standard_steps(type_: RecordType) -> list[BulkStep]:
    # Not the personal ones: which records have a value already would tell what some readers see masked.
    plain = [f for f in type_.fields if f.kind == "choice" and not (f.is_fixed or f.is_personal)]
    choices = [f for f in plain if not callable(f.choices)]
    return [*(_choice_step(type_, f, order=20 + n) for n, f in enumerate(choices)), _remove_step(type_)]


def _choice_step(type_: RecordType, entry: Field, *, order: int) -> BulkStep:
    label = lazy(lambda: gettext("Set: %(field)s") % {"field": entry.label}, str)()
    offered = {str(value): label for value, label in entry.options()} | ({} if entry.required else {"": _("Not set")})

    def change_several(ids: Ids, *, value: str, actor: Actor) -> list[Done]:
        gate.ask(actor, "update", type_.key)
        rows = [row for row in _locked(type_, ids, "update", actor, entry.key) if row[entry.key] != value]
        _set(type_, rows, **{entry.key: value})
        _told(type_, rows, CHANGED, actor, {entry.key: [None, value]})
        return [Done(row["id"], {entry.key: row[entry.key]}, row["version"] + 1) for row in rows]

    def set_several_back(items: Sequence[Done], *, actor: Actor) -> set[int]:
        gate.ask(actor, "update", type_.key)
        rows, before = _unchanged(type_, items), {item.id: item.before[entry.key] for item in items}
        for value in set(before.values()):
            _set(type_, [row for row in rows if before[row["id"]] == value], **{entry.key: value})
        _told(type_, rows, CHANGED, actor, {"field": [None, entry.key]})
        return {row["id"] for row in rows}

    key = entry.key
    change = _step(type_, f"{key}_changed", _("%(who)s changed %(count)s records at once."), change_several)
    back = _step(type_, f"{key}_set_back", _("%(who)s set %(count)s records back to what they were."), set_several_back)

    def check(actor: Actor, ids: Ids, values: Values) -> dict[int, Reason]:
        found = _rows(type_).filter(id__in=ids, **{entry.key: values["value"]}).values_list("id", flat=True)
        return dict.fromkeys(found, HAS_IT)

    return BulkStep(
        key=f"{type_.key}-{entry.key}",
        kind=type_.key,
        label=label,
        verb="update",
        fields=lambda actor: (
            Field("value", _("New value"), "choice", choices=entry.options(), required=entry.required),
        ),
        check=check,
        sentence=lambda values: gettext("The new value is “%(value)s”.") % {"value": offered[values["value"]]},
        perform=lambda actor, ids, values: change(ids, value=values["value"], actor=actor),
        undo=lambda actor, items, values: back(items, actor=actor),
        order=order,
    )


def _remove_step(type_: RecordType) -> BulkStep:
    def remove_several(ids: Ids, *, actor: Actor, why: str = "") -> list[Done]:
        gate.ask(actor, "delete", type_.key)
        rows = _locked(type_, ids, "delete", actor)
        _set(type_, rows, removed_at=clock.now())
        _told(type_, rows, REMOVED, actor, {"why": [None, why[:200]]})
        return [Done(row["id"], {}, row["version"] + 1) for row in rows]

    def restore_several(items: Sequence[Done], *, actor: Actor) -> set[int]:
        gate.ask(actor, "delete", type_.key)
        rows = _unchanged(type_, items, in_bin=True)
        _set(type_, rows, removed_at=None)
        _told(type_, rows, RESTORED, actor, {})
        return {row["id"] for row in rows}

    remove = _step(type_, REMOVED, _("%(who)s moved %(count)s records to the bin."), remove_several)
    restore = _step(type_, RESTORED, _("%(who)s took %(count)s records out of the bin."), restore_several)
    return BulkStep(
        key=f"{type_.key}-remove",
        kind=type_.key,
        label=_("Remove"),
        verb="delete",
        fields=lambda actor: (WHY,),
        sentence=lambda values: _("They leave all lists, and can be taken out of the bin again."),
        perform=lambda actor, ids, values: remove(ids, actor=actor, why=values["why"]),
        undo=lambda actor, items, values: restore(items, actor=actor),
        style="danger",
        order=90,
    )


def _step(type_: RecordType, name: str, sentence: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    return named(type_, f"{type_.model._meta.app_label}:several_{type_.key}:{name}", sentence, function)


def _rows(type_: RecordType) -> Any:
    return type_.model._default_manager


def _locked(type_: RecordType, ids: Ids, verb: str, actor: Actor, *columns: str) -> Rows:
    rows = _rows(type_).kept().visible_to(actor, verb).filter(id__in=ids).order_by("id")
    return list(rows.select_for_update(of=("self",)).values("id", "version", *columns))


def _unchanged(type_: RecordType, items: Sequence[Done], *, in_bin: bool = False) -> Rows:
    """Locked, and as the run left them. No scope: what somebody did they may take back, wherever it went."""
    versions = {item.id: item.version for item in items}
    rows = _rows(type_).filter(id__in=versions, removed_at__isnull=not in_bin).order_by("id")
    found = rows.select_for_update(of=("self",)).values("id", "version")
    return [row for row in found if row["version"] == versions[row["id"]]]


def _set(type_: RecordType, rows: Rows, **values: Any) -> None:
    ids = [row["id"] for row in rows]
    _rows(type_).filter(id__in=ids).update(**values, version=F("version") + 1, updated_at=clock.now())


def _told(type_: RecordType, rows: Rows, step: str, actor: Actor, changes: dict[str, Any]) -> None:
    """One head row in the trail and one event, however many."""
    ids = [row["id"] for row in rows]
    if not ids:
        trail.unchanged()
        return
    items = [(type_.key, one) for one in ids]
    trail.record(type_.key, None, actor=actor, changes={**changes, "count": len(ids)}, items=items)
    events.publish(Event(event_name(type_, step), type_.key, ids), actor=actor)
