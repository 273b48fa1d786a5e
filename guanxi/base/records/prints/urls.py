"""What each record type has for paper."""

from django.urls import URLPattern, path

from guanxi.base.org.web import needs

from ..types import RecordType
from . import outside
from .screens import card_print_view, list_print_view

urlpatterns = [
    path("papers/<slug:kind>", outside.list_outside, name="paper-list"),
    path("papers/<slug:kind>/<int:record_id>", outside.card_outside, name="paper-card"),
]


def print_urls(type_: RecordType) -> list[URLPattern]:
    kind, base, may = type_.key, type_.path, needs(type_.key, "read")
    return [
        path(f"{base}/print", may(list_print_view(type_)), name=f"{kind}-print"),
        path(f"{base}/<int:record_id>/print", may(card_print_view(type_)), name=f"{kind}-card-print"),
    ]
