"""Who may give a permit is told of the request; who asked is told of the answer."""

from __future__ import annotations

from typing import Any

from django.utils import translation

from guanxi.base.audit.events import Event
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import PermitRequest
from guanxi.base.org.permits import deciders, step_name

from .actions import tell

ASKED, GRANTED, DECLINED = "org:permit:asked", "org:permit:granted", "org:permit:declined"


def tell_deciders(event: Event, actor: Actor) -> None:
    for request in PermitRequest.objects.filter(id__in=event.ids):
        for one in deciders(request.approver_role).exclude(id=request.staff_id):
            params = _params(request) | {"from": actor.label, "purpose": request.purpose}
            tell(one.pk, ASKED, params=params, dedupe_key=f"permit-asked:{request.pk}:{one.pk}")


def tell_asker(event: Event, actor: Actor) -> None:
    for request in PermitRequest.objects.filter(id__in=event.ids):
        kind = GRANTED if request.state == PermitRequest.GRANTED else DECLINED
        params = _params(request) | {"from": actor.label, "reason": request.answer}
        tell(request.staff_id, kind, params=params, dedupe_key=f"permit-answered:{request.pk}")


def _params(request: PermitRequest) -> dict[str, Any]:
    with translation.override("zh-hans"):
        name = step_name(request)
    with translation.override("en"):
        english = step_name(request)
    return {"step": name, "step_en": english, "label": request.subject_label, "link": f"/permits/{request.pk}"}
