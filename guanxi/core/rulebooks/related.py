"""What criteria about customers may ask of their duties, within the reader's scope of duties."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria import Field, Fields, Kind, Relation
from guanxi.base.records.relations import RELATIONS, ChildRelation, choice_field

from .models import Duty
from .models.duty import State

FIELDS = Fields(
    [
        choice_field("state", _("State"), State.choices),
        Field("due_at", Kind.MOMENT, _("Due")),
        Field("opens_at", Kind.MOMENT, _("Opens")),
        Field("settled_at", Kind.MOMENT, _("Done at")),
        Field("settled_late", Kind.YESNO, _("Done late")),
        Field("purpose", Kind.TEXT, _("Purpose")),
        Field("assignee", Kind.REFERENCE, _("Assignee"), column="assignee_id", references="staff"),
    ]
)


def register() -> None:
    relation = Relation("duty", _("Duties"), "rulebooks_duty", "customer_id", FIELDS)
    RELATIONS.add(ChildRelation("customer", Duty.KIND, relation, owner="assignee_id", unit="unit_id"))
