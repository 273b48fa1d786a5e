"""Units, roles and superiors as options of a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.base.org.access import standing_posts
from guanxi.base.org.models import Post, Role, Unit

Options = list[tuple[str, str]]
UNIT_KINDS: dict[str, Any] = {
    "group": _("Group"),
    "company": _("Company"),
    "branch": _("Branch"),
    "department": _("Department"),
    "store": _("Store"),
    "office": _("Office"),
    "team": _("Team"),
}


def in_tree_order(units: Iterable[Unit]) -> Iterator[tuple[int, Unit]]:
    """Depth and unit, children below their parent; one whose parent is not among them stands at the top."""
    listed = list(units)
    known = {unit.pk for unit in listed}
    below: dict[int | None, list[Unit]] = {}
    for unit in listed:
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    stack = [(0, unit) for unit in reversed(below.get(None, []))]
    while stack:
        depth, unit = stack.pop()
        yield depth, unit
        stack += [(depth + 1, child) for child in reversed(below.get(unit.pk, []))]


def unit_options(*, but: int | None = None) -> Options:
    units = Unit.objects.filter(closed_on=None).exclude(id=but).order_by("name")
    return [(str(unit.pk), "\u3000" * depth + unit.name) for depth, unit in in_tree_order(units)]


def role_name(role: Role) -> str:
    is_chinese = (translation.get_language() or "").startswith("zh")
    return role.name if is_chinese else role.name_en or role.name


def role_options() -> Options:
    return [(str(role.pk), role_name(role)) for role in Role.objects.order_by("id")]


def superior_options(*, but: int | None = None) -> Options:
    posts = standing_posts().select_related("staff", "unit", "role").order_by("staff__pinyin", "id")
    return [(str(post.pk), post_name(post)) for post in posts.exclude(id=but)]


def post_name(post: Post) -> str:
    return f"{post.staff.name} · {role_name(post.role)} · {post.unit.name}"
