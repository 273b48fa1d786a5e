"""What criteria about customers may ask of their file forms (never health, FIL-13), and the other way round."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria import Field, Fields, Kind, Relation
from guanxi.base.records.relations import RELATIONS, ChildRelation, choice_field
from guanxi.core.customers.models.customer import Grade, Status

from .models import FileForm

FORM_FIELDS = Fields(
    [
        Field("event_name", Kind.TEXT, _("Event")),
        Field("completed_on", Kind.DATE, _("Completed on")),
        Field("purchased", Kind.YESNO, _("Purchased")),
        Field("product", Kind.TEXT, _("Product")),
        Field("amount", Kind.NUMBER, _("Amount")),
        Field("representative", Kind.REFERENCE, _("Representative"), column="representative_id", references="staff"),
    ]
)
CUSTOMER_FIELDS = Fields(
    [
        choice_field("status", _("Status"), Status.choices),
        choice_field("grade", _("Grade"), Grade.choices),
        Field("last_contact_at", Kind.MOMENT, _("Last contact")),
        Field("owner", Kind.REFERENCE, _("Owner"), column="owner_id", references="staff"),
    ]
)
KEPT = "{r}.removed_at IS NULL"


def register() -> None:
    forms = Relation("fileform", _("File forms"), "archive_fileform", "customer_id", FORM_FIELDS, kept=KEPT)
    owner, unit = "representative_id", "unit_id"
    RELATIONS.add(ChildRelation("customer", FileForm.KIND, forms, owner=owner, unit=unit))
    customer = Relation(
        "customer", _("Customer"), "customers_customer", "id", CUSTOMER_FIELDS, kept=KEPT, parent="{t}.customer_id"
    )
    RELATIONS.add(ChildRelation("fileform", "customer", customer, owner="owner_id", unit="unit_id"))
