"""The few addresses of this room. config/urls.py mounts them and says who may open them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from guanxi.base.kernel.errors import Missing
from guanxi.base.ui import gallery, pages
from guanxi.base.ui.jinja import THEMES
from guanxi.base.ui.ways import own_path

YEAR = 365 * 24 * 3600


def next_of(request: HttpRequest) -> str:
    return own_path(request.POST.get("next"))


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """A cookie and not web storage: the first byte of the page already has the right colours."""
    response = pages.go(request, next_of(request))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            settings.THEME_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


@require_GET
def show_gallery(request: HttpRequest) -> HttpResponse:
    """All components with sample data, for those who build screens."""
    if not settings.DEBUG:
        raise Missing()
    return pages.page(request, "ui/gallery.html", gallery.samples())
