"""Colleagues in the search box, for those who may see them."""

from __future__ import annotations

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.access import staff_visible_to
from guanxi.base.org.models import Post, Staff
from guanxi.base.org.scopes import may
from guanxi.base.records.search.marking import marked
from guanxi.base.records.search.sources import SEARCH_SOURCES, Hit, Source

from .screens.choices import role_name


def register() -> None:
    SEARCH_SOURCES.add(Source("staff", _("Staff"), find_staff, order=60))


def find_staff(actor: Actor, text: str, limit: int) -> list[Hit]:
    if not may(actor, "staff", "read"):
        return []
    rows = list(named(staff_visible_to(actor).filter(left_on=None), text.casefold()).order_by("pinyin", "id")[:limit])
    posts = {row.pk: "" for row in rows}
    held = Post.objects.filter(staff__in=rows, ends_on=None).select_related("unit", "role").order_by("is_main", "-id")
    for post in held:
        posts[post.staff_id] = f"{post.unit.name} · {role_name(post.role)}"
    return [Hit(f"/settings/staff/{row.pk}", marked(row.name, text), posts[row.pk]) for row in rows]


def named(rows: QuerySet[Staff], text: str) -> QuerySet[Staff]:
    """By part of the name, the sound from its beginning or from the given name on, the initials, or the number."""
    sound = "".join(text.split())
    if not (sound.isascii() and sound.isalpha()):
        return rows.filter(Q(name__icontains=text) | Q(number=text))
    given = replaced(F("pinyin"), r"^\S+\s*", "")
    rows = rows.annotate(
        sound=replaced(F("pinyin"), r"\s", ""),
        given=replaced(given, r"\s", ""),
        firsts=replaced(F("pinyin"), r"(\S)\S*\s*", r"\1"),
    )
    return rows.filter(
        Q(sound__startswith=sound) | Q(given__startswith=sound) | Q(firsts__startswith=sound) | Q(name__icontains=text)
    )


def replaced(text: F | Func, pattern: str, by: str) -> Func:
    parts = (Value(pattern), Value(by), Value("g"))
    return Func(text, *parts, function="regexp_replace", output_field=TextField())
