"""What criteria about customers may ask of their team and the people there: names and phones never."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria import Field, Fields, Kind, Relation
from guanxi.base.records.relations import RELATIONS, ChildRelation

from .models import Customer

CONTACT_FIELDS = Fields([Field("position", Kind.TEXT, _("Position")), Field("is_main", Kind.YESNO, _("Main contact"))])
TEAM_FIELDS = Fields(
    [
        Field("staff", Kind.REFERENCE, _("Colleague"), column="staff_id", references="staff"),
        Field("role", Kind.TEXT, _("Role")),
        Field("from_on", Kind.DATE, _("From")),
        Field("to_on", Kind.DATE, _("Until")),
    ]
)


def register() -> None:
    contacts = Relation("contact", _("Contact persons"), "customers_contact", "customer_id", CONTACT_FIELDS)
    team = Relation("team", _("Team"), "customers_teammember", "customer_id", TEAM_FIELDS)
    RELATIONS.add(ChildRelation(Customer.KIND, Customer.KIND, contacts))
    RELATIONS.add(ChildRelation(Customer.KIND, Customer.KIND, team))
