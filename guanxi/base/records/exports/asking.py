"""What may be asked for: read and refused field by field, counted, and measured against what is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NeedsPermit
from guanxi.base.org import gate

from ..asked import Asked
from ..criteria import CriteriaError
from ..criteria.wording import say
from ..outsiders import INSIDE, NOBODY_ELSE, OUTSIDERS, Recipient, read_recipient
from ..types import RecordType
from .access import may_feed_machines
from .models import ExportRun
from .rows import selection_for

# An advisory lock: the first number is this module's, the second the person's.
ONE_OF_A_PERSON = 7405
TOO_MANY = _("A file holds at most %(count)s rows. Narrow the list, then export it in parts.")
NOBODY_AGREED = _(
    "Nobody in this list agreed that data about them are given to others. Ask them, and record it on their cards."
)


@dataclass(frozen=True)
class Wanted:
    format: str
    purpose: str
    audience: str = ExportRun.PEOPLE
    encoding: str = ExportRun.UTF8
    recipient: str = INSIDE
    recipient_name: str = ""
    processor: str = ""


def clause_before(actor: Actor, kind: str) -> NeedsPermit | None:
    """The clause with which such lists leave the company only by consent, however short they are. Raises NotAllowed
    for whom the role, or a clause that knows no consent, forbids it."""
    try:
        gate.ask(actor, "export", kind)
    except NeedsPermit as wants:
        return wants
    return None


def read_wanted(wanted: Wanted, kind: str, actor: Actor) -> tuple[str, Recipient]:
    """The purpose and the recipient as they are kept. Raises Invalid by field."""
    recipient, errors = read_recipient(wanted.recipient, wanted.recipient_name, wanted.processor)
    purpose = " ".join("".join(c if c.isprintable() else " " for c in wanted.purpose).split())
    if len(purpose) < 2:
        errors["purpose"] = [_("Say what the file is for; it is kept with your name.")]
    elif len(purpose) > 200:
        errors["purpose"] = [_("At most %(count)s characters.") % {"count": 200}]
    choices = {
        "format": (ExportRun.XLSX, ExportRun.CSV),
        "audience": (ExportRun.PEOPLE, ExportRun.MACHINES),
        "encoding": (ExportRun.UTF8, ExportRun.GB18030),
    }
    errors |= {
        n: [_("Choose one of the values offered.")] for n, known in choices.items() if getattr(wanted, n) not in known
    }
    if wanted.audience == ExportRun.MACHINES and not (
        may_feed_machines(actor, kind) and wanted.format == ExportRun.CSV
    ):
        errors["audience"] = [_("Files for programs are CSV files, for roles that export everything.")]
    if errors:
        raise Invalid(errors)
    return purpose, recipient


def words_of(type_: RecordType, asked: Asked) -> dict[str, str]:
    """With the columns named that the screen shows now, whatever it shows when the job runs."""
    return asked.said(cols=",".join(column.key for column in asked.shown_columns(type_)))


def count_rows(type_: RecordType, asked: Asked, actor: Actor, recipient: Recipient = NOBODY_ELSE) -> int:
    most = settings.EXPORT_MAX_ROWS
    try:
        count = selection_for(type_, asked, actor, recipient).count(most=most)
    except CriteriaError as wrong:
        raise Invalid({"": [say(wrong.problem)]}) from None
    if count > most:
        raise Invalid({"": [TOO_MANY % {"count": f"{most:,}"}]})
    if count == 0 and OUTSIDERS.is_asked(type_.model, recipient):
        raise Invalid({"recipient": [NOBODY_AGREED]})
    if count == 0:
        raise Invalid({"": [_("This list has no rows that you may export.")]})
    return count


def one_at_a_time(actor: Actor) -> None:
    """Until the transaction ends: two requests of one person at once would each find the same rows free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_OF_A_PERSON, actor.staff_id or 0])


def free_rows(actor: Actor, *, besides: int | None = None) -> int:
    """How many rows the actor may still take out today without asking anybody; `besides` a run that is not counted."""
    recent = ExportRun.objects.filter(staff_id=actor.staff_id or -1, created_at__gt=clock.now() - timedelta(days=1))
    recent = recent.exclude(id=besides) if besides else recent
    under_way_or_out = recent.filter(decided_by=None, state__in=[ExportRun.QUEUED, ExportRun.RUNNING, ExportRun.DONE])
    taken = under_way_or_out.aggregate(rows=Sum("total"))["rows"] or 0
    return max(0, min(settings.EXPORT_WITHOUT_PERMIT, settings.EXPORT_WITHOUT_PERMIT_A_DAY - taken))
