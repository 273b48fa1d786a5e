from __future__ import annotations

from guanxi.base.kernel.actor import Actor

from .models import FileForm

KIND = FileForm.KIND


def access_file_form(actor: Actor, form_id: int, *, to: str = "read", lock: bool = False) -> FileForm:
    """Raises Missing or NotAllowed."""
    return FileForm.objects.kept().access(actor, form_id, to=to, lock=lock)
