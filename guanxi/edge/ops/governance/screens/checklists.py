"""Checklists of administrators: how far each is, and the page of an item (SEC-06, SEC-08, SEC-09)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs

from ...screens.sending import day_or_none, number_or_none, send, together
from ..checklists import STATES, Note, item_of, note_item, standing, standings
from ..models import ItemState

HOME = "/settings/security/checklists"
TONES = {"open": "open", "done": "done", "not-applicable": "plain"}
MOST_COLLEAGUES = 2000


@needs("security", "read")
def lists(request: ActorRequest) -> HttpResponse:
    found = standings()
    context = {
        "lists": [(one, items, sum(item.is_settled for item in items) / len(items)) for one, items in found],
        "states": STATES,
        "tones": TONES,
        "may_note": may(request.actor, "security", "update"),
    }
    return ui.page(request, "ops/governance/checklists.html", context)


@needs("security", "update")
@require_http_methods(["GET", "POST"])
def item(request: ActorRequest, of: str, key: str) -> HttpResponse:
    found = item_of(f"{of}.{key}")
    row = ItemState.objects.filter(item=found.key).first()
    errors: dict[str, list[Any]] = {}
    typed: Any = request.POST
    if request.method == "POST":
        sent = send(
            request, f"checklist:{found.key}", lambda: note_item(found.key, _read(request), actor=request.actor)
        )
        if sent.is_done:
            ui.toast(request, _("Saved."))
            return ui.go(request, HOME)
        errors = sent.errors
    elif row:
        typed = {"state": row.state, "why": row.why, "evidence": row.evidence}
        typed |= {"responsible": str(row.responsible_id or ""), "next_check_on": str(row.next_check_on or "")}
    context = {
        "one": standing(found, row),
        "typed": typed,
        "errors": errors,
        "states": list(STATES.items()),
        "people": working_here(most=MOST_COLLEAGUES),
    }
    return ui.page(request, "ops/governance/item.html", context, status=422 if errors else 200)


def _read(request: ActorRequest) -> Note:
    post = request.POST
    read = together(next_check_on=lambda: day_or_none(post, "next_check_on"))
    staff = Staff.objects.filter(id=number_or_none(post, "responsible") or -1, left_on=None).first()
    words = {name: post.get(name, "").replace("\0", "") for name in ("state", "why", "evidence")}
    return Note(**words, **read, responsible=staff)
