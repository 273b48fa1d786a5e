"""Mounted at /api/v1/ by config/urls.py."""

from __future__ import annotations

from django.urls import path, re_path

from guanxi.base.org.web import public

from . import standard
from .document import openapi_document
from .endpoint import ENDPOINTS
from .interface import addresses, api, nothing_here
from .resources import activities, customers, duties, file_forms, me, proposals, rulebooks, staff  # noqa: F401  (mounted by being imported)

app_name = "api"
standard.add_standard_resources()


urlpatterns = [
    # Public: it describes the interface and holds no data; the same text is in the repository.
    path("openapi.json", public(openapi_document), name="openapi"),
    *addresses(api, ENDPOINTS),
    # A line break is part of an address, too.
    re_path(r"^[\s\S]*$", public(nothing_here), name="nothing"),
]
