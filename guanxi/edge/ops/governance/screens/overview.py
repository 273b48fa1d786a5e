"""Security at a glance: what stands well, what wants attention, and where to go on."""

from __future__ import annotations

from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.org.web import ActorRequest, needs

from ..glance import signs


@needs("security", "read")
def overview(request: ActorRequest) -> HttpResponse:
    return ui.page(request, "ops/governance/overview.html", {"signs": signs(request.actor)})
