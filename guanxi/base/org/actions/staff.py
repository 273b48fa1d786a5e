"""People: hired with their first post, changed, and leaving with everything handed over."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock, pinyin
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused

from .. import events as told
from .. import gate
from ..access import access_staff, standing_posts
from ..departures import complete, refuse_unreceived
from ..models import Staff
from ..powers import refuse_beyond_own
from .account import refuse_while_holding, shut
from .keyholders import require_keyholder
from .post import end_post, new_post
from .reading import PostEntry, StaffEntry, differences, staff_values

PERSONAL = {"name", "phone", "email"}


@action("org:staff:hired", _("%(who)s added this member of staff."))
def hire_staff(entry: StaffEntry, *, post: PostEntry, actor: Actor) -> Staff:
    gate.ask(actor, "create", "staff")
    values = staff_values(entry)
    staff = Staff(**values, pinyin=pinyin.sort_key(values["name"]))
    _save(staff)
    changes, personal = {"number": [None, staff.number]}, {"name": [None, staff.name]}
    trail.record("staff", staff.pk, actor=actor, changes=changes, personal=personal)
    new_post(staff, post, actor=actor, verb="create")
    return staff


@action("org:staff:changed", _("%(who)s changed this member of staff."))
def change_staff(staff_id: int, entry: StaffEntry, *, actor: Actor) -> Staff:
    gate.ask(actor, "update", "staff")
    staff = access_staff(actor, staff_id, to="update", lock=True)
    values = staff_values(entry)
    changes = differences(staff, values | {"pinyin": pinyin.sort_key(values["name"])})
    if not changes:
        trail.unchanged()
        return staff
    _save(staff)
    changes.pop("pinyin", None)
    personal = {field: changes.pop(field) for field in list(changes) if field in PERSONAL}
    trail.record("staff", staff.pk, actor=actor, changes=changes, personal=personal)
    return staff


def _save(staff: Staff) -> None:
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as taken:
        raise Invalid({"number": [_("This staff number is taken.")]}) from taken


@action("org:staff:left", _("%(who)s recorded that this person left."))
def end_employment(staff_id: int, *, on: date, actor: Actor) -> None:
    """Posts end, the account closes, an announced departure is completed. Refused like `close_account` while something
    must be handed over first, or nobody has confirmed having received it."""
    gate.ask(actor, "update", "staff")
    staff = access_staff(actor, staff_id, to="update", lock=True)
    refuse_beyond_own(actor, staff, kind="staff", verb="update")
    _refuse_odd_leaving(staff, on, actor)
    refuse_while_holding(staff)
    departure = refuse_unreceived(staff, actor=actor)
    for post in standing_posts().filter(staff=staff):
        end_post(post.pk, on=max(on, post.starts_on), actor=actor)
    if staff.account:
        shut(staff.account)
    staff.left_on = on
    staff.save(update_fields=["left_on"])
    require_keyholder()
    trail.record("staff", staff.pk, actor=actor, changes={"left_on": [None, on.isoformat()]})
    events.publish(Event(told.POSTS_CHANGED, "staff", [staff.pk]), actor=actor)
    if departure:
        complete(departure, actor=actor)


def _refuse_odd_leaving(staff: Staff, on: date, actor: Actor) -> None:
    if staff.left_on:
        raise Refused(_("This person has already left."), code="left")
    if staff.pk == actor.staff_id:
        raise Refused(_("You cannot record your own departure."), code="own_account")
    if on > clock.today() or on < staff.joined_on:
        raise Invalid({"on": [_("The last day lies between the day of joining and today.")]})


def next_staff_number() -> str:
    """One more than the highest plain number; a suggestion for the form."""
    highest = Staff.objects.filter(number__regex=r"^\d{1,9}$").aggregate(top=Max("number"))["top"]
    return f"{int(highest or 0) + 1:04}"
