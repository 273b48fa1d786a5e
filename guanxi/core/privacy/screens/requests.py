"""The desk for what persons ask about their data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Missing, Refused, Unreadable
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs
from guanxi.core.customers.models import Customer

from ..actions.erasure import erase_customer, reasons_against
from ..actions.request import Asked, ask_for_file, fulfil_request, hand_out_file, refuse_request, take_in_request
from ..actions.setting_apart import hold_customer, release_customer, restrict_customer
from ..models import Erasure, PersonRequest, RequestState, SetApart, Wish

MOST = 100
DESK = "/privacy/requests"


@needs("privacy", "read")
def desk(request: ActorRequest) -> HttpResponse:
    rows = PersonRequest.objects.select_related("customer", "closed_by")
    context = {
        "open": rows.filter(state=RequestState.OPEN).order_by("due_on", "id")[:MOST],
        "settled": rows.exclude(state=RequestState.OPEN).order_by("-closed_at")[:MOST],
        "apart": SetApart.objects.filter(lifted_at=None).select_related("customer", "staff").order_by("-id")[:MOST],
        "erasures": Erasure.objects.order_by("-id")[:MOST],
        "may_change": may(request.actor, "privacy", "update"),
    }
    return ui.page(request, "privacy/desk.html", context)


@needs("privacy", "update")
@require_http_methods(["GET", "HEAD", "POST"])
@sent_once
def new_request(request: ActorRequest) -> HttpResponse:
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            row = take_in_request(_asked(request), actor=request.actor)
        except Invalid as problem:
            errors = problem.errors
        else:
            told = _("Taken in. The person must have an answer by %(day)s.") % {"day": row.due_on.isoformat()}
            ui.toast(request, told)
            return ui.go(request, f"{DESK}/{row.pk}")
    context = {"typed": request.POST, "errors": errors, "wishes": Wish.choices, "today": clock.today().isoformat()}
    return ui.page(request, "privacy/request_form.html", context, status=422 if errors else 200)


def _asked(request: ActorRequest) -> Asked:
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in request.POST}
    number, day = typed.get("customer", "").strip(), typed.get("asked_on", "").strip()
    try:
        asked_on = read_date(day, today=clock.today()) if day else None
    except Unreadable as problem:
        raise Invalid({"asked_on": [problem.message]}) from problem
    return Asked(
        wish=typed.get("wish", ""),
        asked_by=typed.get("asked_by", ""),
        identified=typed.get("identified", ""),
        details=typed.get("details", ""),
        customer_id=_customer(number),
        asked_on=asked_on,
    )


def _customer(number: str) -> int | None:
    """The number of the customer; nobody else's list shows who is set apart, this desk finds them."""
    if not number:
        return None
    found = Customer.objects.filter(number__iexact=number[:20]).values_list("id", flat=True).first()
    if found is None:
        raise Invalid({"customer": [_("There is no customer with this number.")]})
    return found


@needs("privacy", "read")
@require_GET
def one_request(request: ActorRequest, request_id: int) -> HttpResponse:
    return _page(request, request_id)


def _page(request: ActorRequest, request_id: int, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    row = PersonRequest.objects.select_related("customer", "recorded_by", "closed_by").filter(id=request_id).first()
    if row is None:
        raise Missing()
    context = {
        "row": row,
        "file": getattr(row, "file", None),
        "reasons": reasons_against([row.customer_id]) if row.customer_id else [],
        "apart": SetApart.objects.filter(customer_id=row.customer_id, lifted_at=None) if row.customer_id else [],
        "typed": request.POST,
        "errors": errors or {},
        "may_change": may(request.actor, "privacy", "update"),
    }
    return ui.page(request, "privacy/request.html", context, status=422 if errors else 200)


Step = Callable[[ActorRequest, int, str], str]


def step_view(perform: Step) -> Callable[..., HttpResponse]:
    """A press on the page of a request: what it does answers with the word that is shown."""

    @needs("privacy", "update")
    @require_POST
    @sent_once
    def view(request: ActorRequest, request_id: int) -> HttpResponse:
        try:
            told = perform(request, request_id, request.POST.get("answer", "").replace("\x00", ""))
        except Invalid as problem:
            return _page(request, request_id, problem.errors)
        except Refused as refused:
            return _page(request, request_id, {"": [refused.message]})
        ui.toast(request, told)
        return ui.go(request, f"{DESK}/{request_id}")

    return view


def _fulfil(request: ActorRequest, request_id: int, answer: str) -> str:
    fulfil_request(request_id, answer=answer, actor=request.actor)
    return _("The request is settled.")


def _refuse(request: ActorRequest, request_id: int, answer: str) -> str:
    refuse_request(request_id, answer=answer, actor=request.actor)
    return _("The request is refused, with the reason.")


def _file(request: ActorRequest, request_id: int, _answer: str) -> str:
    ask_for_file(request_id, actor=request.actor)
    return _("The file is being made; open this page again in a moment.")


@transaction.atomic
def _erase(request: ActorRequest, request_id: int, _answer: str) -> str:
    """Settled only with the erasing: what stands in the way leaves the request open."""
    customer_id = _customer_of(request_id)
    fulfil_request(request_id, actor=request.actor)
    erase_customer(customer_id, actor=request.actor)
    return _("The person is erased everywhere. The certificate is on the desk.")


def _restrict(request: ActorRequest, request_id: int, answer: str) -> str:
    restrict_customer(_customer_of(request_id), why=answer, actor=request.actor)
    return _("The data are only kept from now on.")


def _hold(request: ActorRequest, request_id: int, answer: str) -> str:
    hold_customer(_customer_of(request_id), why=answer, actor=request.actor)
    return _("Noted: nothing of it will be erased.")


def _customer_of(request_id: int) -> int:
    row = PersonRequest.objects.filter(id=request_id).first()
    if row is None:
        raise Missing()
    if row.customer_id is None:
        raise Refused(_("Say first which customer asks."), code="request_without_customer")
    return row.customer_id


fulfil, refuse, gather, erase, restrict, hold = (
    step_view(one) for one in (_fulfil, _refuse, _file, _erase, _restrict, _hold)
)


@needs("privacy", "update")
@require_POST
@sent_once
def release(request: ActorRequest, set_apart_id: int) -> HttpResponse:
    release_customer(set_apart_id, why=request.POST.get("why", "").replace("\x00", ""), actor=request.actor)
    ui.toast(request, _("It is lifted."))
    return ui.go(request, DESK)


@needs("privacy", "update")
@require_POST
def download(request: ActorRequest, request_id: int) -> HttpResponse:
    content = hand_out_file(request_id, actor=request.actor)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="P{request_id:08}.zip"'
    response["Cache-Control"] = "no-store"
    return response
