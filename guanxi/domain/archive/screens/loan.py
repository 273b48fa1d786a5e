"""Loans: the list and card, lending several files, and taking them back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.types import Button, Field, Filter, ListColumn, RecordType, Section
from guanxi.core.customers.screens.customer import owners_seen

from ..access import access_loan
from ..actions.loan import NewLoan, lend_forms, return_loans
from ..custody import DOCTOR, has_role_now
from ..loans import kept_forms, loans_out, records_of, with_record
from ..models import Loan, LoanPurpose

OUT = [("out", _("Out now")), ("returned", _("Returned"))]
MOST_COLLEAGUES = 300


def badges(loan: Loan) -> list[tuple[Any, str]]:
    if loan.is_overdue:
        return [(_("Not returned in time"), "late"), recorded(loan)]
    return [(_("Out now"), "open") if loan.is_out else (_("Returned"), "done"), recorded(loan)]


def recorded(loan: Loan) -> tuple[Any, str]:
    return (_("Written down"), "done") if records_of([loan.pk]) else (_("Not recorded yet"), "plain")


LOANS = RecordType(
    label=_("Loan"),
    plural=_("Loans"),
    path="loans",
    model=Loan,
    fields=(
        Field("number", _("Number"), is_fixed=True),
        Field("form_id", _("Id of the file form"), "number", is_fixed=True),
        Field("customer_id", _("Id of the customer"), "number", is_fixed=True),
        Field("owner", _("Borrower"), "staff", is_fixed=True, is_indexed=True),
        Field("keeper", _("Keeper"), "staff", is_fixed=True),
        Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
        Field("purpose", _("Purpose"), "choice", choices=list(LoanPurpose.choices), is_fixed=True),
        Field("reason", _("Reason"), is_fixed=True),
        Field("lent_on", _("Lent on"), "date", is_fixed=True),
        Field("due_on", _("Due"), "date", is_fixed=True),
        Field("returned_at", _("Returned"), "moment", is_fixed=True),
        Field("returned_to", _("Taken back by"), "staff", is_fixed=True),
    ),
    sections=(
        Section(
            "loan",
            _("Loan"),
            ("owner", "keeper", "purpose", "reason", "lent_on", "due_on", "returned_at", "returned_to", "unit"),
        ),
    ),
    columns=(
        ListColumn("number", _("Number"), "t.number", is_title=True),
        ListColumn("name", _("Customer"), "c.name"),
        ListColumn("file", _("File form"), "f.number", is_minor=True),
        ListColumn("borrower", _("Borrower"), "b.name"),
        ListColumn("keeper", _("Keeper"), "h.name"),
        ListColumn("purpose", _("Purpose"), "t.purpose", choices=dict(LoanPurpose.choices)),
        ListColumn("due_on", _("Due"), "t.due_on", "date"),
        ListColumn(
            "state",
            _("State"),
            "CASE WHEN t.returned_at IS NULL THEN 'out' ELSE 'returned' END",
            choices=dict(OUT),
            tones={"out": "open", "returned": "done"},
        ),
    ),
    joins="JOIN customers_customer c ON c.id = t.customer_id JOIN archive_fileform f ON f.id = t.form_id"
    " LEFT JOIN org_staff b ON b.id = t.owner_id LEFT JOIN org_staff h ON h.id = t.keeper_id",
    filters=(
        Filter("state", _("State"), "(t.returned_at IS NULL) = (%s = 'out')", lambda actor: OUT),
        Filter("borrower", _("Borrower"), "t.owner_id = %s::bigint", owners_seen, is_indexed=True),
    ),
    access=access_loan,
    title=lambda loan: f"{loan.number} · {loan.customer.name}",
    subtitle=lambda loan: loan.form.number,
    badges=badges,
    buttons=(
        Button("file", _("File form"), lambda loan: f"/file-forms/{loan.form_id}"),
        Button(
            "return",
            _("Take the file back"),
            lambda loan: f"/loans/out?loan={loan.pk}",
            lambda actor, loan: loan.is_out and may(actor, Loan.KIND, "update"),
            style="primary",
        ),
    ),
    empty_hint=_("A file form that leaves the doctor's hands is lent here, and is due the same day."),
    icon="file",
)


@require_http_methods(["GET", "HEAD", "POST"])
def lend(request: ActorRequest) -> HttpResponse:
    """Files of customers found by name or number, several ticked at once."""
    actor = request.actor
    if request.method != "POST":
        return _lend_page(request, {"picked": ids_of(request, "form")})
    typed = {
        "picked": ids_of(request, "form"),
        "borrower": request.POST.get("borrower", ""),
        "purpose": request.POST.get("purpose", ""),
        "reason": request.POST.get("reason", "").replace("\x00", ""),
    }
    new = NewLoan(typed["picked"], staff_of(typed["borrower"]), typed["purpose"], typed["reason"])
    if typed["borrower"] and new.borrower is None:
        return _lend_page(request, typed, errors={"borrower": [gettext("Choose a colleague.")]})
    try:
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=actor,
            name="loan:lend",
            payload=typed,
            perform=lambda: {"ids": [loan.pk for loan in lend_forms(new, actor=actor)]},
        )
    except Invalid as problem:
        return _lend_page(request, typed, errors=problem.errors)
    ui.toast(request, gettext("Lent: %(count)s. Due back today.") % {"count": len(answer.data["ids"])})
    return ui.go(request, "/loans/out")


def _lend_page(
    request: ActorRequest, typed: dict[str, Any], *, errors: dict[str, list[Any]] | None = None
) -> HttpResponse:
    actor = request.actor
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    is_doctor = has_role_now(actor.staff_id, DOCTOR)
    context = {
        "q": words,
        "forms": kept_forms(actor, words, picked=typed["picked"]),
        "typed": typed,
        "errors": errors or {},
        "colleagues": working_here(most=MOST_COLLEAGUES) if is_doctor else [],
        "purposes": list(LoanPurpose.choices),
    }
    return ui.page(request, "archive/lend.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def out_now(request: ActorRequest) -> HttpResponse:
    """What is out, the overdue first; the keeper ticks what has come back."""
    actor = request.actor
    if request.method != "POST":
        return _out_page(request, ids_of(request, "loan"))
    picked = ids_of(request, "loan")
    if not picked:
        return _out_page(request, picked, errors={"": [gettext("Tick what has come back.")]})
    try:
        operations.once(
            request.POST.get("op_key", ""),
            actor=actor,
            name="loan:return",
            payload={"loans": picked},
            perform=lambda: {"ids": [loan.pk for loan in return_loans(picked, actor=actor)]},
        )
    except Invalid as problem:
        return _out_page(request, picked, errors=problem.errors)
    without = len(picked) - with_record(picked)
    if without:
        words = gettext(
            "Taken back: %(count)s. Without a detailed record of contact: %(without)s; these are not settled."
        )
        ui.toast(request, words % {"count": len(picked), "without": without}, tone="late")
    else:
        ui.toast(request, gettext("Taken back: %(count)s.") % {"count": len(picked)})
    return ui.go(request, "/loans/out")


def _out_page(request: ActorRequest, picked: list[int], *, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    actor = request.actor
    part = request.GET.get("part", "")
    rows = loans_out(actor, part if part in ("mine", "overdue") else "")
    context = {
        "rows": rows,
        "part": part,
        "picked": picked,
        "errors": errors or {},
        "today": clock.today(),
        "may_take_back": may(actor, Loan.KIND, "update"),
    }
    return ui.page(request, "archive/loans_out.html", context, status=422 if errors else 200)


def ids_of(request: ActorRequest, name: str) -> list[int]:
    """Whatever is no id is left out."""
    given = request.POST if request.method == "POST" else request.GET
    return [int(text) for text in given.getlist(name)[:200] if text.isdecimal() and len(text) <= 18]


def staff_of(text: str) -> Staff | None:
    return Staff.objects.filter(id=int(text)).first() if text.isdecimal() and len(text) <= 18 else None


def loans_panel(actor: Actor, form: Any) -> dict[str, Any] | None:
    """On the card of a file form: who had it, the last ones first."""
    if not may(actor, Loan.KIND, "read"):
        return None
    rows = Loan.objects.kept().visible_to(actor).filter(form=form).select_related("owner").order_by("-id")[:10]
    return {"loans": list(rows), "form": form}
