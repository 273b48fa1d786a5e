"""What each record type has for paper."""

from django.urls import URLPattern, path

from guanxi.base.org.web import needs

from ..types import RecordType
from .screens import card_print_view, list_print_view


def print_urls(type_: RecordType) -> list[URLPattern]:
    kind, base, may = type_.key, type_.path, needs(type_.key, "read")
    return [
        path(f"{base}/print", may(list_print_view(type_)), name=f"{kind}-print"),
        path(f"{base}/<int:record_id>/print", may(card_print_view(type_)), name=f"{kind}-card-print"),
    ]
