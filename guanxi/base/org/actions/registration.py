"""Somebody asks for an account; an administrator approves with post and role, or declines (ORG-05)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.kernel.names import read_name
from guanxi.base.kernel.phone import read_phone

from .. import gate
from ..models import RegistrationRequest
from .account import open_account
from .reading import PostEntry, StaffEntry, read_entries, within
from .staff import hire_staff

# One open request per phone: asking again renews it, and answers the same, so nobody learns who asked before.
ASK = """
INSERT INTO org_registrationrequest (name, phone, department, remark, state, created_at, answer)
VALUES (%(name)s, %(phone)s, %(department)s, %(remark)s, 'open', %(now)s, '')
ON CONFLICT (phone) WHERE state = 'open'
DO UPDATE SET name = EXCLUDED.name, department = EXCLUDED.department, remark = EXCLUDED.remark RETURNING id
"""


@dataclass(frozen=True)
class Applicant:
    name: str
    phone: str
    department: str = ""
    remark: str = ""


@action("org:registration:asked", _("Somebody asked for an account."))
def ask_registration(applicant: Applicant, *, actor: Actor) -> None:
    """Open to everybody: no gate. The caller counts how often an address asks."""
    values = read_entries(
        name=lambda: within(read_name(applicant.name), 60),
        phone=lambda: read_phone(applicant.phone),
        department=lambda: within(applicant.department.strip(), 80),
        remark=lambda: within(applicant.remark.strip(), 300),
    )
    with connection.cursor() as cursor:
        cursor.execute(ASK, values | {"now": clock.now()})
        request_id = cursor.fetchone()[0]
    trail.record("registration", request_id, actor=actor, personal={"name": [None, values["name"]]})


@action("org:registration:approved", _("%(who)s approved this request for an account."))
def approve_registration(request_id: int, entry: StaffEntry, *, post: PostEntry, login: str, actor: Actor) -> str:
    """Hires, appoints and opens the account in one step; returns the one-time password."""
    asked = _open_request(request_id, actor)
    staff = hire_staff(entry, post=post, actor=actor)
    password = open_account(staff.pk, login=login, actor=actor)
    _decide(asked, "approved", "", actor)
    RegistrationRequest.objects.filter(id=asked.pk).update(staff=staff)
    changes = {"state": ["open", "approved"]}
    trail.record("registration", asked.pk, actor=actor, changes=changes, items=[("staff", staff.pk)])
    return password


@action("org:registration:declined", _("%(who)s declined this request for an account."))
def decline_registration(request_id: int, *, answer: str, actor: Actor) -> None:
    asked = _open_request(request_id, actor)
    if not answer.strip():
        raise Invalid({"answer": [_("Say why, for whoever asks about it later.")]})
    _decide(asked, "declined", answer.strip()[:300], actor)
    trail.record("registration", asked.pk, actor=actor, changes={"state": ["open", "declined"]})


def _open_request(request_id: int, actor: Actor) -> RegistrationRequest:
    gate.ask(actor, "create", "account")
    asked = RegistrationRequest.objects.select_for_update().filter(id=request_id).first()
    if asked is None:
        raise Missing()
    if asked.state != "open":
        raise Refused(_("This request has already been decided."), code="decided")
    return asked


def _decide(asked: RegistrationRequest, state: str, answer: str, actor: Actor) -> None:
    RegistrationRequest.objects.filter(id=asked.pk).update(
        state=state, answer=answer, decided_at=clock.now(), decided_by_id=actor.staff_id
    )
