"""Posts: staff in a unit with a role and a superior, for a time (ORG-02)."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused

from .. import events as told
from .. import gate
from ..access import access_staff, standing_posts
from ..models import Post, Role, Staff, Unit
from ..powers import exceeds, refuse_beyond_own
from ..scopes import scope_of
from .keyholders import require_keyholder
from .reading import PostEntry

CHAIN = """
WITH RECURSIVE above AS (
  SELECT id, superior_id FROM org_post WHERE id = %s
  UNION SELECT p.id, p.superior_id FROM org_post p JOIN above a ON p.id = a.superior_id
) SELECT 1 FROM above WHERE id = %s
"""


@action("org:post:added", _("%(who)s gave this person a post."))
def add_post(staff_id: int, entry: PostEntry, *, actor: Actor) -> Post:
    gate.ask(actor, "update", "staff")
    staff = access_staff(actor, staff_id, to="update", lock=True)
    if staff.left_on:
        raise Refused(_("This person has left the company."), code="left")
    return new_post(staff, entry, actor=actor, verb="update")


def new_post(staff: Staff, entry: PostEntry, *, actor: Actor, verb: str) -> Post:
    """Part of `add_post` and `hire_staff`, which have asked the gate."""
    _check(staff, entry, actor, verb)
    is_main = entry.is_main or not standing_posts().filter(staff=staff).exists()
    if is_main:
        Post.objects.filter(staff=staff, is_main=True).update(is_main=False)
    post = Post.objects.create(
        staff=staff,
        unit_id=entry.unit_id,
        role_id=entry.role_id,
        superior_id=entry.superior_id,
        starts_on=entry.starts_on,
        ends_on=entry.ends_on,
        is_main=is_main,
    )
    changes = {"unit": [None, post.unit_id], "role": [None, post.role_id], "superior": [None, post.superior_id]}
    trail.record("staff", staff.pk, actor=actor, name="org:post:added", changes=changes)
    events.publish(Event(told.POSTS_CHANGED, "staff", [staff.pk]), actor=actor)
    return post


def _check(staff: Staff, entry: PostEntry, actor: Actor, verb: str) -> None:
    unit = Unit.objects.filter(id=entry.unit_id, closed_on=None).first()
    role = Role.objects.filter(id=entry.role_id).first()
    if unit is None or role is None:
        raise Invalid({"unit" if unit is None else "role": [_("Choose one of the list.")]})
    _refuse_beyond_own(unit, role, actor, verb)
    if entry.ends_on and entry.ends_on < entry.starts_on:
        raise Invalid({"ends_on": [_("The post would end before it begins.")]})
    if entry.superior_id:
        _require_standing(entry.superior_id)
    same = standing_posts().filter(staff=staff, unit=unit, role=role)
    if entry.ends_on:
        same = same.filter(starts_on__lte=entry.ends_on)
    if same.filter(Q(ends_on=None) | Q(ends_on__gte=entry.starts_on)).exists():
        raise Invalid({"role": [_("This person already holds that post at that time.")]})


def _refuse_beyond_own(unit: Unit, role: Role, actor: Actor, verb: str) -> None:
    """Who administers part of the company appoints there, and nobody to more than they could do themselves."""
    scope = scope_of(actor, "staff", verb)
    is_elsewhere = not scope.everything and unit.pk not in scope.unit_ids
    if is_elsewhere or exceeds(actor, [role.pk], everywhere=scope.everything):
        raise NotAllowed(_("You may not appoint to this post."))


def _require_standing(superior_id: int) -> None:
    if not standing_posts().filter(id=superior_id, staff__left_on=None).exists():
        raise Invalid({"superior": [_("This superior's post has ended.")]})


def access_post(post_id: int, *, actor: Actor) -> Post:
    post = Post.objects.select_for_update().filter(id=post_id).first()
    if post is None:
        raise Missing()
    staff = access_staff(actor, post.staff_id, to="update")
    refuse_beyond_own(actor, staff, kind="staff", verb="update", post=post)
    return post


@action("org:post:superior_changed", _("%(who)s changed the superior of this post."))
def change_superior(post_id: int, superior_id: int | None, *, actor: Actor) -> None:
    gate.ask(actor, "update", "staff")
    _lock_chain()
    post = access_post(post_id, actor=actor)
    if superior_id:
        _require_standing(superior_id)
        if would_loop(post_id, superior_id):
            raise Invalid({"superior": [_("This post would become its own superior.")]})
    if post.superior_id == superior_id:
        trail.unchanged()
        return
    changes = {"superior": [post.superior_id, superior_id]}
    Post.objects.filter(id=post_id).update(superior_id=superior_id)
    trail.record("staff", post.staff_id, actor=actor, changes=changes)
    events.publish(Event(told.POSTS_CHANGED, "staff", [post.staff_id]), actor=actor)


def _lock_chain() -> None:
    """Two changes at once could each be harmless and close a loop together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('org_post.superior'))")


def would_loop(post_id: int, superior_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, [superior_id, post_id])
        return cursor.fetchone() is not None


@action("org:post:ended", _("%(who)s ended a post of this person."))
def end_post(post_id: int, *, on: date, actor: Actor) -> None:
    """`on` is the last day. When that is past or today, who reported to this post reports to its superior."""
    gate.ask(actor, "update", "staff")
    _lock_chain()
    post = access_post(post_id, actor=actor)
    if on < post.starts_on:
        raise Invalid({"on": [_("The post would end before it begins.")]})
    before, post.ends_on, was_main = post.ends_on, on, post.is_main
    post.is_main = was_main and on >= clock.today()
    post.save(update_fields=["ends_on", "is_main"])
    moved = _move_up(post) if on <= clock.today() else []
    if not post.is_main:
        _choose_main(post.staff_id)
    require_keyholder()
    changes = {"ends_on": [before and before.isoformat(), on.isoformat()], "unit": [post.unit_id, None]}
    trail.record("staff", post.staff_id, actor=actor, changes=changes, items=[("staff", i) for i in moved])
    events.publish(Event(told.POSTS_CHANGED, "staff", [post.staff_id, *moved]), actor=actor)


def _move_up(post: Post) -> list[int]:
    below = standing_posts().filter(superior_id=post.pk)
    moved = list(below.values_list("staff_id", flat=True))
    below.update(superior_id=post.superior_id)
    return moved


def _choose_main(staff_id: int) -> None:
    standing = standing_posts().filter(staff_id=staff_id)
    first = standing.order_by("starts_on", "id").first()
    if first and not standing.filter(is_main=True).exists():
        Post.objects.filter(id=first.pk).update(is_main=True)
