"""Roles, and the matrix of what each may do."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.access import standing_posts
from guanxi.base.org.actions import create_role, remove_role, rename_role, require_second_factor, set_grants
from guanxi.base.org.models import Grant, Role
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from ..rights import SCOPES, kinds, verbs
from .choices import role_name, role_options, unit_options
from .sending import number_or_none, send


@needs("role", "read")
def role_list(request: ActorRequest) -> HttpResponse:
    standing = Q(posts__in=standing_posts())
    roles = Role.objects.annotate(
        people=Count("posts__staff", filter=standing, distinct=True), rights=Count("grants", distinct=True)
    )
    context = {
        "roles": roles.order_by("id"),
        "role_name": role_name,
        "may_create": may(request.actor, "role", "create"),
    }
    return ui.page(request, "ops/roles.html", context)


def _role(role_id: int) -> Role:
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise Missing()
    return role


@needs("role", "read")
def role_card(request: ActorRequest, role_id: int) -> HttpResponse:
    return matrix_page(request, _role(role_id))


def matrix_page(request: ActorRequest, role: Role, *, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    cells, beside, units = chosen(role) if not errors else typed(request.POST)
    shown = kinds()
    people = standing_posts().filter(role=role).select_related("staff", "unit").order_by("staff__pinyin")
    context = {
        "role": role,
        "name": role_name(role),
        "kinds": shown,
        "verbs": verbs(shown),
        "scopes": SCOPES,
        "cells": cells,
        "beside": beside,
        "named_units": units,
        "units": unit_options(),
        "people": people,
        "errors": errors or {},
        "may_change": may(request.actor, "role", "update"),
    }
    return ui.page(request, "ops/role.html", context, status=422 if errors else 200)


Chosen = tuple[dict[str, str], list[str], list[str]]


def chosen(role: Role) -> Chosen:
    """Scope per "kind.verb" (the widest, where a role has several), kinds readable in named units, and these units."""
    cells: dict[str, list[str]] = defaultdict(list)
    beside: list[str] = []
    units: set[int] = set()
    for grant in Grant.objects.filter(role=role):
        if grant.scope == "units":
            beside.append(grant.kind)
            units |= set(grant.unit_ids)
        else:
            cells[f"{grant.kind}.{grant.verb}"].append(grant.scope)
    width = list(SCOPES)
    return {cell: max(found, key=width.index) for cell, found in cells.items()}, beside, [str(i) for i in sorted(units)]


def typed(post: QueryDict) -> Chosen:
    cells = {name: value for name, value in post.items() if "." in name and isinstance(value, str)}
    return cells, post.getlist("beside"), post.getlist("units")


@needs("role", "update")
@require_POST
def save_rights(request: ActorRequest, role_id: int) -> HttpResponse:
    role = _role(role_id)
    known = {kind.key: kind for kind in kinds()}
    cells, beside, units = typed(request.POST)
    rights = {}
    for name, scope in cells.items():
        kind, _dot, verb = name.partition(".")
        if scope in SCOPES and kind in known and verb in known[kind].verbs:
            rights[kind, verb] = scope
    sent = send(
        request,
        f"role:rights:{role_id}",
        lambda: set_grants(
            role_id,
            rights,
            actor=request.actor,
            named_units=[int(unit) for unit in units if unit.isdecimal() and len(unit) < 18],
            kinds_in_named_units=[kind for kind in beside if kind in known],
        ),
    )
    if sent.errors:
        return matrix_page(request, role, errors=sent.errors)
    ui.toast(request, _("Saved. It holds from the next click of everybody in this role."))
    return ui.go(request, f"/settings/roles/{role_id}")


@needs("role", "update")
@require_POST
@sent_once
def second_factor(request: ActorRequest, role_id: int) -> HttpResponse:
    is_needed = request.POST.get("needs") == "on"
    require_second_factor(role_id, is_needed, actor=request.actor)
    asked = _("People in this role are asked for a second factor from their next sign-in on.")
    ui.toast(request, asked if is_needed else _("This role no longer asks for a second factor."))
    return ui.go(request, f"/settings/roles/{role_id}")


@needs("role", "create")
@require_http_methods(["GET", "POST"])
def new_role(request: ActorRequest) -> HttpResponse:
    made: list[Role] = []
    errors: dict[str, list[Any]] = {}
    post = request.POST
    if request.method == "POST":
        sent = send(
            request,
            "role:create",
            lambda: made.append(
                create_role(
                    post.get("key", "").strip(),
                    name=post.get("name", ""),
                    name_en=post.get("name_en", ""),
                    like_id=number_or_none(post, "like"),
                    actor=request.actor,
                )
            ),
        )
        if sent.is_done:
            ui.toast(request, _("Saved. Now choose what this role may do."))
            return ui.go(request, f"/settings/roles/{made[0].pk}" if made else "/settings/roles")
        errors = sent.errors
    context = {"role": None, "typed": post, "errors": errors, "roles": role_options()}
    return ui.page(request, "ops/role_form.html", context, status=422 if errors else 200)


@needs("role", "update")
@require_http_methods(["GET", "POST"])
def rename(request: ActorRequest, role_id: int) -> HttpResponse:
    role = _role(role_id)
    errors: dict[str, list[Any]] = {}
    entered: Any = {"name": role.name, "name_en": role.name_en}
    if request.method == "POST":
        entered = request.POST
        sent = send(
            request,
            f"role:rename:{role_id}",
            lambda: rename_role(
                role_id, name=entered.get("name", ""), name_en=entered.get("name_en", ""), actor=request.actor
            ),
        )
        if sent.is_done:
            ui.toast(request, _("Saved."))
            return ui.go(request, f"/settings/roles/{role_id}")
        errors = sent.errors
    context = {"role": role, "typed": entered, "errors": errors, "roles": []}
    return ui.page(request, "ops/role_form.html", context, status=422 if errors else 200)


@needs("role", "update")
@require_POST
@sent_once
def remove(request: ActorRequest, role_id: int) -> HttpResponse:
    remove_role(role_id, actor=request.actor)
    ui.toast(request, _("The role is removed."))
    return ui.go(request, "/settings/roles")
