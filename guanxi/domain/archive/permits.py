"""Steps on file forms that a clause may allow with consent (FIL-09, FIL-11): the approver reads the form's number."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.permits import PERMITTABLE, Permittable

from .access import KIND, access_file_form
from .models import FileForm

STEPS = {
    "borrow-other": _("Borrow a file form for another purpose than a callback"),
    "print": _("Print a file form"),
    "copy": _("Copy a file form"),
    "show": _("Show a file form to somebody outside"),
    "export": _("Take a file form out as a file"),
}


def register() -> None:
    for verb, name in STEPS.items():
        PERMITTABLE.add(Permittable(KIND, verb, name, label=_number, access=_reach, page=_page))


def _number(form_id: int) -> str:
    return FileForm.objects.filter(id=form_id).values_list("number", flat=True).first() or ""


def _reach(actor: Actor, form_id: int) -> None:
    access_file_form(actor, form_id)


def _page(form_id: int) -> str:
    return f"/file-forms/{form_id}"
