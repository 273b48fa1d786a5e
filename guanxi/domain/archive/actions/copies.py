"""Copying a file form by machine, and showing it: nobody without consent (FIL-11, FIL-12)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org import gate
from guanxi.base.records.prints.actions import next_number

from ..access import access_file_form
from ..models import CopyEntry, CopyKind, FileForm
from ..registers import Copied, register_copy

MOST = 20


@action("archive:fileform:copied", _("%(who)s copied this file form."))
def copy_form(form_id: int, *, copies: int, purpose: str, actor: Actor) -> CopyEntry:
    """The copies carry the number the register gives."""
    gate.ask(actor, "read", FileForm.KIND)
    form = access_file_form(actor, form_id)
    require(purpose, copies)
    gate.ask_rules(actor, "copy", FileForm.KIND, form_id)
    entry = register_copy(
        Copied(CopyKind.COPY, FileForm.KIND, form_id, form.number, next_number(), copies, purpose=purpose.strip()),
        actor,
    )
    changes = {"copies": [None, copies], "print_number": entry.number}
    trail.record(FileForm.KIND, form_id, actor=actor, changes=changes)
    return entry


@action("archive:fileform:shown", _("%(who)s showed this file form to the customer, with permission."))
def show_form(form_id: int, *, purpose: str, actor: Actor) -> CopyEntry:
    gate.ask(actor, "read", FileForm.KIND)
    form = access_file_form(actor, form_id)
    require(purpose)
    gate.ask_rules(actor, "show", FileForm.KIND, form_id)
    entry = register_copy(Copied(CopyKind.SHOW, FileForm.KIND, form_id, form.number, purpose=purpose.strip()), actor)
    trail.record(FileForm.KIND, form_id, actor=actor, changes={"shown": [None, True]})
    return entry


def require(purpose: str, copies: int = 1) -> None:
    errors: dict[str, list[Any]] = {}
    if not 2 <= len(purpose.strip()) <= 200:
        errors["purpose"] = [_("Say what it is for, in 2 to 200 characters.")]
    if not 1 <= copies <= MOST:
        errors["copies"] = [_("Between 1 and %(most)s copies.") % {"most": MOST}]
    if errors:
        raise Invalid(errors)
