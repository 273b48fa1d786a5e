"""Who may reach which first-contact form; a sealed one only through an opening."""

from __future__ import annotations

from guanxi.base.kernel.actor import Actor

from .models import ContactForm


def access_contact_form(actor: Actor, form_id: int, *, to: str = "read", lock: bool = False) -> ContactForm:
    """Raises Missing or NotAllowed; to this a sealed form is not there (FIL-05)."""
    return ContactForm.objects.kept().access(actor, form_id, to=to, lock=lock)
