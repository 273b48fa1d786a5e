"""Mounted at /api/v1/ by config/urls.py."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from guanxi.base.org.web import public

from .document import openapi_document
from .interface import api, endpoints_at, nothing_here, serve
from .resources import activities, customers, duties, file_forms, me, rulebooks, staff  # noqa: F401  (mounted by being imported)

app_name = "api"


def served() -> list[URLPattern]:
    """One per address; ninja gives one per operation, all of an address with the same view."""
    at = {str(pattern.pattern): pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)}
    return [path(route, serve(at[route].callback, endpoints_at(route)), name=name_of(route)) for route in at if route]


def name_of(route: str) -> str:
    """`customers/<int:customer_id>/activities` is `customers-one-activities`."""
    return "-".join("one" if part.startswith("<") else part for part in route.split("/"))


urlpatterns = [
    # Public: it describes the interface and holds no data; the same text is in the repository.
    path("openapi.json", public(openapi_document), name="openapi"),
    *served(),
    re_path(r"^.*$", public(nothing_here), name="nothing"),
]
