"""Malicious code in a file: whoever brought it is told, and those who administer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel.actor import Actor
from guanxi.core.documents.events import INFECTED
from guanxi.core.documents.models import Document

from .actions import tell
from .channels.telling import administrators
from .kinds import KINDS, MessageKind

YOURS, SOMEBODYS = "documents:infected:yours", "documents:infected:somebodys"


def register() -> None:
    yours = _("Malicious code was found in a file you brought. Nobody can download it; please check your device.")
    KINDS.add(MessageKind(YOURS, yours))
    KINDS.add(MessageKind(SOMEBODYS, _("Malicious code was found in a file that %(name)s brought.")))
    events.subscribe(INFECTED, tell_those_concerned)


def tell_those_concerned(event: Event, actor: Actor) -> None:
    for document in Document.objects.filter(id__in=event.ids).select_related("staff"):
        about = {"name": document.staff.name if document.staff else actor.label}
        key = f"infected:{document.pk}:{document.latest}"
        if document.staff_id:
            link = {"link": f"/documents/{document.pk}"}
            tell(document.staff_id, YOURS, params=about | link, dedupe_key=f"{key}:yours")
        for staff_id in set(administrators()) - {document.staff_id}:
            # No link: who administers does not see the record for that.
            tell(staff_id, SOMEBODYS, params=about, dedupe_key=f"{key}:{staff_id}")
