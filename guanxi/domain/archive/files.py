"""Scans and photos on the records of this room; whoever may see the record may see them. A sealed form is not there."""

from __future__ import annotations

from guanxi.base.records.types import PANELS, RECORD_TYPES, Panel
from guanxi.core.documents.panel import FILES, TEMPLATE, files_panel
from guanxi.core.documents.registry import RECORDS, Access, Record

from .access import access_file_form, access_incident
from .contact_access import access_contact_form
from .models import ContactForm, FileForm, Incident

ACCESS: dict[str, Access] = {
    FileForm.KIND: access_file_form,
    ContactForm.KIND: access_contact_form,
    Incident.KIND: access_incident,
}


def register() -> None:
    for kind, access in ACCESS.items():
        type_ = RECORD_TYPES.get(kind)
        path = type_.path
        RECORDS.add(Record(kind, type_.label, access, lambda record_id, path=path: f"/{path}/{record_id}"))  # type: ignore[misc]  # each its own path
        PANELS.add(Panel(f"{kind}-files", kind, FILES, TEMPLATE, files_panel(kind), order=80))
