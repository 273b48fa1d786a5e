"""Announced visits as a subject of rules: what is prepared before a customer comes, and that they are received."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.records.criteria.fields import Field, Fields, Kind
from guanxi.core.activities import events
from guanxi.core.activities.models import Coming, Meal

from .joining import add_evidence, add_subject
from .registry import CUSTOMER_ALIVE, SOURCES, Alive, Evidence, Source, Subject

KEY = "coming-visit"
VISIT = Subject(
    key=KEY,
    kind=Coming.KIND,
    label=_("Announced visit"),
    relation="activities_coming s JOIN customers_customer c ON c.id = s.customer_id",
    fields=Fields(
        [
            Field("meal", Kind.CHOICE, _("Meal"), choices=tuple(Meal.values)),
            Field("guests", Kind.NUMBER, _("People")),
            Field("grade", Kind.CHOICE, _("Grade"), alias="c", choices=("A", "B", "C")),
        ]
    ),
    owner="s.owner_id",
    alive=(Alive("removed", "s.removed_at IS NULL"), *CUSTOMER_ALIVE),
    page="/coming-visits/{id}",
)
ENTERED = "LEAST((s.created_at AT TIME ZONE 'Asia/Shanghai')::date, s.comes_on - 1)"
TABLES = Evidence(
    key="coming-visit",
    word="state",
    label=_("Announced visit"),
    relation="""(SELECT v.id, v.customer_id, 'coming' AS subject_kind, v.id AS subject_id,
  v.table_reserved_by_id AS staff_id, 'table-reserved' AS kind, v.table_reserved_at AS happened_at,
  v.table_reserved_at AS recorded_at FROM activities_coming v WHERE v.table_reserved_at IS NOT NULL) e""",
    kinds=("table-reserved",),
    about="subject",
    subjects=(KEY,),
    labels={"table-reserved": _("A table reserved")},
    places={"table-reserved": "/coming-visits/{subject}/table"},
)


def register() -> None:
    told = (events.COMING_ANNOUNCED, events.COMING_CHANGED, events.COMING_REMOVED, events.COMING_RESTORED)
    add_subject(VISIT, told_by=told)
    SOURCES.add(Source(KEY, "day-before", label=_("The day before a visit"), anchor="s.comes_on - 1", opens=ENTERED))
    SOURCES.add(Source(KEY, "day-of-visit", label=_("The day of a visit"), anchor="s.comes_on"))
    add_evidence(TABLES)
