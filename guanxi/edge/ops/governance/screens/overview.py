"""Security at a glance: what stands well, what wants attention, and where to go on."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from ..glance import chart_of, progress, signs


@needs("security", "read")
def overview(request: ActorRequest) -> HttpResponse:
    found = progress()
    places = [
        (_("Matrix of risks"), "/risks/matrix"),
        (_("Classification"), "/settings/security/classification"),
        (_("Networks"), "/settings/security/networks"),
    ]
    if may(request.actor, "audit", "read"):
        places.append((_("Trace a leaked copy"), "/settings/security/trace"))
    context = {
        "signs": signs(),
        "option": chart_of(found),
        "rows": [(one.title, done, of) for one, done, of in found],
        "places": places,
    }
    return ui.page(request, "ops/governance/overview.html", context)
