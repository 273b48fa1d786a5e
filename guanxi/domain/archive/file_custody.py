"""What the custody of file forms registers in other rooms. Called from apps.py."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.records.papers import PAPERS, Paper, PaperRegister
from guanxi.base.records.types import BUTTONS, LIST_TOOLS, PANELS, RECORD_TYPES, Button, ListTool, Panel
from guanxi.base.ui import NAV, NavEntry
from guanxi.core.activities import events as activities
from guanxi.core.customers.models import Customer

from . import attending, filerules, holdings
from . import events as told
from .models import Attendance, CallbackRequest, Custody, FileContest, FileForm, Incident, Loan
from .registers import Copied, register_copy
from .screens.attendance import ATTENDANCES
from .screens.callback import REQUESTS, requests_panel
from .screens.incident import INCIDENTS
from .screens.loan import LOANS
from .screens.next_step import incident_step, loan_step
from .screens.registers import custody_panel


def register() -> None:
    filerules.register()
    holdings.register()
    for name in (told.COMPLETED, told.CHANGED, told.REMOVED):
        events.subscribe(name, attending.forms_came)
    events.subscribe(told.ATTENDED, attending.attendances_came)
    for name in (activities.LOGGED, activities.CHANGED, activities.REMOVED):
        events.subscribe(name, attending.calls_came)
    PAPERS.add(PaperRegister(FileForm.KIND, keep_paper))
    for type_ in (ATTENDANCES, LOANS, INCIDENTS, REQUESTS):
        RECORD_TYPES.add(type_)
    add_panels()
    add_buttons()
    add_navigation()


def keep_paper(paper: Paper, actor: Actor) -> None:
    label = ""
    if paper.record_id is not None:
        label = FileForm.objects.filter(id=paper.record_id).values_list("number", flat=True).first() or ""
    register_copy(
        Copied(paper.what, paper.kind, paper.record_id, label, paper.number, rows=paper.rows, purpose=paper.purpose),
        actor,
    )


def add_panels() -> None:
    PANELS.add(Panel("custody", FileForm.KIND, _("Custody"), "archive/custody_panel.html", custody_panel, order=30))
    for kind, step in ((Loan.KIND, loan_step), (Incident.KIND, incident_step)):
        PANELS.add(Panel(f"{kind}-step", kind, _("What comes next"), "archive/next_step.html", step, order=5))
    PANELS.add(
        Panel(
            "callback-requests",
            Customer.KIND,
            _("Requests to the doctor"),
            "archive/callback_panel.html",
            requests_panel,
            order=62,
        )
    )


def add_buttons() -> None:
    for button in (
        Button("lend-file", _("Lend"), lambda f: f"/loans/lend?form={f.pk}", may_lend, FileForm.KIND),
        Button(
            "report-incident",
            _("Report an incident"),
            lambda f: f"/file-forms/{f.pk}/incident",
            may_report,
            FileForm.KIND,
        ),
        Button("copy-file", _("Copy"), lambda f: f"/file-forms/{f.pk}/copy", kind=FileForm.KIND),
        Button("show-file", _("Show to the customer"), lambda f: f"/file-forms/{f.pk}/show", kind=FileForm.KIND),
        Button(
            "ask-doctor",
            _("Ask the doctor to call"),
            lambda customer: f"/customers/{customer.pk}/ask-doctor",
            lambda actor, customer: may(actor, CallbackRequest.KIND, "create"),
            Customer.KIND,
        ),
    ):
        BUTTONS.add(button)
    LIST_TOOLS.add(tool("attendance-take", Attendance.KIND, _("Write down an event"), "/attendances/new", "create"))
    LIST_TOOLS.add(tool("loan-lend", Loan.KIND, _("Lend file forms"), "/loans/lend", "create"))
    LIST_TOOLS.add(tool("loan-out", Loan.KIND, _("Out now"), "/loans/out", "read"))


def may_lend(actor: Actor, form: FileForm) -> bool:
    return form.custody == Custody.KEPT and may(actor, Loan.KIND, "create")


def may_report(actor: Actor, form: FileForm) -> bool:
    return form.custody != Custody.LOST and may(actor, Incident.KIND, "create")


def tool(key: str, kind: str, label: object, url: str, verb: str) -> ListTool:
    icon = "list" if verb == "read" else "plus"
    return ListTool(
        key, label, lambda type_, asked: url, lambda actor, type_: may(actor, kind, verb), kind, icon, "bar"
    )


def add_navigation() -> None:
    entry("attendances", _("Attendances"), "archive:attendance-list", Attendance.KIND, 18, "people")
    entry("loans", _("Loans"), "archive:loan-list", Loan.KIND, 27, "file")
    entry("incidents", _("Incidents"), "archive:incident-list", Incident.KIND, 28, "alert")
    entry("file-registers", _("Register of file forms"), "archive:file-registers", FileForm.KIND, 29, "list")
    entry("file-contest", _("File-quality contest"), "archive:file-contest", FileContest.KIND, 30, "star")


def entry(key: str, label: object, url: str, kind: str, order: int, icon: str) -> None:
    NAV.add(NavEntry(key, label, url, "archive", order, icon, visible=lambda actor: may(actor, kind, "read")))
