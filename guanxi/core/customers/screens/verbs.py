"""What can be done to a customer beyond editing: transfer, rest, bin, team. Each is a small page of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Unreadable
from guanxi.base.org.models import Restriction, Role, Staff
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest

from ..access import access_customer
from ..actions import (
    add_team_member,
    end_team_member,
    leave_in_peace,
    remove_customer,
    restore_customer,
    transfer_customers,
)
from ..models import Customer


def colleagues() -> list[tuple[str, str]]:
    return [(str(s.pk), s.name) for s in Staff.objects.filter(left_on=None).order_by("pinyin")]


def staff_of(text: str, field: str) -> Staff:
    is_id = text.isdecimal() and len(text) < 18
    found = Staff.objects.filter(id=int(text), left_on=None).first() if is_id else None
    if found is None:
        raise Invalid({field: [_("Choose a colleague.")]})
    return found


def once(request: ActorRequest, name: str, perform: Any) -> None:
    payload = {k: v for k, v in request.POST.items() if k != "csrfmiddlewaretoken"}

    def run() -> dict[str, Any]:
        perform()
        return {}

    operations.once(request.POST.get("op_key", ""), actor=request.actor, name=name, payload=payload, perform=run)


def transfer(request: ActorRequest, record_id: int) -> HttpResponse:
    customer = access_customer(request.actor, record_id, to="transfer")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            to = staff_of(request.POST.get("to", ""), "to")
            why = request.POST.get("why", "").replace("\x00", "")
            once(
                request,
                f"transfer:{record_id}",
                lambda: transfer_customers([record_id], to=to, actor=request.actor, why=why),
            )
            ui.toast(request, _("%(name)s now belongs to %(owner)s.") % {"name": customer.name, "owner": to.name})
            return ui.go(request, "/customers")
        except Invalid as problem:
            errors = problem.errors
    context = {"customer": customer, "errors": errors, "typed": request.POST, "colleagues": colleagues()}
    return ui.page(request, "customers/transfer.html", context, status=422 if errors else 200)


def rest(request: ActorRequest, record_id: int) -> HttpResponse:
    customer = access_customer(request.actor, record_id, to="update")
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            day = request.POST.get("deceased_on", "").strip()
            deceased = read_date(day, today=clock.today()) if day else None
            quiet = "is_do_not_disturb" in request.POST
            once(
                request,
                f"rest:{record_id}",
                lambda: leave_in_peace(record_id, is_do_not_disturb=quiet, deceased_on=deceased, actor=request.actor),
            )
            ui.toast(request, _("Saved. Open duties were adjusted."))
            return ui.go(request, f"/customers/{record_id}")
        except Unreadable as problem:
            errors = {"deceased_on": [problem.message]}
        except Invalid as problem:
            errors = problem.errors
    context = {"customer": customer, "errors": errors}
    return ui.page(request, "customers/rest.html", context, status=422 if errors else 200)


@sent_once
def remove(request: ActorRequest, record_id: int) -> HttpResponse:
    customer = access_customer(request.actor, record_id, to="delete")
    if request.method == "POST":
        why = request.POST.get("why", "").replace("\x00", "")
        once(request, f"remove:{record_id}", lambda: remove_customer(record_id, actor=request.actor, why=why))
        ui.toast(
            request,
            _("%(name)s is in the bin.") % {"name": customer.name},
            href="/customers/bin",
            link=_("Open the bin"),
        )
        return ui.go(request, "/customers")
    return ui.page(request, "customers/remove.html", {"customer": customer})


def bin_list(request: ActorRequest) -> HttpResponse:
    rows = Customer.objects.filter(removed_at__isnull=False).visible_to(request.actor, "delete")
    # Whom a restriction closes to every step, no list shows.
    closed = Restriction.objects.filter(kind=Customer.KIND, verb="*", subject_id__isnull=False)
    rows = rows.exclude(id__in=closed.values("subject_id"))
    return ui.page(request, "customers/bin.html", {"customers": rows.order_by("-removed_at")[:200]})


def restore(request: ActorRequest, record_id: int) -> HttpResponse:
    once(request, f"restore:{record_id}", lambda: restore_customer(record_id, actor=request.actor))
    ui.toast(request, _("The customer is back, with all that belongs to it."))
    return ui.go(request, f"/customers/{record_id}")


def add_to_team(request: ActorRequest, record_id: int) -> HttpResponse:
    customer = access_customer(request.actor, record_id, to="update")
    errors: dict[str, list[Any]] = {}
    roles = [
        (r.key, r.name if request.actor.language.startswith("zh") else r.name_en) for r in Role.objects.order_by("id")
    ]
    if request.method == "POST":
        try:
            staff = staff_of(request.POST.get("staff", ""), "staff")
            role = request.POST.get("role", "")
            if role not in dict(roles):
                raise Invalid({"role": [_("Choose one of the values offered.")]})
            once(
                request,
                f"team:{record_id}",
                lambda: add_team_member(record_id, staff=staff, role=role, actor=request.actor),
            )
            return ui.go(request, f"/customers/{record_id}")
        except Invalid as problem:
            errors = problem.errors
    context = {
        "customer": customer,
        "errors": errors,
        "typed": request.POST,
        "colleagues": colleagues(),
        "roles": roles,
    }
    return ui.page(request, "customers/team_add.html", context, status=422 if errors else 200)


def leave_team(request: ActorRequest, record_id: int, member_id: int) -> HttpResponse:
    once(
        request, f"team_end:{member_id}", lambda: end_team_member(member_id, customer_id=record_id, actor=request.actor)
    )
    return ui.go(request, f"/customers/{record_id}")
