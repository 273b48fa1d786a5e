"""What criteria about customers may ask of their contacts: never the note, which is about a person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria import Field, Fields, Kind, Relation
from guanxi.base.records.relations import RELATIONS, ChildRelation, choice_field

from .models import Activity
from .models.activity import Direction, Result
from .models.activity import Kind as Channel

FIELDS = Fields(
    [
        choice_field("kind", _("Kind"), Channel.choices),
        choice_field("direction", _("Direction"), Direction.choices),
        choice_field("result", _("Result"), Result.choices),
        Field("happened_at", Kind.MOMENT, _("When")),
        Field("recorded_at", Kind.MOMENT, _("Recorded")),
        Field("next_on", Kind.DATE, _("Next contact")),
        Field("purpose", Kind.TEXT, _("Purpose")),
        Field("staff", Kind.REFERENCE, _("By"), column="staff_id", references="staff"),
    ]
)


def register() -> None:
    relation = Relation(
        "activity", _("Contacts"), "activities_activity", "customer_id", FIELDS, kept="{r}.removed_at IS NULL"
    )
    RELATIONS.add(ChildRelation("customer", Activity.KIND, relation))
