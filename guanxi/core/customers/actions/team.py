from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .. import events as told
from ..access import KIND, access_customer, give_reach, level_of, take_reach
from ..models import TeamMember


@action("customers:team:added", _("%(who)s added a colleague to the team of this customer."))
def add_team_member(customer_id: int, *, staff: Staff, role: str, actor: Actor) -> TeamMember:
    gate.ask(actor, "update", KIND, customer_id)
    customer = access_customer(actor, customer_id, to="update", lock=True)
    if customer.team.filter(staff=staff, role=role, to_on=None).exists():
        raise Invalid({"staff": [_("This colleague has that role in the team already.")]})
    member = TeamMember.objects.create(customer=customer, staff=staff, role=role, from_on=clock.today())
    give_reach(customer.pk, staff.pk, why=f"team:{member.pk}", level=level_of(actor, customer, staff.pk))
    trail.record(KIND, customer.pk, actor=actor, changes={"team": [None, staff.pk], "role": [None, role]})
    events.publish(Event(told.TEAM_CHANGED, KIND, [customer.pk]), actor=actor)
    return member


@action("customers:team:ended", _("%(who)s took a colleague off the team of this customer."))
def end_team_member(member_id: int, *, customer_id: int, actor: Actor) -> None:
    gate.ask(actor, "update", KIND, customer_id)
    customer = access_customer(actor, customer_id, to="update", lock=True)
    member = customer.team.filter(id=member_id, to_on=None).first()
    if member is None:
        raise Missing()
    member.to_on = clock.today()
    member.save(update_fields=["to_on"])
    take_reach(customer.pk, member.staff_id, why=f"team:{member.pk}")
    trail.record(KIND, customer.pk, actor=actor, changes={"team": [member.staff_id, None]})
    events.publish(Event(told.TEAM_CHANGED, KIND, [customer.pk]), actor=actor)
