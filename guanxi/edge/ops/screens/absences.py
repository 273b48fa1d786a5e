"""Leave and business trips, recorded on the staff card."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.base import ui
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.access import access_staff
from guanxi.base.org.actions import record_absence, withdraw_absence
from guanxi.base.org.models import Absence
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest, needs

from .sending import day, send
from .staff import card_page


@needs("absence", "create")
@require_POST
def record(request: ActorRequest, staff_id: int) -> HttpResponse:
    def perform() -> None:
        first, last = day(request.POST, "starts_on"), day(request.POST, "ends_on")
        record_absence(staff_id, first, last, reason=request.POST.get("reason", ""), actor=request.actor)

    sent = send(request, f"absence:record:{staff_id}", perform)
    if sent.errors:
        absence = {"typed": request.POST.dict(), "errors": sent.errors}
        return card_page(request, access_staff(request.actor, staff_id), absence=absence, status=422)
    ui.toast(request, _("The absence is recorded; ladders stand still meanwhile."))
    return ui.go(request, f"/settings/staff/{staff_id}")


@needs("absence", "create")
@require_POST
@sent_once
def withdraw(request: ActorRequest, absence_id: int) -> HttpResponse:
    absence = Absence.objects.filter(id=absence_id).first()
    if absence is None:
        raise Missing()
    withdraw_absence(absence_id, actor=request.actor)
    ui.toast(request, _("The absence is withdrawn."))
    return ui.go(request, f"/settings/staff/{absence.staff_id}")
