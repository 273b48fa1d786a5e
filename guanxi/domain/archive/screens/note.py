"""The panel "My notebook" on a customer's card: a note only its writer sees."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest
from guanxi.core.customers.access import access_customer
from guanxi.core.customers.models import Customer

from ..actions import remove_note, write_note
from ..models import WorkingNote

SHOWN = 30


def notes_panel(actor: Actor, customer: Customer) -> dict[str, Any] | None:
    if actor.staff_id is None:
        return None
    notes = WorkingNote.objects.filter(customer=customer, staff_id=actor.staff_id).order_by("-id")[:SHOWN]
    return {"notes": list(notes), "customer": customer}


def write(request: ActorRequest, customer_id: int) -> HttpResponse:
    customer = access_customer(request.actor, customer_id)
    text = request.POST.get("text", "").replace("\x00", "")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":

        def run() -> dict[str, Any]:
            return {"id": write_note(customer_id, text, actor=request.actor).pk}

        try:
            key, name = request.POST.get("op_key", ""), f"note:write:{customer_id}"
            operations.once(key, actor=request.actor, name=name, payload={"text": text}, perform=run)
        except Invalid as problem:
            errors = problem.errors
        else:
            ui.toast(request, _("Noted. Only you see it."))
            return ui.go(request, f"/customers/{customer_id}")
    context = {"customer": customer, "text": text, "errors": errors}
    return ui.page(request, "archive/note.html", context, status=422 if errors else 200)


@require_POST
@sent_once
def remove(request: ActorRequest, note_id: int) -> HttpResponse:
    customer_id = remove_note(note_id, actor=request.actor)
    return ui.go(request, f"/customers/{customer_id}")
