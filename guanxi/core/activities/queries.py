"""Who was in touch with a customer today, so that nobody rings twice on one day (CAR-29)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guanxi.base.kernel import clock

from .models import Activity
from .models.activity import Direction, Kind

TOLD = 3


def contacts_today(customer_id: int, *, besides: int | None) -> QuerySet[Activity]:
    """By colleagues and towards the customer; the latest first."""
    rows = Activity.objects.kept().filter(customer_id=customer_id, direction=Direction.OUT)
    rows = rows.filter(happened_at__gte=clock.start_of(clock.today())).exclude(kind=Kind.NOTE)
    return rows.exclude(staff_id=besides).select_related("staff").order_by("-happened_at", "-id")


def said_of_today(customer_id: int, *, besides: int | None) -> list[str]:
    """A sentence for each, for the form that is about to record another contact."""
    return [_sentence(one) for one in contacts_today(customer_id, besides=besides)[:TOLD]]


def _sentence(one: Activity) -> str:
    how = one.get_kind_display()
    words = {
        "who": one.staff.name if one.staff else "–",
        "time": one.happened_at.astimezone(clock.ZONE).strftime("%H:%M"),
        "how": f"{how} · {one.get_intent_display()}" if one.intent else how,
    }
    return _("%(who)s was in touch already today at %(time)s (%(how)s).") % words
