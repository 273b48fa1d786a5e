"""What becomes of a data incident: judged by somebody who does not answer for it, told, closed (SEC-04)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .models import DataIncident, IncidentState
from .rules import CLOSED, JUDGED

KIND = DataIncident.KIND
LONGEST = 500
UNTOLD = _("Note first who was told and when. If the law asks for telling nobody, note that and why.")
OWN = _("Nobody judges what they answer for themselves. Somebody else does.")


def access_incident(actor: Actor, incident_id: int, *, to: str = "read", lock: bool = False) -> DataIncident:
    rows: Any = DataIncident.objects.filter(removed_at=None)
    found: DataIncident = rows.access(actor, incident_id, to=to, lock=lock)
    return found


@action("ops:dataincident:judged", _("%(who)s judged a data incident."))
def judge_incident(
    incident_id: int, *, is_violation: bool, judgement: str, responsible: Staff | None = None, actor: Actor
) -> DataIncident:
    """Confirmed with or without somebody responsible, or found to be none. What a clause proposes follows of itself."""
    incident = _in_state(incident_id, IncidentState.REPORTED, actor)
    text = _required(judgement, "judgement")
    if responsible and responsible.pk == actor.staff_id:
        raise NotAllowed(OWN, code="own_case")
    incident.state = IncidentState.CONFIRMED if is_violation else IncidentState.DISMISSED
    incident.responsible = responsible if is_violation else None
    incident.judged_at, incident.judged_by_id, incident.judgement = clock.now(), actor.staff_id, text
    changes = {"state": ["reported", str(incident.state)], "responsible": [None, incident.responsible_id]}
    return _kept(incident, ("state", "responsible", "judged_at", "judged_by", "judgement"), changes, actor, JUDGED)


@action("ops:dataincident:told", _("%(who)s noted who was told of a data incident."))
def note_told(incident_id: int, *, whom: str, at: datetime, actor: Actor) -> DataIncident:
    """The authority, the persons concerned, whoever the law names; with the moment, which shows whether it was late."""
    gate.ask(actor, "update", KIND, incident_id)
    incident = access_incident(actor, incident_id, to="update", lock=True)
    if not incident.is_to_be_told:
        raise Refused(_("This step was done meanwhile, or it comes later."), code="incident_state")
    text = _required(whom, "whom", most=300)
    # The field of the page knows minutes: what was noticed at 18:19:40 can be told "at 18:19".
    if at > clock.now() or at < incident.noticed_at.replace(second=0, microsecond=0):
        raise Invalid({"at": [_("Between the moment it was noticed and now.")]})
    incident.told_at, incident.told_whom = at, text
    changes = {"told_at": [None, at.isoformat()], "told_whom": [None, text]}
    return _kept(incident, ("told_at", "told_whom"), changes, actor, "ops:dataincident:changed")


@action("ops:dataincident:closed", _("%(who)s closed a data incident."))
def close_incident(incident_id: int, *, measures: str, actor: Actor) -> DataIncident:
    """With what was done against it, and not before it was noted who was told. Never by the person responsible."""
    incident = _in_state(incident_id, IncidentState.CONFIRMED, actor)
    if incident.is_to_be_told:
        raise Refused(UNTOLD, code="incident_untold")
    incident.measures = _required(measures, "measures", most=4000)
    incident.state, incident.closed_at, incident.closed_by_id = IncidentState.CLOSED, clock.now(), actor.staff_id
    changes = {"state": ["confirmed", "closed"]}
    return _kept(incident, ("measures", "state", "closed_at", "closed_by"), changes, actor, CLOSED)


def _in_state(incident_id: int, state: Any, actor: Actor) -> DataIncident:
    gate.ask(actor, "update", KIND, incident_id)
    incident = access_incident(actor, incident_id, to="update", lock=True)
    if incident.responsible_id and incident.responsible_id == actor.staff_id:
        raise NotAllowed(OWN, code="own_case")
    if incident.state != state:
        raise Refused(_("This step was done meanwhile, or it comes later."), code="incident_state")
    return incident


def _kept(
    incident: DataIncident, fields: tuple[str, ...], changes: dict[str, Any], actor: Actor, event: str
) -> DataIncident:
    incident.version += 1
    incident.updated_at = clock.now()
    incident.save(update_fields=[*fields, "version", "updated_at"])
    trail.record(KIND, incident.pk, actor=actor, changes=changes)
    events.publish(Event(event, KIND, [incident.pk]), actor=actor)
    return incident


def _required(text: str, field: str, *, most: int = LONGEST) -> str:
    words = text.replace("\0", "").strip()
    if not words:
        raise Invalid({field: [_("Please fill this in.")]})
    if len(words) > most:
        raise Invalid({field: [_("At most %(count)s characters.") % {"count": most}]})
    return words
