"""Nobody hands out more power than their own, or takes over an account that has more."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed

from .access import access_account, standing_posts
from .models import Account, Grant, Post, Staff
from .scopes import scope_of

# Roles over these say who may do what; only who administers roles may hand them out.
POWERS = ("account", "role", "unit", "calendar", "staff")
# What reaches beyond the units one administers. Reading how the company is made up and its rules is nobody's privilege.
WIDE = ("all", "region", "units")
COMMON = (*POWERS, "rulebook")


def exceeds(actor: Actor, role_ids: Collection[int], *, everywhere: bool) -> bool:
    """Whether one of the roles may do more than the actor may give. `everywhere`: the actor administers all people."""
    if actor.is_system or scope_of(actor, "role", "update").everything:
        return False
    grants = Grant.objects.filter(role_id__in=role_ids)
    if grants.filter(kind__in=POWERS).exclude(verb="read").exists():
        return True
    wide = grants.filter(scope__in=WIDE).exclude(kind__in=COMMON, verb="read").values_list("kind", "verb").distinct()
    return not everywhere and any(not scope_of(actor, kind, verb).everything for kind, verb in wide)


def refuse_beyond_own(actor: Actor, staff: Staff | None, *, kind: str, verb: str, post: Post | None = None) -> None:
    """For steps that change what somebody is or signs in with: all their posts, or the one in question, must lie
    within what the actor administers. Raises NotAllowed."""
    if staff is None or staff.pk == actor.staff_id:
        return
    posts = [post] if post else list(standing_posts().filter(staff=staff))
    scope = scope_of(actor, kind, verb)
    within = scope.everything or staff.pk in scope.staff_ids
    is_elsewhere = not within and any(held.unit_id not in scope.unit_ids for held in posts)
    if is_elsewhere or exceeds(actor, {held.role_id for held in posts}, everywhere=scope.everything):
        raise NotAllowed(_("This person holds a post beyond what you administer."))


def within_power(account_id: int, actor: Actor, *, to: str) -> Account:
    """The account, locked. Whoever sets a password could sign in with it."""
    account = access_account(actor, account_id, to=to, lock=True)
    refuse_beyond_own(actor, Staff.objects.filter(account=account).first(), kind="account", verb=to)
    return account
