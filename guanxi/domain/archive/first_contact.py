"""What first-contact forms and transfer lists register in other rooms. Called from apps.py."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.blockers import DEPARTURE, Blocker
from guanxi.base.org.scopes import may
from guanxi.base.records.types import LIST_TOOLS, PANELS, RECORD_TYPES, ListTool, Panel
from guanxi.base.ui import NAV, NavEntry

from . import contact_permits, contact_rules, contact_transfer
from .models import Allocation, ContactForm, FormTemplate, Transfer
from .screens.contactform import CONTACT_FORMS
from .screens.note import notes_panel
from .sealed import KIND as SEALED

# Whoever leaves hands them over first, the sealed ones to another custodian (FIL-05).
HELD = Blocker(
    key="contact-forms",
    kind=ContactForm.KIND,
    label=_("First-contact forms"),
    count=lambda staff_id: ContactForm.objects.existing().filter(holder_id=staff_id).count(),
    url=lambda staff_id: f"/transfers/new?kind={ContactForm.KIND}&of={staff_id}",
)

# Filled in and signed on a page of its own, so the list leads there itself.
NEW_FORM = ListTool(
    key="contact-form-new",
    label=_("New first-contact form"),
    url=lambda type_, asked: "/contact-forms/new",
    applies=lambda actor, type_: may(actor, ContactForm.KIND, "create"),
    kind=ContactForm.KIND,
    icon="plus",
    place="bar",
)


def register() -> None:
    contact_transfer.register()
    contact_rules.register()
    contact_permits.register()
    DEPARTURE.add(HELD)
    RECORD_TYPES.add(CONTACT_FORMS)
    LIST_TOOLS.add(NEW_FORM)
    PANELS.add(Panel("notebook", "customer", _("My notebook"), "archive/notes_panel.html", notes_panel, order=65))
    entry("contact-forms", _("First-contact forms"), "archive:contactform-list", ContactForm.KIND, order=15)
    entry("allocations", _("Allocation"), "archive:allocations", Allocation.KIND, order=16)
    entry("form-templates", _("Controlled forms"), "archive:form-templates", FormTemplate.KIND, order=27)
    entry("sealed", _("Sealed forms"), "archive:sealed", SEALED, order=26)
    entry("transfers", _("Transfer lists"), "archive:transfers", Transfer.KIND, order=25)


def entry(key: str, label: object, url: str, kind: str, *, order: int) -> None:
    visible = lambda actor: may(actor, kind, "read")  # noqa: E731 (the registry wants a function of one argument)
    NAV.add(NavEntry(key, label, url, "archive", order=order, icon="file", visible=visible))
