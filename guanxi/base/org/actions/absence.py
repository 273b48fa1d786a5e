"""Leave and business trips: ladders stand still meanwhile, so nobody records their own."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed

from .. import events as told
from .. import gate
from ..access import access_staff
from ..models import Absence


@action("org:absence:recorded", _("%(who)s recorded an absence of this person."))
def record_absence(staff_id: int, starts_on: date, ends_on: date, *, reason: str, actor: Actor) -> Absence:
    """Both days included."""
    gate.ask(actor, "create", "absence")
    staff = access_staff(actor, staff_id, kind="absence", to="create", lock=True)
    if staff.pk == actor.staff_id:
        raise NotAllowed(_("Ask your superior to record your own absence."))
    if ends_on < starts_on:
        raise Invalid({"ends_on": [_("The last day lies before the first one.")]})
    if Absence.objects.filter(staff=staff, starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
        raise Invalid({"starts_on": [_("An absence in these days is already recorded.")]})
    absence = Absence.objects.create(staff=staff, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()[:100])
    changes = {"starts_on": [None, starts_on.isoformat()], "ends_on": [None, ends_on.isoformat()]}
    trail.record("staff", staff.pk, actor=actor, changes=changes, personal={"reason": [None, absence.reason]})
    events.publish(Event(told.ABSENCE_CHANGED, "staff", [staff.pk]), actor=actor)
    return absence


@action("org:absence:withdrawn", _("%(who)s withdrew an absence of this person."))
def withdraw_absence(absence_id: int, *, actor: Actor) -> None:
    gate.ask(actor, "create", "absence")
    absence = Absence.objects.select_for_update().filter(id=absence_id).first()
    if absence is None:
        raise Missing()
    staff = access_staff(actor, absence.staff_id, kind="absence", to="create")
    changes = {"starts_on": [absence.starts_on.isoformat(), None], "ends_on": [absence.ends_on.isoformat(), None]}
    absence.delete()
    trail.record("staff", staff.pk, actor=actor, changes=changes)
    events.publish(Event(told.ABSENCE_CHANGED, "staff", [staff.pk]), actor=actor)
