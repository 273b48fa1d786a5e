"""Going through the callbacks of one's people: guidance about one of them, and closing the day."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org import gate

from .. import events as told
from ..messages import GUIDED
from ..models import DayCheck, Duty, Guidance
from ..queries.boards import board_of, is_on_boards
from .duty import give_notice

KIND = DayCheck.KIND
LONGEST = 500


def access_callback(actor: Actor, duty_id: int, *, lock: bool = False) -> Duty:
    """One of the duties on the actor's boards."""
    rows = Duty.objects.select_for_update(of=("self",)) if lock else Duty.objects.all()
    duty = rows.select_related("customer", "assignee").filter(id=duty_id).first()
    if duty is None or not is_on_boards(actor, duty):
        raise Missing()
    return duty


@action("rulebooks:duty:guided", _("%(who)s left guidance about this duty."))
def guide(duty_id: int, *, text: str, actor: Actor) -> Guidance:
    """Whoever has the duty is told, and reads it there."""
    gate.ask(actor, "create", KIND)
    duty = access_callback(actor, duty_id, lock=True)
    text = text.replace("\x00", "").strip()
    if not text or len(text) > LONGEST:
        raise Invalid({"text": [_("Say it in 1 to 500 characters.")]})
    assert duty.assignee is not None
    guidance = Guidance.objects.create(duty=duty, staff_id=own_staff(actor), text=text, at=clock.now())
    trail.record(Duty.KIND, duty.pk, actor=actor, personal={"guidance": [None, text]})
    give_notice(duty, duty.assignee, GUIDED, actor, key=str(guidance.pk))
    return guidance


@action("rulebooks:daycheck:closed", _("%(who)s checked the day's callbacks."))
def close_day(day: date, *, remark: str, actor: Actor) -> DayCheck:
    """Once per person and day; a day that is over may still be closed, and is shown as closed afterwards."""
    gate.ask(actor, "create", KIND)
    errors: dict[str, list[object]] = {}
    if day > clock.today():
        errors["day"] = [_("This day is still to come.")]
    remark = remark.replace("\x00", "").strip()
    if len(remark) > LONGEST:
        errors["remark"] = [_("Say it in 500 characters at most.")]
    if errors:
        raise Invalid(errors)
    values = {"counts": board_of(actor, day).counts, "remark": remark, "closed_at": clock.now()}
    check, is_new = DayCheck.objects.get_or_create(staff_id=own_staff(actor), day=day, defaults=values)
    if not is_new:
        raise Refused(_("You have closed this day already."), code="day_closed")
    trail.record(KIND, check.pk, actor=actor, changes={"day": [None, str(day)], "counts": [None, check.counts]})
    events.publish(Event(told.DAY_CHECKED, KIND, [check.pk]), actor=actor)
    return check


def own_staff(actor: Actor) -> int:
    """Who checks is a person of the company."""
    if actor.staff_id is None:
        raise NotAllowed()
    return actor.staff_id
