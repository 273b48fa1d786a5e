"""Roles and what they may do: kind x verb -> scope."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused, Unreadable

from .. import gate
from ..models import Grant, Post, Role, Unit
from ..scopes import SCOPES, scope_of
from .keyholders import require_keyholder
from .reading import required, within

KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")
Cell = tuple[str, str]


def _ask(actor: Actor, verb: str) -> None:
    """Roles hold for the whole company; a part of it is no scope for them."""
    gate.ask(actor, verb, "role")
    if not scope_of(actor, "role", verb).everything:
        raise NotAllowed()


def access_role(role_id: int) -> Role:
    role = Role.objects.select_for_update().filter(id=role_id).first()
    if role is None:
        raise Missing()
    return role


@action("org:role:created", _("%(who)s created this role."))
def create_role(key: str, *, name: str, name_en: str, actor: Actor, like_id: int | None = None) -> Role:
    """With the rights of `like_id`, or none yet. Rulebooks name a role by its key, so the key never changes.

    It needs a second factor where the role it is like does, or where every other does.
    """
    _ask(actor, "create")
    if not KEY.fullmatch(key):
        raise Invalid({"key": [_("Use small Latin letters, digits and dashes, beginning with a letter.")]})
    try:
        with transaction.atomic():
            names, is_needed = _names(name, name_en), _needs_second_factor(like_id)
            role = Role.objects.create(key=key, **names, needs_second_factor=is_needed)
    except IntegrityError as taken:
        raise Invalid({"key": [_("This key is taken.")]}) from taken
    for grant in Grant.objects.filter(role_id=like_id):
        grant.pk, grant.role = None, role
        grant.save(force_insert=True)
    trail.record("role", role.pk, actor=actor, changes={"name": [None, role.name], "like": [None, like_id]})
    return role


def _needs_second_factor(like_id: int | None) -> bool:
    others = Role.objects.filter(id=like_id) if like_id else Role.objects.all()
    return others.exists() and not others.filter(needs_second_factor=False).exists()


def _names(name: str, name_en: str) -> dict[str, str]:
    try:
        return {"name": within(required(name), 60), "name_en": within(name_en.strip(), 60)}
    except Unreadable as refused:
        raise Invalid({"name": [refused.message]}) from refused


@action("org:role:renamed", _("%(who)s renamed this role."))
def rename_role(role_id: int, *, name: str, name_en: str, actor: Actor) -> None:
    _ask(actor, "update")
    role, names = access_role(role_id), _names(name, name_en)
    changes = {field: [getattr(role, field), value] for field, value in names.items() if getattr(role, field) != value}
    if not changes:
        trail.unchanged()
        return
    Role.objects.filter(id=role_id).update(**names)
    trail.record("role", role_id, actor=actor, changes=changes)


@action("org:role:second_factor_required", _("%(who)s chose whether this role needs a second factor."))
def require_second_factor(role_id: int, is_needed: bool, *, actor: Actor) -> None:
    """Whoever holds the role is asked to set one up at the next sign-in."""
    _ask(actor, "update")
    role = access_role(role_id)
    if role.needs_second_factor == is_needed:
        trail.unchanged()
        return
    Role.objects.filter(id=role_id).update(needs_second_factor=is_needed)
    changes = {"needs_second_factor": [role.needs_second_factor, is_needed]}
    trail.record("role", role_id, actor=actor, changes=changes)


@action("org:role:rights_changed", _("%(who)s changed the rights of this role."))
def set_grants(
    role_id: int,
    rights: Mapping[Cell, str],
    *,
    actor: Actor,
    named_units: Sequence[int] = (),
    kinds_in_named_units: Sequence[str] = (),
) -> None:
    """`rights` maps (kind, verb) to a scope and replaces what the role had; kinds that can be read in named units too
    are given apart. It holds from the next request of everybody in the role."""
    _ask(actor, "update")
    access_role(role_id)
    known = set(Unit.objects.filter(id__in=named_units).values_list("id", flat=True))
    if kinds_in_named_units and (not named_units or known != set(named_units)):
        raise Invalid({"units": [_("Name the units whose records this role may read.")]})
    wanted = {(kind, verb, scope): () for (kind, verb), scope in rights.items() if scope}
    wanted |= {(kind, "read", "units"): tuple(sorted(known)) for kind in kinds_in_named_units}
    if any(scope not in SCOPES for _kind, _verb, scope in wanted):
        raise Invalid({"": [_("Choose one of the list.")]})
    _replace(role_id, wanted, actor=actor)


def _replace(role_id: int, wanted: Mapping[tuple[str, str, str], Sequence[int]], *, actor: Actor) -> None:
    had = {(g.kind, g.verb, g.scope): tuple(sorted(g.unit_ids)) for g in Grant.objects.filter(role_id=role_id)}
    if had == wanted:
        trail.unchanged()
        return
    Grant.objects.filter(role_id=role_id).delete()
    Grant.objects.bulk_create(
        Grant(role_id=role_id, kind=kind, verb=verb, scope=scope, unit_ids=list(units))
        for (kind, verb, scope), units in wanted.items()
    )
    require_keyholder()
    trail.record("role", role_id, actor=actor, changes=_told(had, wanted))


def _told(
    had: Mapping[tuple[str, str, str], Sequence[int]], wanted: Mapping[tuple[str, str, str], Sequence[int]]
) -> dict[str, list[str | None]]:
    """customer.read: [own, subordinates]."""

    def by_cell(rows: Mapping[tuple[str, str, str], Sequence[int]]) -> dict[str, str]:
        cells: dict[str, list[str]] = {}
        for (kind, verb, scope), units in rows.items():
            cells.setdefault(f"{kind}.{verb}", []).append(f"{scope} {list(units)}" if units else scope)
        return {cell: ", ".join(sorted(scopes)) for cell, scopes in cells.items()}

    before, after = by_cell(had), by_cell(wanted)
    cells = sorted({*before, *after})
    return {cell: [before.get(cell), after.get(cell)] for cell in cells if before.get(cell) != after.get(cell)}


@action("org:role:removed", _("%(who)s removed a role."))
def remove_role(role_id: int, *, actor: Actor) -> None:
    """Only one that nobody ever held: posts of the past name it too."""
    _ask(actor, "update")
    role = access_role(role_id)
    if Post.objects.filter(role=role).exists():
        raise Refused(_("People hold or have held posts in this role, so it stays."), code="has_posts")
    changes = {"name": [role.name, None], "key": [role.key, None]}
    role.delete()
    require_keyholder()
    trail.record("role", role_id, actor=actor, changes=changes)
