"""Addresses of attendance, loans, incidents, requests to the doctor and the register of file forms."""

from django.urls import path

from guanxi.base.org.web import needs
from guanxi.base.records.screens.urls import record_urls

from .models import Attendance, CallbackRequest, FileContest, FileForm, Incident, Loan
from .screens import attendance, callback, contest, incident, loan, registers

COPYING = needs(FileForm.KIND, "read")(registers.copy)
urlpatterns = [
    path("attendances/new", needs(Attendance.KIND, "create")(attendance.take), name="attendance-take"),
    path(
        "attendances/<int:record_id>/remove",
        needs(Attendance.KIND, "delete")(attendance.remove),
        name="attendance-remove",
    ),
    *record_urls(attendance.ATTENDANCES),
    path("loans/lend", needs(Loan.KIND, "create")(loan.lend), name="loan-lend"),
    path("loans/out", needs(Loan.KIND, "read")(loan.out_now), name="loan-out"),
    *record_urls(loan.LOANS),
    path(
        "file-forms/<int:record_id>/incident", needs(Incident.KIND, "create")(incident.report), name="incident-report"
    ),
    path("incidents/<int:record_id>/assess", needs(Incident.KIND, "update")(incident.assess), name="incident-assess"),
    path(
        "incidents/<int:record_id>/replaced",
        needs(Incident.KIND, "update")(incident.replaced),
        name="incident-replaced",
    ),
    *record_urls(incident.INCIDENTS),
    path(
        "customers/<int:customer_id>/ask-doctor",
        needs(CallbackRequest.KIND, "create")(callback.ask),
        name="callbackrequest-ask",
    ),
    path(
        "callback-requests/<int:record_id>/withdraw",
        needs(CallbackRequest.KIND, "delete")(callback.withdraw),
        name="callbackrequest-withdraw",
    ),
    *record_urls(callback.REQUESTS),
    path("file-registers", needs(FileForm.KIND, "read")(registers.registers), name="file-registers"),
    path(
        "file-registers/<int:staff_id>/hand-over",
        needs("transfer", "create")(registers.hand_all_over),
        name="file-hand-over",
    ),
    path("file-contest", needs(FileContest.KIND, "read")(contest.contest), name="file-contest"),
    path(
        "file-contest/<int:contest_id>/draw",
        needs(FileContest.KIND, "update")(contest.draw),
        name="file-contest-draw",
    ),
    path(
        "file-contest/checks/<int:check_id>",
        needs(FileContest.KIND, "update")(contest.check),
        name="file-contest-check",
    ),
    path("file-forms/<int:record_id>/copy", COPYING, {"what": "copy"}, name="form-copy"),
    path("file-forms/<int:record_id>/show", COPYING, {"what": "show"}, name="form-show"),
]
