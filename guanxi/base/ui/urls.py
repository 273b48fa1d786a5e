"""Who may open a view is said by org, which lies above this room; so the marks are handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from guanxi.base.ui import views

app_name = "ui"


def patterns(public: Callable[[Any], Any]) -> tuple[list[URLPattern], str]:
    """For config/urls.py: path("", include(ui_urls.patterns(public)))."""
    return [
        path("theme", public(views.theme), name="theme"),
        path("gallery", public(views.show_gallery), name="gallery"),
    ], app_name
