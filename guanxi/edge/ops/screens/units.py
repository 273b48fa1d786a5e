"""The tree of units with its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.org.access import access_unit, standing_posts, units_visible_to
from guanxi.base.org.actions import UnitEntry, change_unit, close_unit, create_unit, reopen_unit
from guanxi.base.org.models import Post, Unit
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from .choices import UNIT_KINDS, in_tree_order, role_name, unit_options
from .sending import number_or_none, send


@dataclass
class Node:
    unit: Unit
    people: list[Post] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    total: int = 0


@needs("unit", "read")
def tree(request: ActorRequest) -> HttpResponse:
    shows_closed = request.GET.get("closed") == "1"
    units = units_visible_to(request.actor)
    units = units if shows_closed else units.filter(closed_on=None)
    context = {
        "nodes": grown(units.order_by("name")),
        "kinds": UNIT_KINDS,
        "role_name": role_name,
        "may_create": may(request.actor, "unit", "create"),
        "shows_closed": shows_closed,
        "closed": units_visible_to(request.actor).exclude(closed_on=None).count(),
    }
    return ui.page(request, "ops/units.html", context)


def grown(units: Iterable[Unit]) -> list[Node]:
    """Three queries for any number of units."""
    people: dict[int, list[Post]] = defaultdict(list)
    for post in standing_posts().select_related("staff", "role").order_by("-is_main", "staff__pinyin", "id"):
        people[post.unit_id].append(post)
    path: list[Node] = []
    tops: list[Node] = []
    for depth, unit in in_tree_order(units):
        node = Node(unit, people[unit.pk])
        del path[depth:]
        (path[-1].children if path else tops).append(node)
        path.append(node)
        for above in path:
            above.total += len(node.people)
    return tops


@needs("unit", "create")
@require_http_methods(["GET", "POST"])
def new_unit(request: ActorRequest) -> HttpResponse:
    made: list[Unit] = []
    if request.method == "POST":
        sent = send(request, "unit:create", lambda: made.append(create_unit(_entry(request), actor=request.actor)))
        if sent.is_done:
            ui.toast(request, _("Saved."))
            return ui.go(request, f"/settings/units/{made[0].pk}" if made else "/settings/units")
        return _form(request, None, request.POST.dict(), sent.errors)
    return _form(request, None, {"kind": "department", "parent": request.GET.get("below", "")}, {})


@needs("unit", "read")
def show_unit(request: ActorRequest, unit_id: int) -> HttpResponse:
    unit = access_unit(request.actor, unit_id)
    context = {
        "unit": unit,
        "kinds": UNIT_KINDS,
        "people": standing_posts()
        .filter(unit=unit)
        .select_related("staff", "role", "superior__staff")
        .order_by("staff__pinyin"),
        "children": unit.children.filter(closed_on=None).order_by("name"),
        "may_change": may(request.actor, "unit", "update"),
        "may_create": may(request.actor, "unit", "create"),
        "may_hire": may(request.actor, "staff", "create") and not unit.closed_on,
        "role_name": role_name,
    }
    return ui.page(request, "ops/unit.html", context)


@needs("unit", "update")
@require_http_methods(["GET", "POST"])
def edit_unit(request: ActorRequest, unit_id: int) -> HttpResponse:
    unit = access_unit(request.actor, unit_id, to="update")
    if request.method != "POST":
        typed = {"name": unit.name, "code": unit.code, "kind": unit.kind, "region": unit.region}
        return _form(request, unit, typed | {"parent": str(unit.parent_id or "")}, {})
    sent = send(request, f"unit:change:{unit_id}", lambda: change_unit(unit_id, _entry(request), actor=request.actor))
    if sent.errors:
        return _form(request, unit, request.POST.dict(), sent.errors)
    ui.toast(request, _("Saved."))
    return ui.go(request, f"/settings/units/{unit_id}")


def _entry(request: ActorRequest) -> UnitEntry:
    texts = {name: request.POST.get(name, "") for name in ("name", "code", "kind", "region")}
    return UnitEntry(**texts, parent_id=number_or_none(request.POST, "parent"))


def _form(
    request: ActorRequest, unit: Unit | None, typed: dict[str, str], errors: dict[str, list[object]]
) -> HttpResponse:
    context = {
        "unit": unit,
        "typed": typed,
        "errors": errors,
        "kinds": list(UNIT_KINDS.items()),
        "parents": unit_options(but=unit.pk if unit else None),
    }
    return ui.page(request, "ops/unit_form.html", context, status=422 if errors else 200)


@needs("unit", "update")
@require_POST
@sent_once
def close(request: ActorRequest, unit_id: int) -> HttpResponse:
    close_unit(unit_id, actor=request.actor)
    ui.toast(request, _("The unit is closed."))
    return ui.go(request, f"/settings/units/{unit_id}")


@needs("unit", "update")
@require_POST
@sent_once
def reopen(request: ActorRequest, unit_id: int) -> HttpResponse:
    reopen_unit(unit_id, actor=request.actor)
    ui.toast(request, _("The unit is open again."))
    return ui.go(request, f"/settings/units/{unit_id}")
