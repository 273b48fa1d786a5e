"""The addresses of a record type."""

from __future__ import annotations

from django.urls import URLPattern, path

from guanxi.base.org.web import needs

from ..types import RecordType
from .cards import card_view
from .forms import edit_view, new_view
from .lists import list_view


def record_urls(type_: RecordType) -> list[URLPattern]:
    """List and card always; form addresses when the type has the actions for them."""
    kind, base = type_.key, type_.path
    found = [path(base, needs(kind, "read")(list_view(type_)), name=f"{kind}-list")]
    if type_.create:
        found.append(path(f"{base}/new", needs(kind, "create")(new_view(type_)), name=f"{kind}-new"))
    found.append(path(f"{base}/<int:record_id>", needs(kind, "read")(card_view(type_)), name=f"{kind}-card"))
    if type_.change:
        edit = needs(kind, "update")(edit_view(type_))
        found.append(path(f"{base}/<int:record_id>/edit", edit, name=f"{kind}-edit"))
    return found
