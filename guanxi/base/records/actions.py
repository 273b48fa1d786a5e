"""The steps that every type of stored record has alike: create, change, into the bin and out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Stale
from guanxi.base.org import gate
from guanxi.base.org.scopes import posts_of

from .changes import Change, apply_changes, differing, present
from .entries import checked, require_complete
from .indexing import tokens_vector
from .inserting import insert
from .types import RecordType

CREATED, CHANGED, REMOVED, RESTORED = "created", "changed", "removed", "restored"
SENTENCES = {
    CREATED: _("%(who)s created this record."),
    CHANGED: _("%(who)s changed this record."),
    REMOVED: _("%(who)s moved this record to the bin."),
    RESTORED: _("%(who)s took this record out of the bin."),
}


@dataclass(frozen=True)
class StandardActions:
    create: Callable[..., Any]
    change: Callable[..., Any]
    remove: Callable[..., Any]
    restore: Callable[..., Any]


def standard_actions(type_: RecordType) -> StandardActions:
    """Named `<room>:<kind>:created` and so on, in the trail and as events."""

    def create(values: Mapping[str, Any], *, actor: Actor) -> Any:
        return _create(type_, values, actor)

    def change(record_id: int, values: Mapping[str, Any], *, version: int, actor: Actor) -> Any:
        return _change(type_, record_id, values, version, actor)

    def remove(record_id: int, *, actor: Actor, why: str = "") -> None:
        _remove(type_, record_id, actor, why)

    def restore(record_id: int, *, actor: Actor) -> None:
        _restore(type_, record_id, actor)

    return StandardActions(
        create=named(type_, event_name(type_, CREATED), SENTENCES[CREATED], create),
        change=named(type_, event_name(type_, CHANGED), SENTENCES[CHANGED], change),
        remove=named(type_, event_name(type_, REMOVED), SENTENCES[REMOVED], remove),
        restore=named(type_, event_name(type_, RESTORED), SENTENCES[RESTORED], restore),
    )


def named(type_: RecordType, name: str, sentence: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """An action that the trail knows as one of the type's own room."""
    function.__module__ = type_.model.__module__
    function.__name__ = function.__qualname__ = f"{function.__name__}_{type_.key}"
    return action(name, sentence)(function)


def event_name(type_: RecordType, step: str) -> str:
    return f"{type_.model._meta.app_label}:{type_.key}:{step}"


def _create(type_: RecordType, values: Mapping[str, Any], actor: Actor) -> Any:
    """Whoever creates it owns it, in the unit of their main post."""
    gate.ask(actor, "create", type_.key)
    now = clock.now()
    posts = posts_of(actor)
    record: Any = type_.model(
        created_at=now,
        updated_at=now,
        **{type_.owner: actor.staff_id, type_.unit: posts[0].unit_id if posts else None},
    )
    apply_changes(record, checked(type_, values))
    require_complete(type_, record)
    _save(type_, record, is_new=True)
    _record(type_, record, actor, personal={"title": [None, type_.title(record)]})
    _tell(type_, CREATED, record, actor)
    return record


def _change(type_: RecordType, record_id: int, values: Mapping[str, Any], version: int, actor: Actor) -> Any:
    """Raises Stale when `version` is no longer the record's and somebody else changed one of these fields."""
    gate.ask(actor, "update", type_.key, record_id)
    record = type_.access(actor, record_id, to="update", lock=True)
    wanted = checked(type_, values)
    _refuse_stale(record, wanted, version)
    changes = apply_changes(record, wanted)
    if not changes:
        trail.unchanged()
        return record
    require_complete(type_, record)
    record.version += 1
    record.updated_at = clock.now()
    _save(type_, record, is_new=False)
    personal = {f.key for f in type_.all_fields if f.is_personal}
    _record(
        type_,
        record,
        actor,
        changes={key: change for key, change in changes.items() if key not in personal},
        personal={key: change for key, change in changes.items() if key in personal},
    )
    _tell(type_, CHANGED, record, actor)
    return record


def _remove(type_: RecordType, record_id: int, actor: Actor, why: str) -> None:
    gate.ask(actor, "delete", type_.key, record_id)
    record = type_.access(actor, record_id, to="delete", lock=True)
    _move(record, to_bin=True)
    _record(type_, record, actor, changes={"why": [None, why[:200]]})
    _tell(type_, REMOVED, record, actor)


def _restore(type_: RecordType, record_id: int, actor: Actor) -> None:
    gate.ask(actor, "delete", type_.key, record_id)
    record = _binned(type_, record_id, actor)
    _move(record, to_bin=False)
    _record(type_, record, actor)
    _tell(type_, RESTORED, record, actor)


def _binned(type_: RecordType, record_id: int, actor: Actor) -> Any:
    rows: Any = type_.model._default_manager
    return rows.filter(removed_at__isnull=False).access(actor, record_id, to="delete", lock=True)


def _move(record: Any, *, to_bin: bool) -> None:
    record.removed_at = clock.now() if to_bin else None
    record.version += 1
    try:
        record.save(update_fields=["removed_at", "version"])
    except IntegrityError as clash:
        raise _taken() from clash


def _save(type_: RecordType, record: Any, *, is_new: bool) -> None:
    """The transaction of the action ends with a refusal, so nothing has to be kept apart here."""
    words = found_by_words(type_, record)
    try:
        if is_new:
            insert(record, words=words)
        else:
            record.search = tokens_vector(words)
            record.save(force_update=True)
    except IntegrityError as clash:
        # The database's own message holds the values: it must not travel on.
        raise _taken() from clash


def _taken() -> Invalid:
    return Invalid({"": [_("There is such a record already.")]})


def found_by_words(type_: RecordType, record: Any) -> list[str]:
    """What the search box finds; sets what lists sort by."""
    names = [str(text) for key in type_.found_by if (text := getattr(record, key))]
    phones = [f.value_of(record) or "" for f in type_.all_fields if f.kind == "phone"]
    first, others = (names[0], names[1:]) if names else ("", [])
    record.pinyin = pinyin.sort_key(first)[:300]
    return list(pinyin.search_tokens(first, phones=phones, other_names=others))


def _refuse_stale(record: Any, wanted: Mapping[str, Any], version: int) -> None:
    if record.version == version:
        return
    if theirs := {key: (present(record, key), value) for key, value in differing(record, wanted).items()}:
        raise Stale(version=record.version, theirs=theirs)


def _record(
    type_: RecordType,
    record: Any,
    actor: Actor,
    *,
    changes: Mapping[str, Change] | None = None,
    personal: Mapping[str, Change] | None = None,
) -> None:
    trail.record(type_.key, record.pk, actor=actor, changes=changes, personal=personal)


def _tell(type_: RecordType, step: str, record: Any, actor: Actor) -> None:
    events.publish(Event(event_name(type_, step), type_.key, [record.pk]), actor=actor)
