from __future__ import annotations

from guanxi.base.kernel.actor import Actor

from .models import Attendance, CallbackRequest, FileForm, Incident, Loan

KIND = FileForm.KIND


def access_file_form(actor: Actor, form_id: int, *, to: str = "read", lock: bool = False) -> FileForm:
    """Raises Missing or NotAllowed."""
    return FileForm.objects.kept().access(actor, form_id, to=to, lock=lock)


def access_loan(actor: Actor, loan_id: int, *, to: str = "read", lock: bool = False) -> Loan:
    return Loan.objects.kept().access(actor, loan_id, to=to, lock=lock)


def access_incident(actor: Actor, incident_id: int, *, to: str = "read", lock: bool = False) -> Incident:
    return Incident.objects.kept().access(actor, incident_id, to=to, lock=lock)


def access_attendance(actor: Actor, attendance_id: int, *, to: str = "read", lock: bool = False) -> Attendance:
    return Attendance.objects.kept().access(actor, attendance_id, to=to, lock=lock)


def access_request(actor: Actor, request_id: int, *, to: str = "read", lock: bool = False) -> CallbackRequest:
    return CallbackRequest.objects.kept().access(actor, request_id, to=to, lock=lock)
