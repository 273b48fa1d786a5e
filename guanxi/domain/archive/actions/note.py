"""One's own notebook about a customer: what representatives copy from a form before it is handed over (FIL-04)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import gate
from guanxi.core.customers.access import KIND, access_customer

from ..models import WorkingNote

LONGEST = 1000


@action("archive:note:written", _("%(who)s wrote into the own notebook."))
def write_note(customer_id: int, text: str, *, actor: Actor) -> WorkingNote:
    """What it says is nobody else's to read, so the trail does not know either."""
    gate.ask(actor, "read", KIND, customer_id)
    access_customer(actor, customer_id)
    words = text.strip()
    if not words:
        raise Invalid({"text": [_("Write something down first.")]})
    if len(words) > LONGEST:
        raise Invalid({"text": [_("A note has at most %(most)s characters.") % {"most": LONGEST}]})
    note = WorkingNote(customer_id=customer_id, staff_id=actor.staff_id or 0, text=words, written_at=clock.now())
    note.save(force_insert=True)
    trail.record("note", note.pk, actor=actor)
    return note


@action("archive:note:removed", _("%(who)s removed a note from the own notebook."))
def remove_note(note_id: int, *, actor: Actor) -> int:
    """The customer it was about."""
    note = WorkingNote.objects.filter(id=note_id, staff_id=actor.staff_id or 0).first()
    if note is None:
        raise Missing()
    gate.ask(actor, "read", KIND, note.customer_id)
    note.delete()
    trail.record("note", note_id, actor=actor)
    return note.customer_id
