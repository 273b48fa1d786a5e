"""What an administrator does to the fields of a record type: add, change, order, remove, take back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Stale
from guanxi.base.org import gate, stamps

from ..types import RECORD_TYPES, RecordType
from . import jobs
from .models import MOST, MOST_SEARCHABLE, FieldKind, OwnField
from .provider import STAMP

KIND = OwnField.KIND
NOT_SEARCHABLE = frozenset({FieldKind.LONGTEXT})
MOST_CHOICES = 200


@dataclass(frozen=True)
class Choice:
    """`key` is empty for a new one; it gets the next number, which is never given again."""

    label: str
    label_en: str = ""
    key: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class Entry:
    """What a field is like, apart from its kind, which is said once."""

    label: str
    label_en: str = ""
    help: str = ""
    help_en: str = ""
    section: str = ""
    group: str = ""
    group_en: str = ""
    is_required: bool = False
    is_personal: bool = False
    is_searchable: bool = False
    choices: list[Choice] = field(default_factory=list)


PLAIN = ("label", "label_en", "help", "help_en", "section", "group", "group_en")
FLAGS = ("is_required", "is_personal", "is_searchable")


@action("records:field:created", _("%(who)s added an own field."))
def create_own_field(kind: str, field_kind: str, entry: Entry, *, actor: Actor) -> OwnField:
    gate.ask(actor, "update", KIND)
    type_ = type_with_own_fields(kind)
    # Whoever adds fields at the same time waits here, so that the limits hold.
    stamps.renew(STAMP)
    now = clock.now()
    last = OwnField.objects.filter(kind=kind).aggregate(last=Max("position"))["last"] or 0
    new = OwnField(kind=kind, field_kind=field_kind, position=last + 1, created_at=now, updated_at=now)
    require_sound(type_, new, entry)
    put_in(new, entry)
    new.save(force_insert=True)
    follow_index(new)
    trail.record(KIND, new.pk, actor=actor, changes={"record_kind": [None, kind], "label": [None, new.label]})
    return new


@action("records:field:changed", _("%(who)s changed an own field."))
def change_own_field(field_id: int, entry: Entry, *, version: int, actor: Actor) -> OwnField:
    """The kind of a field stays for ever: what records hold was written for it."""
    found = _to_change(field_id, actor)
    if found.version != version:
        raise Stale(version=found.version, theirs={})
    require_sound(type_with_own_fields(found.kind), found, entry)
    before = told(found)
    put_in(found, entry)
    changes = {name: [before[name], value] for name, value in told(found).items() if before[name] != value}
    if not changes:
        trail.unchanged()
        return found
    keep(found)
    if "is_searchable" in changes:
        follow_index(found)
    trail.record(KIND, found.pk, actor=actor, changes=changes)
    return found


@action("records:field:moved", _("%(who)s put the own fields into another order."))
def move_own_field(field_id: int, *, up: bool, actor: Actor) -> None:
    found = _to_change(field_id, actor)
    rows = list(OwnField.objects.filter(kind=found.kind, is_active=True).order_by("position", "id"))
    at = [row.pk for row in rows].index(found.pk) if found.is_active else -1
    to = at - 1 if up else at + 1
    if at < 0 or not 0 <= to < len(rows):
        trail.unchanged()
        return
    rows.insert(to, rows.pop(at))
    for position, row in enumerate(rows, 1):
        row.position = position
    OwnField.objects.bulk_update(rows, ["position"])
    stamps.renew(STAMP)
    trail.record(KIND, found.pk, actor=actor, changes={"position": [at + 1, to + 1]})


@action("records:field:removed", _("%(who)s removed an own field; its values are kept."))
def remove_own_field(field_id: int, *, actor: Actor) -> None:
    found = _to_change(field_id, actor)
    if not found.is_active:
        trail.unchanged()
        return
    found.is_active = False
    keep(found)
    follow_index(found)
    trail.record(KIND, found.pk, actor=actor, changes={"is_active": [True, False]})


@action("records:field:restored", _("%(who)s took an own field back into use."))
def restore_own_field(field_id: int, *, actor: Actor) -> None:
    found = _to_change(field_id, actor)
    if found.is_active:
        trail.unchanged()
        return
    require_room(found)
    require_free_label(type_with_own_fields(found.kind), found, found.label)
    found.is_active = True
    keep(found)
    follow_index(found)
    trail.record(KIND, found.pk, actor=actor, changes={"is_active": [False, True]})


def _to_change(field_id: int, actor: Actor) -> OwnField:
    gate.ask(actor, "update", KIND, field_id)
    found = OwnField.objects.select_for_update().filter(id=field_id).first()
    if found is None:
        raise Missing()
    return found


def keep(changed: OwnField) -> None:
    changed.version += 1
    changed.updated_at = clock.now()
    changed.save(force_update=True)
    stamps.renew(STAMP)


def follow_index(changed: OwnField) -> None:
    """The worker builds or drops the index; meanwhile lists treat the field as one without."""
    wanted = changed.is_searchable and changed.is_active
    if wanted or changed.index_state:
        changed.index_state = OwnField.IndexState.BUILDING if wanted else OwnField.IndexState.NONE
        changed.save(update_fields=["index_state"])
        jobs.tend_index.configure(lock=f"own-index-{changed.pk}").defer(field_id=changed.pk)


def type_with_own_fields(kind: str) -> RecordType:
    found = RECORD_TYPES.find(kind)
    if found is None or not found.has_own_fields:
        raise Missing()
    return found


def put_in(changed: OwnField, entry: Entry) -> None:
    for name in (*PLAIN, *FLAGS):
        setattr(changed, name, getattr(entry, name))
    if changed.field_kind == FieldKind.CHOICE:
        changed.choices = numbered(changed.choices, entry.choices)


def numbered(before: list[dict[str, Any]], wanted: list[Choice]) -> list[dict[str, Any]]:
    """Options that records may hold are never lost: one that is not named any more is only no longer offered."""
    last = max((int(option["key"]) for option in before), default=0)
    found: list[dict[str, Any]] = []
    for choice in wanted:
        last += not choice.key
        key = choice.key or str(last)
        found.append({"key": key, "label": choice.label, "label_en": choice.label_en, "is_active": choice.is_active})
    named = {option["key"] for option in found}
    return [*found, *({**option, "is_active": False} for option in before if option["key"] not in named)]


def told(row: OwnField) -> dict[str, Any]:
    """For the trail."""
    options = [
        "{label}{off}".format(label=o["label"], off="" if o.get("is_active", True) else " ×") for o in row.choices
    ]
    return {name: getattr(row, name) for name in (*PLAIN, *FLAGS)} | {"choices": options}


def require_sound(type_: RecordType, changed: OwnField, entry: Entry) -> None:
    """Raises Invalid with every fault."""
    errors: dict[str, list[Any]] = {}
    for check in (_faults_of_text, _faults_of_choices, _faults_of_search):
        errors |= check(changed, entry)
    if changed.field_kind not in FieldKind.values:
        errors["field_kind"] = [_("Choose what the field holds.")]
    if entry.section and entry.section not in {section.key for section in type_.sections}:
        errors["section"] = [_("Choose one of the values offered.")]
    if errors:
        raise Invalid(errors)
    require_free_label(type_, changed, entry.label)
    if changed.pk is None:
        require_room(changed)


def _faults_of_text(changed: OwnField, entry: Entry) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    for name in PLAIN:
        text, most = getattr(entry, name), OwnField._meta.get_field(name).max_length or 0
        if "\x00" in text:
            errors[name] = [_("This text holds a character that cannot be stored.")]
        elif len(text) > most:
            errors[name] = [_("At most %(most)s characters.") % {"most": most}]
    if not entry.label:
        errors["label"] = [_("Give the field a name.")]
    return errors


def _faults_of_choices(changed: OwnField, entry: Entry) -> dict[str, list[Any]]:
    if changed.field_kind != FieldKind.CHOICE:
        return {}
    known = {option["key"] for option in changed.choices}
    labels = [choice.label for choice in entry.choices]
    if not any(choice.is_active for choice in entry.choices):
        return {"choices": [_("Name at least one choice.")]}
    if len(set(labels)) < len(labels):
        return {"choices": [_("Each choice may be named once.")]}
    if len(labels) > MOST_CHOICES or any(len(label) > 60 or "\x00" in label for label in labels):
        return {"choices": [_("At most 200 choices of 60 characters each.")]}
    if any(choice.key and choice.key not in known for choice in entry.choices):
        return {"choices": [_("Choose one of the values offered.")]}
    return {}


def _faults_of_search(changed: OwnField, entry: Entry) -> dict[str, list[Any]]:
    if not entry.is_searchable or changed.is_searchable:
        return {}
    if changed.field_kind in NOT_SEARCHABLE:
        return {"is_searchable": [_("Long texts cannot be searched.")]}
    if OwnField.objects.filter(kind=changed.kind, is_active=True, is_searchable=True).count() >= MOST_SEARCHABLE:
        return {
            "is_searchable": [_("At most 20 own fields of one type can be searched. Make another one not searchable.")]
        }
    return {}


def require_free_label(type_: RecordType, changed: OwnField, label: str) -> None:
    declared = {str(f.label) for f in type_.fields}
    others = OwnField.objects.filter(kind=changed.kind, label=label, is_active=True).exclude(id=changed.pk)
    if label in declared or others.exists():
        raise Invalid({"label": [_("There is a field with this name already.")]})


def require_room(changed: OwnField) -> None:
    rows = OwnField.objects.filter(kind=changed.kind, is_active=True)
    if rows.count() >= MOST:
        raise Invalid({"": [_("A record type has at most 100 own fields. Remove one that is no longer used.")]})
    if changed.is_searchable and rows.filter(is_searchable=True).count() >= MOST_SEARCHABLE:
        raise Invalid({"": [_("At most 20 own fields of one type can be searched. Make another one not searchable.")]})
