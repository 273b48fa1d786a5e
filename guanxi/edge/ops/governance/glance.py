"""How safety stands, one sign per matter. Each is a query or two; nothing is verified anew to show this page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext as _

from guanxi.base.audit.models import Entry, Seal, Unsealed
from guanxi.base.kernel import clock, statements
from guanxi.base.ui import formats

from ..backups import schedule
from ..doctor import SEALED_WITHIN
from .checklists import LIVE, Checklist, Standing, standings
from .checks import BY_KEY, FOUND, UNKNOWN, examine
from .daily import late_incidents, late_items
from .models import AccessReview, DataIncident, IncidentState, LineState, ReviewLine
from .obligations import not_signed, version_to_sign
from .reviewing import due_on

HOME = "/settings/security"
# What the nightly check writes when it finds the trail altered; for so long it stands here.
ALTERED = "ops:trail:found_altered"
SHOWN = timedelta(days=30)
# A night may be missed when the machine was off; that it ran at all is what its job left in the queue.
CHECKED_WITHIN = timedelta(days=2)
CHECKED = """
SELECT max(e.at) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'succeeded'
WHERE j.task_name = 'ops:trail' AND j.status = 'succeeded'
"""


@dataclass(frozen=True)
class Sign:
    """`tone`: done, open or late."""

    title: Any
    text: Any
    tone: str
    url: str


def signs() -> list[Sign]:
    return [sign() for sign in SIGNS]


def backups() -> Sign:
    title, url = _("Backups"), "/settings/backups"
    if schedule.late_plan():
        return Sign(title, _("None was verified in time"), "late", url)
    if schedule.last_good() is None:
        return Sign(title, _("None yet: the first is made by the plan"), "open", url)
    return Sign(title, _("Verified within the time the plan gives"), "done", url)


def factor() -> Sign:
    found = examine([BY_KEY["factor"]])[0]
    words = {"count": formats.number(len(found.evidence))}
    is_fine = found.state != FOUND
    text = _("Everybody with a privileged role has one") if is_fine else _("Privileged without one: %(count)s") % words
    return Sign(_("Second factor"), text, "done" if is_fine else "open", f"{HOME}/checks")


def scanner() -> Sign:
    live = LIVE["scanner"]()
    return Sign(_("Scanner for malicious code"), live.text, "done" if live.is_fine else "open", f"{HOME}/checklists")


def trail() -> Sign:
    """What the nightly check said last, if it ran at all, and whether the sealer keeps up."""
    text, tone = _of_trail()
    return Sign(_("Trail"), text, tone, "/settings/trail")


def _of_trail() -> tuple[str, str]:
    now = clock.now()
    if Entry.objects.filter(name=ALTERED, at__gt=now - SHOWN).exists():
        return _("The nightly check found it altered"), "late"
    waits = Entry.objects.filter(id__in=Unsealed.objects.values("entry_id")).aggregate(at=Min("at"))["at"]
    if waits and now - waits > SEALED_WITHIN:
        return _("Entries have been waiting for their seal since %(when)s") % {"when": formats.moment(waits)}, "late"
    last = Seal.objects.order_by("-number").values_list("at", flat=True).first()
    if last is None:
        return _("Nothing is sealed yet"), "open"
    words, checked = {"when": formats.moment(last)}, statements.rows(CHECKED)[0][0]
    if checked is None or now - checked > CHECKED_WITHIN:
        return _("Last sealed %(when)s; the nightly check did not run") % words, "open"
    return _("Last sealed %(when)s; the nightly check found nothing altered") % words, "done"


def review() -> Sign:
    title, url = _("Review of rights"), f"{HOME}/reviews"
    open_one = AccessReview.objects.filter(closed_at=None).first()
    day = due_on()
    is_late = day < clock.today()
    if open_one:
        left = ReviewLine.objects.filter(review=open_one, state__in=[LineState.OPEN, LineState.OBJECTED]).count()
        text = _("Under way; lines still to be done: %(count)s") % {"count": formats.number(left)}
        return Sign(title, text, "late" if is_late else "open", f"{url}/{open_one.pk}")
    words = {"day": formats.day(day)}
    text = _("Was due on %(day)s") % words if is_late else _("Next one due on %(day)s") % words
    return Sign(title, text, "late" if is_late else "done", url)


def compliance() -> Sign:
    found = examine()
    count = sum(one.state == FOUND for one in found)
    unknown = sum(one.state == UNKNOWN for one in found)
    words = {"count": count, "total": len(found), "unknown": unknown}
    text = _("%(count)s of %(total)s checks found something") % words
    if unknown:
        text = _("%(count)s of %(total)s checks found something; %(unknown)s could not look") % words
    return Sign(_("Compliance check"), text, "open" if count or unknown else "done", f"{HOME}/checks")


def obligations() -> Sign:
    title, url = _("Signed obligations"), f"{HOME}/obligations"
    version = version_to_sign()
    if version is None:
        return Sign(title, _("No conduct text is in force yet"), "open", url)
    count = not_signed(version).count()
    text = _("Not signed yet: %(count)s") % {"count": formats.number(count)} if count else _("Everybody has signed")
    return Sign(title, text, "open" if count else "done", url)


def incidents() -> Sign:
    states = [IncidentState.REPORTED, IncidentState.CONFIRMED]
    count = DataIncident.objects.filter(removed_at=None, state__in=states).count()
    late = late_incidents()
    text = _("Open: %(count)s") % {"count": formats.number(count)} if count else _("None is open")
    return Sign(_("Data incidents"), text, "late" if late else "open" if count else "done", "/data-incidents")


def items() -> Sign:
    late = late_items()
    text = _("Checks overdue: %(count)s") % {"count": late} if late else _("No check is overdue")
    return Sign(_("Checklists"), text, "late" if late else "done", f"{HOME}/checklists")


SIGNS: list[Callable[[], Sign]] = [
    backups, factor, scanner, trail, review, compliance, obligations, incidents, items,
]  # fmt: skip
Progress = list[tuple[Checklist, int, int]]


def progress() -> Progress:
    """Each checklist, how many of its items are settled, and how many there are."""
    found: list[tuple[Checklist, list[Standing]]] = standings(live=False)
    return [(one, sum(item.is_settled for item in of), len(of)) for one, of in found]


def chart_of(found: Progress) -> dict[str, Any]:
    """A bar for each list: what is settled, and what is left."""
    names = [one.title for one, _done, _all in reversed(found)]
    settled, left = [d for _l, d, _a in reversed(found)], [a - d for _l, d, a in reversed(found)]
    bar = {"type": "bar", "stack": "items", "barMaxWidth": 18}
    return {
        "grid": {"left": 8, "right": 16, "top": 8, "bottom": 28, "containLabel": True},
        "legend": {"bottom": 0},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": names},
        "series": [{"name": _("Settled"), "data": settled, **bar}, {"name": _("Left"), "data": left, **bar}],
    }
