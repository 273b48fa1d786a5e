"""What the scanner found in a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor

from . import events as told
from .models import Document, DocumentVersion, Scan, Thumbnail
from .storage import store


@action("documents:version:found_infected", _("%(who)s found malicious code in a file of this record."))
def report_infected(version_id: int, *, found: str, actor: Actor) -> DocumentVersion:
    """Of the system: no right is asked, and whoever brought the file and the administrators are told."""
    version = DocumentVersion.objects.select_related("document").select_for_update(of=("self",)).get(id=version_id)
    if version.scan == Scan.INFECTED:
        trail.unchanged()
        return version
    version.scan, version.found, version.scanned_at = Scan.INFECTED, found, clock.now()
    version.thumbnail = Thumbnail.NONE
    version.save(update_fields=["scan", "found", "scanned_at", "thumbnail"])
    store().drop_picture(version.stored)
    document = version.document
    changes = {"version": [None, version.number], "found": [None, found]}
    items = [(Document.KIND, document.pk)]
    trail.record(document.record_kind, document.record_id, actor=actor, changes=changes, items=items)
    events.publish(Event(told.INFECTED, Document.KIND, [document.pk]), actor=actor)
    return version
