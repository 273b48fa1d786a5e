"""A file form lost, damaged or incomplete: reported, assessed by severity, replaced (FIL-10, KPI-11)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events, trail
from guanxi.base.audit.events import Event
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.models import Staff

from .. import events as told
from ..access import access_file_form, access_incident
from ..custody import Step, move_forms, state_with
from ..models import Custody, FileForm, Incident, IncidentKind, Loan, Moved, Severity
from ..models.incident import LEAST, MOST, PENALTIES

OWN_CASE = _("Nobody assesses an incident of their own. Your superior or the keeper does.")


@dataclass(frozen=True)
class NewIncident:
    """Without an amount the table by severity says it. Who reports their own leaves the severity to others."""

    kind: str
    concerned: Staff | None
    description: str
    severity: str = str(Severity.MODERATE)
    penalty: Decimal | None = None


@action("archive:incident:reported", _("%(who)s reported that a file form was lost, damaged or incomplete."))
def report_incident(form_id: int, new: NewIncident, *, actor: Actor) -> Incident:
    """The paper is nobody's until it is replaced."""
    gate.ask(actor, "create", Incident.KIND)
    form = access_file_form(actor, form_id, lock=True)
    concerned = require_complete(new)
    is_own = concerned.pk == actor.staff_id
    severity = Severity.MODERATE if is_own else Severity(new.severity)
    penalty = PENALTIES[severity] if is_own or new.penalty is None else new.penalty
    now = clock.now()
    incident = Incident(
        form=form,
        customer_id=form.customer_id,
        owner=concerned,
        unit_id=form.unit_id,
        reporter_id=actor.staff_id,
        kind=new.kind,
        severity=severity,
        penalty=penalty,
        description=new.description.strip(),
        reported_on=clock.today(),
        created_at=now,
        updated_at=now,
    )
    insert_once(incident)
    move_forms([form.pk], Step(Moved.MISSING, Custody.LOST, None, actor.staff_id, reference_id=incident.pk))
    changes = {"kind": [None, new.kind], "severity": [None, str(severity)], "concerned": [None, concerned.pk]}
    trail.record(Incident.KIND, incident.pk, actor=actor, changes=changes, items=[(FileForm.KIND, form.pk)])
    events.publish(Event(told.INCIDENT_REPORTED, Incident.KIND, [incident.pk]), actor=actor)
    return incident


@action("archive:incident:assessed", _("%(who)s assessed how severe an incident was."))
def assess_incident(incident_id: int, severity: str, penalty: Decimal | None, *, actor: Actor) -> Incident:
    """Never the person concerned. What was proposed already is decided on its own page."""
    gate.ask(actor, "update", Incident.KIND, incident_id)
    incident = access_incident(actor, incident_id, to="update", lock=True)
    if incident.owner_id == actor.staff_id:
        raise NotAllowed(OWN_CASE)
    require_open(incident)
    require_amount(severity, penalty)
    wanted = PENALTIES[Severity(severity)] if penalty is None else penalty
    if (incident.severity, incident.penalty) == (severity, wanted):
        trail.unchanged()
        return incident
    changes = {"severity": [incident.severity, severity], "penalty": [str(incident.penalty), str(wanted)]}
    incident.severity, incident.penalty = severity, wanted
    incident.version += 1
    incident.updated_at = clock.now()
    incident.save(update_fields=["severity", "penalty", "version", "updated_at"])
    trail.record(Incident.KIND, incident.pk, actor=actor, changes=changes)
    events.publish(Event(told.INCIDENT_CHANGED, Incident.KIND, [incident.pk]), actor=actor)
    return incident


@action("archive:incident:replaced", _("%(who)s has seen the new form and confirmed that it replaces the old one."))
def confirm_replacement(incident_id: int, replaced_with: str, *, actor: Actor) -> Incident:
    """Whoever confirms has the new form in hand from now on; never the person concerned."""
    gate.ask(actor, "update", Incident.KIND, incident_id)
    incident = access_incident(actor, incident_id, to="update", lock=True)
    if incident.owner_id == actor.staff_id:
        raise NotAllowed(_("Somebody else confirms that the form was replaced: the keeper or your superior."))
    require_open(incident)
    text = " ".join(replaced_with.split())
    if not text or len(text) > 80:
        raise Invalid({"replaced_with": [_("Write the number of the new form, in at most 80 characters.")]})
    incident.replaced_at, incident.replaced_with, incident.confirmed_by_id = clock.now(), text, actor.staff_id
    incident.version += 1
    incident.updated_at = clock.now()
    incident.save(update_fields=["replaced_at", "replaced_with", "confirmed_by", "version", "updated_at"])
    state = state_with(actor.staff_id)
    step = Step(Moved.REPLACED, state, actor.staff_id, actor.staff_id, incident.owner_id, incident.pk)
    _end_loan(incident.form_id, actor)
    move_forms([incident.form_id], step)
    changes = {"replaced_with": [None, text]}
    trail.record(Incident.KIND, incident.pk, actor=actor, changes=changes, items=[(FileForm.KIND, incident.form_id)])
    events.publish(Event(told.INCIDENT_CHANGED, Incident.KIND, [incident.pk]), actor=actor)
    return incident


def require_complete(new: NewIncident) -> Staff:
    errors: dict[str, list[Any]] = {}
    if new.kind not in IncidentKind.values:
        errors["kind"] = [_("Choose one of the values offered.")]
    if new.concerned is None:
        errors["concerned"] = [_("Choose a colleague.")]
    if len(new.description.strip()) < 4:
        errors["description"] = [_("Say what happened, where and when.")]
    elif len(new.description) > 2000:
        errors["description"] = [_("At most %(count)s characters.") % {"count": 2000}]
    errors |= amount_errors(new.severity, new.penalty)
    if errors or new.concerned is None:
        raise Invalid(errors)
    return new.concerned


def require_amount(severity: str, penalty: Decimal | None) -> None:
    if errors := amount_errors(severity, penalty):
        raise Invalid(errors)


def amount_errors(severity: str, penalty: Decimal | None) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    if severity not in Severity.values:
        errors["severity"] = [_("Choose one of the values offered.")]
    if penalty is not None and not (penalty.is_finite() and LEAST <= penalty <= MOST):
        errors["penalty"] = [_("Between %(least)s and %(most)s yuan.") % {"least": LEAST, "most": MOST}]
    return errors


def require_open(incident: Incident) -> None:
    if incident.replaced_at is not None:
        raise Refused(_("This form has been replaced already."), code="replaced")


def insert_once(incident: Incident) -> None:
    try:
        with transaction.atomic():
            incident.save(force_insert=True)
    except IntegrityError as clash:
        raise Invalid({"": [_("An incident of this form is open already.")]}) from clash


def _end_loan(form_id: int, actor: Actor) -> None:
    """Lost while it was lent: the loan stands open until the new form is in hand."""
    open_ones = list(Loan.objects.select_for_update().filter(form_id=form_id, returned_at=None))
    now = clock.now()
    ids = [loan.pk for loan in open_ones]
    Loan.objects.filter(id__in=ids).update(returned_at=now, returned_to_id=actor.staff_id, updated_at=now)
    events.publish(Event(told.RETURNED, Loan.KIND, ids), actor=actor)
