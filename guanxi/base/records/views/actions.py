"""What people do with views and segments: keep, change, share, delete; and what a list opens with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Model
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused, Stale
from guanxi.base.org import gate
from guanxi.base.org.scopes import posts_of

from ..criteria import CriteriaError, Reference, parse
from ..criteria.wording import say
from ..types import RecordType
from . import segments
from .access import access_segment, access_view, may_share
from .keeping import kept_words, settled
from .models import DefaultView, SavedView, Segment, Sharing

MOST_VIEWS = 50
LONGEST_NAME = 60
LONGEST_PURPOSE = 200
TAKEN = _("This name is taken already. Choose another.")


@action("records:view:created", _("%(who)s saved a view of a list."))
def create_view(
    type_: RecordType, name: str, words: Mapping[str, str], *, sharing: str = "nobody", actor: Actor
) -> SavedView:
    gate.ask(actor, "read", type_.key)
    if actor.staff_id is None:
        raise NotAllowed(_("Views belong to a colleague, and this account is nobody's."))
    mine = SavedView.objects.filter(owner_id=actor.staff_id, kind=type_.key)
    if mine.count() >= MOST_VIEWS:
        raise Invalid({"": [_("You have %(most)s views of this list. Delete one first.") % {"most": MOST_VIEWS}]})
    view = SavedView(kind=type_.key, owner_id=actor.staff_id, created_at=clock.now(), updated_at=clock.now())
    view.name, view.words = checked_name(name), kept_words(type_, words, actor)
    view.position = (mine.aggregate(last=Max("position"))["last"] or 0) + 1
    _share(view, sharing, actor)
    _save(view)
    trail.record(
        SavedView.KIND, view.pk, actor=actor, changes={"kind": view.kind, "sharing": view.sharing}, personal=_said(view)
    )
    return view


@action("records:view:changed", _("%(who)s changed a view of a list."))
def change_view(
    view_id: int,
    *,
    name: str,
    sharing: str,
    version: int,
    words: Mapping[str, str] | None = None,
    type_: RecordType,
    actor: Actor,
) -> SavedView:
    """`words` None: what it shows stays."""
    view = access_view(actor, view_id, to="update", lock=True)
    _ask_version(view, version, {"name": name, "sharing": sharing})
    before, was = _said(view), view.sharing
    view.name = checked_name(name)
    if words is not None:
        view.words = kept_words(type_, words, actor)
    if sharing != was:
        _share(view, sharing, actor)
    if (before, was) == (_said(view), view.sharing):
        trail.unchanged()
        return view
    _save(view)
    changes = {"sharing": [was, view.sharing]} if was != view.sharing else {}
    trail.record(
        SavedView.KIND, view.pk, actor=actor, changes=changes, personal={"before": before, "after": _said(view)}
    )
    return view


@action("records:view:deleted", _("%(who)s deleted a view of a list."))
def delete_view(view_id: int, *, actor: Actor) -> None:
    view = access_view(actor, view_id, to="delete", lock=True)
    trail.record(SavedView.KIND, view.pk, actor=actor, changes={"kind": view.kind}, personal=_said(view))
    view.delete()


@action("records:view:made_default", _("%(who)s chose what a list opens with."))
def make_default(type_: RecordType, view_id: int | None, *, actor: Actor) -> None:
    """None: the list opens with everything again."""
    gate.ask(actor, "read", type_.key)
    if view_id is not None and access_view(actor, view_id).kind != type_.key:
        raise Refused(_("This view belongs to another list."), code="view_of_another_kind")
    mine = DefaultView.objects.filter(staff_id=actor.staff_id, kind=type_.key)
    if list(mine.values_list("view_id", flat=True)) == [view_id] * (view_id is not None):
        trail.unchanged()
        return
    mine.delete()
    if view_id is not None:
        DefaultView.objects.create(staff_id=actor.staff_id, kind=type_.key, view_id=view_id)
    trail.record(SavedView.KIND, view_id, actor=actor, changes={"kind": type_.key})


@action("records:segment:created", _("%(who)s created a segment."))
def create_segment(type_: RecordType, *, name: str, purpose: str, criteria: str, actor: Actor) -> Segment:
    gate.ask(actor, "share", SavedView.KIND)
    gate.ask(actor, "read", type_.key)
    segment = Segment(kind=type_.key, owner_id=actor.staff_id, created_at=clock.now(), updated_at=clock.now())
    _fill(segment, type_, name=name, purpose=purpose, criteria=criteria, actor=actor)
    _save(segment)
    trail.record(Segment.KIND, segment.pk, actor=actor, changes=_spoken(segment))
    return segment


@action("records:segment:changed", _("%(who)s changed a segment."))
def change_segment(
    segment_id: int, *, type_: RecordType, name: str, purpose: str, criteria: str, version: int, actor: Actor
) -> Segment:
    """All segments of the kind are locked, so that two changes at once cannot close a circle."""
    list(Segment.objects.select_for_update().filter(kind=type_.key).order_by("id").values_list("id"))
    segment = access_segment(actor, segment_id, to="update", lock=True)
    _ask_version(segment, version, {"name": name, "purpose": purpose, "criteria": criteria})
    before = _spoken(segment)
    _fill(segment, type_, name=name, purpose=purpose, criteria=criteria, actor=actor)
    after = _spoken(segment)
    if before == after:
        trail.unchanged()
        return segment
    _save(segment)
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    trail.record(Segment.KIND, segment.pk, actor=actor, changes=changes)
    return segment


@action("records:segment:deleted", _("%(who)s deleted a segment."))
def delete_segment(segment_id: int, *, actor: Actor) -> None:
    """Refused while another segment names it; saved views that do say so when they are opened."""
    segment = access_segment(actor, segment_id, to="delete", lock=True)
    users = [other.name for other in Segment.objects.filter(kind=segment.kind) if segment.pk in named_in(other)]
    if users:
        text = _("Other segments are built on this one: %(names)s. Change them first.")
        raise Refused(text % {"names": ", ".join(users[:5])}, code="segment_in_use")
    trail.record(Segment.KIND, segment.pk, actor=actor, changes=_spoken(segment))
    segment.delete()


def named_in(segment: Segment) -> set[int]:
    """Numbers of the segments that this one names itself."""
    found = segments.segments_in(parse(segment.criteria))
    return {leaf.segment.id for leaf in found if isinstance(leaf.segment, Reference)}


def checked_name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Invalid({"name": [_("Give it a name.")]})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": [_("A name has at most %(most)s characters.") % {"most": LONGEST_NAME}]})
    return name


def _fill(segment: Segment, type_: RecordType, *, name: str, purpose: str, criteria: str, actor: Actor) -> None:
    segment.name = checked_name(name)
    segment.purpose = " ".join(purpose.replace("\x00", "").split())
    if len(segment.purpose) > LONGEST_PURPOSE:
        raise Invalid({"purpose": [_("At most %(most)s characters belong here.") % {"most": LONGEST_PURPOSE}]})
    if not criteria.strip():
        raise Invalid({"where": [_("Say who belongs to the segment.")]})
    try:
        segment.criteria = settled(type_, criteria, actor, within=segment.pk or 0)
    except CriteriaError as unreadable:
        raise Invalid({"where": [say(unreadable.problem)]}) from None


def _share(view: SavedView, sharing: str, actor: Actor) -> None:
    if sharing not in Sharing.values:
        raise Invalid({"sharing": [_("Choose one of the values offered.")]})
    if sharing != Sharing.NOBODY and not may_share(actor):
        raise NotAllowed(_("Your role does not share views with others."))
    posts = posts_of(actor)
    if sharing == Sharing.UNIT and not posts:
        raise Invalid({"sharing": [_("You hold no post in a unit today.")]})
    view.sharing = sharing
    view.unit_id = posts[0].unit_id if sharing == Sharing.UNIT else None


def _ask_version(row: Any, version: int, wanted: Mapping[str, Any]) -> None:
    if row.version != version:
        theirs = {key: (getattr(row, key), mine) for key, mine in wanted.items() if getattr(row, key) != mine}
        raise Stale(version=row.version, theirs=theirs)


def _save(row: Model) -> None:
    """Raises Invalid for a name that is taken."""
    if row.pk:
        row.version += 1
        row.updated_at = clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Invalid({"name": [TAKEN]}) from None


def _said(view: SavedView) -> dict[str, Any]:
    """What people called it and looked for may name a customer."""
    return {"name": view.name, "words": dict(view.words)}


def _spoken(segment: Segment) -> dict[str, Any]:
    return {"name": segment.name, "purpose": segment.purpose, "criteria": segment.criteria}
