"""Steps on first-contact forms that may be allowed with consent: the approver reads the form's number, never a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.permits import PERMITTABLE, Permittable

from .contact_access import access_contact_form
from .contact_rules import STEPS
from .models import ContactForm
from .sealed import VERB, access_sealed


def register() -> None:
    for verb, name in STEPS.items():
        if verb == VERB:
            add(verb, name, access=access_sealed, page=_sealed)
        elif verb != "accept-unsigned":
            add(verb, name, access=access_contact_form, page=_page)


def add(verb: str, name: Any, *, access: Callable[[Actor, int], object], page: Callable[[int], str]) -> None:
    PERMITTABLE.add(Permittable(ContactForm.KIND, verb, name, label=_number, access=access, page=page))


def _number(form_id: int) -> str:
    return ContactForm.objects.filter(id=form_id).values_list("number", flat=True).first() or ""


def _page(form_id: int) -> str:
    return f"/contact-forms/{form_id}"


def _sealed(form_id: int) -> str:
    return f"/sealed/{form_id}"
