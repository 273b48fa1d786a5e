"""The addresses of a record type."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from guanxi.base.org.web import needs

from ..exports.urls import export_urls
from ..prints.urls import print_urls
from ..types import RecordType
from .bins import bin_view, remove_view, restore_view
from .boards import move_view
from .cards import card_view
from .columns import columns_view
from .counts import count_view
from .forms import edit_view, new_view
from .glance import glance_view
from .lists import list_view


def record_urls(type_: RecordType) -> list[URLPattern]:
    """List and card always; form addresses when the type has the actions for them."""
    kind, base = type_.key, type_.path
    found = [path(base, needs(kind, "read")(list_view(type_)), name=f"{kind}-list")]
    found.append(path(f"{base}/count", needs(kind, "read")(require_GET(count_view(type_))), name=f"{kind}-count"))
    if type_.create:
        found.append(path(f"{base}/new", needs(kind, "create")(new_view(type_)), name=f"{kind}-new"))
    found.append(path(f"{base}/columns", needs(kind, "read")(columns_view(type_)), name=f"{kind}-columns"))
    found.append(path(f"{base}/<int:record_id>", needs(kind, "read")(card_view(type_)), name=f"{kind}-card"))
    glance = needs(kind, "read")(require_GET(glance_view(type_)))
    found.append(path(f"{base}/<int:record_id>/glance", glance, name=f"{kind}-glance"))
    if type_.change:
        moves = needs(kind, "update")(require_POST(move_view(type_)))
        found.append(path(f"{base}/<int:record_id>/move", moves, name=f"{kind}-move"))
        edit = needs(kind, "update")(edit_view(type_))
        found.append(path(f"{base}/<int:record_id>/edit", edit, name=f"{kind}-edit"))
    found += [*export_urls(type_), *print_urls(type_)]
    return [*found, *bin_urls(type_)] if type_.has_bin else found


def bin_urls(type_: RecordType) -> list[URLPattern]:
    kind, base, may = type_.key, type_.path, needs(type_.key, "delete")
    return [
        path(f"{base}/bin", may(bin_view(type_)), name=f"{kind}-bin"),
        path(f"{base}/<int:record_id>/remove", may(remove_view(type_)), name=f"{kind}-remove"),
        path(f"{base}/<int:record_id>/restore", may(require_POST(restore_view(type_))), name=f"{kind}-restore"),
    ]
