"""Transfer lists: mine on the way out and in, what went before, a new one, receiving, and the list on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.access import current_posts
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.models import Staff
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.prints.screens import marks
from guanxi.base.records.types import RECORD_TYPES

from ..actions import cancel_transfer, print_transfer, receive_transfer, send_forms
from ..actions.transfer import MOST, may_send_for, may_take_back
from ..contact_access import access_transfer
from ..models import ItemState, Transfer, TransferItem, TransferState
from ..transferring import TRANSFERABLE, Transferable

SHOWN = 100
TONES = {"sent": "open", "received": "done", "cancelled": "plain"}
ITEM_TONES = {"waiting": "open", "accepted": "done", "refused": "late", "cancelled": "plain"}


@require_GET
def transfers(request: ActorRequest) -> HttpResponse:
    mine = request.actor.staff_id
    rows = Transfer.objects.visible_to(request.actor).select_related("from_staff", "to_staff").order_by("-id")
    rows = rows.annotate(count=Count("items"), refused=Count("items", filter=Q(items__state=ItemState.REFUSED)))
    waiting = list(rows.filter(to_staff_id=mine, state=TransferState.SENT)[:SHOWN])
    out = list(rows.filter(from_staff_id=mine, state=TransferState.SENT)[:SHOWN])
    known = {one.pk for one in (*waiting, *out)}
    history = [one for one in rows.filter(_before(request))[: SHOWN + len(known)] if one.pk not in known][:SHOWN]
    context = {
        "waiting": waiting,
        "out": out,
        "history": history,
        "older": history[-1].pk if len(history) == SHOWN else None,
        "tones": TONES,
        "kinds": {entry.key: entry.label for entry in TRANSFERABLE},
        "held": held_counts(mine),
    }
    return ui.page(request, "archive/transfers.html", context)


def _before(request: ActorRequest) -> Q:
    at = request.GET.get("before", "")
    return Q(id__lt=int(at)) if at.isdecimal() and len(at) <= 18 else Q()


def held_counts(staff_id: int | None) -> list[dict[str, Any]]:
    """What lies in the actor's hands, by kind."""
    found = [{"entry": entry, "count": entry.kept().filter(holder_id=staff_id).count()} for entry in TRANSFERABLE]
    return [one for one in found if one["count"]]


def new_transfer(request: ActorRequest) -> HttpResponse:
    entry = TRANSFERABLE.find(request.POST.get("kind") or request.GET.get("kind") or next(iter(TRANSFERABLE)).key)
    if entry is None:
        raise Missing()
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            return _send(request, entry)
        except Invalid as problem:
            errors = problem.errors
    holder_id = holder_asked(request)
    forms = held_by(entry, holder_id)
    context = {
        "of": holder_id if holder_id != request.actor.staff_id else "",
        "holder": name_of(holder_id),
        "entry": entry,
        "kinds": [(one.key, one.label) for one in TRANSFERABLE],
        "forms": [_line(entry, form) for form in forms],
        "under_way": under_way(entry, holder_id).count(),
        "ticked": _ticked(request, entry, forms),
        "colleagues": receivers(holder_id, entry.roles),
        "typed": request.POST,
        "errors": errors,
        "labels": {"to": _("Receiver"), "forms": _("Forms on this list")},
        "today": clock.today(),
    }
    return ui.page(request, "archive/transfer_new.html", context, status=422 if errors else 200)


def holder_asked(request: ActorRequest) -> int | None:
    """Whose forms: one's own, or those of somebody one may hand over for."""
    text = request.POST.get("of") or request.GET.get("of") or ""
    holder_id = int(text) if text.isdecimal() and len(text) <= 18 else request.actor.staff_id
    if not may_send_for(request.actor, holder_id):
        raise Missing()
    return holder_id


def name_of(staff_id: int | None) -> str:
    return Staff.objects.filter(id=staff_id or -1).values_list("name", flat=True).first() or ""


def under_way(entry: Transferable, staff_id: int | None) -> QuerySet[TransferItem]:
    """On a list that waits to be received."""
    waiting = TransferItem.objects.filter(form_kind=entry.key, state=ItemState.WAITING)
    return waiting.filter(transfer__from_staff_id=staff_id)


def held_by(entry: Transferable, staff_id: int | None) -> list[Any]:
    """In hand and on no list yet, newest first."""
    under_way = TransferItem.objects.filter(form_kind=entry.key, state=ItemState.WAITING).values("form_id")
    return list(entry.kept().filter(holder_id=staff_id).exclude(id__in=under_way).order_by("-id")[:MOST])


def _line(entry: Transferable, form: Any) -> dict[str, Any]:
    return {"id": form.pk, "number": form.number, "named": entry.named(form), "state": entry.state_of(form)}


def _ticked(request: ActorRequest, entry: Transferable, forms: Sequence[Any]) -> set[int]:
    """After a refusal what was ticked; else what is ready to go, which is all that was finished today."""
    if request.method == "POST":
        return set(_ids(request.POST, "forms"))
    return {form.pk for form in forms if entry.is_ready(form)}


def receivers(staff_id: int | None, roles: Sequence[str]) -> list[tuple[str, str]]:
    """Those who may receive this kind come first, with what they are."""
    held = current_posts().filter(role__key__in=roles, staff__left_on=None).exclude(staff_id=staff_id)
    posts = held.select_related("staff", "unit", "role").order_by("staff__pinyin", "id")
    first = {str(p.staff_id): f"{p.staff.name} · {p.unit.name} · {p.role.name}" for p in posts}
    return list(first.items()) or [one for one in working_here(most=SHOWN) if one[0] != str(staff_id)]


def _send(request: ActorRequest, entry: Transferable) -> HttpResponse:
    to, ids = colleague_of(request.POST.get("to", "")), _ids(request.POST, "forms")
    of = holder_asked(request)
    note = request.POST.get("note", "").replace("\x00", "").strip()

    def run() -> dict[str, Any]:
        return {"id": send_forms(entry.key, ids, to, note=note, actor=request.actor, of=of).pk}

    payload = {"of": of, "to": to.pk, "forms": sorted(ids), "note": note}
    key = request.POST.get("op_key", "")
    answer = operations.once(key, actor=request.actor, name="transfer:send", payload=payload, perform=run)
    ui.toast(request, _("Sent. The forms stay yours until the list is received."))
    return ui.go(request, f"/transfers/{answer.data['id']}")


def colleague_of(text: str) -> Staff:
    is_id = text.isdecimal() and len(text) <= 18
    found = Staff.objects.filter(id=int(text), left_on=None).first() if is_id else None
    if found is None:
        raise Invalid({"to": [_("Choose a colleague.")]})
    return found


def _ids(data: QueryDict, name: str) -> list[int]:
    return [int(text) for text in data.getlist(name)[: MOST + 1] if text.isdecimal() and len(text) <= 18]


@require_GET
def transfer(request: ActorRequest, transfer_id: int) -> HttpResponse:
    return _card(request, access_transfer(request.actor, transfer_id))


def _card(request: ActorRequest, record: Transfer, *, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    is_open = record.state == TransferState.SENT
    context = {
        "transfer": record,
        "items": items_of(record),
        "readable": readable(request, record),
        "kind_label": TRANSFERABLE.get(record.kind).label,
        "tones": TONES,
        "item_tones": ITEM_TONES,
        "may_receive": is_open and record.to_staff_id == request.actor.staff_id,
        "may_cancel": is_open and may_take_back(request.actor, record),
        "errors": errors or {},
        "typed": request.POST,
        "refused": set(_ids(request.POST, "refuse")),
    }
    return ui.page(request, "archive/transfer.html", context, status=422 if errors else 200)


def items_of(record: Transfer) -> list[dict[str, Any]]:
    """Numbers and what an index may show; who may read a form opens it."""
    entry = TRANSFERABLE.get(record.kind)
    items = list(record.items.order_by("id"))
    forms = {form.pk: form for form in entry.kept().filter(id__in=[item.form_id for item in items])}
    lines = []
    for item in items:
        form = forms.get(item.form_id)
        named = {"number": form.number, "named": entry.named(form)} if form else {"number": "–", "named": ""}
        lines.append({"item": item, "page": entry.page(item.form_id), **named})
    return lines


def readable(request: ActorRequest, record: Transfer) -> set[int]:
    """The forms whose card the reader may open; the others are numbers on a list."""
    type_ = RECORD_TYPES.find(record.kind)
    if type_ is None:
        return set()
    rows: Any = type_.model._default_manager
    ids = record.items.values("form_id")
    return set(rows.kept().visible_to(request.actor).filter(id__in=ids).values_list("id", flat=True))


@require_POST
def receive(request: ActorRequest, transfer_id: int) -> HttpResponse:
    record = access_transfer(request.actor, transfer_id)
    refused = {one: request.POST.get(f"why-{one}", "").replace("\x00", "") for one in _ids(request.POST, "refuse")}

    def run() -> dict[str, Any]:
        receive_transfer(transfer_id, refused=refused, actor=request.actor)
        return {}

    try:
        payload = {str(one): why for one, why in refused.items()}
        key, name = request.POST.get("op_key", ""), f"transfer:receive:{transfer_id}"
        operations.once(key, actor=request.actor, name=name, payload=payload, perform=run)
    except Invalid as problem:
        return _card(request, record, errors=problem.errors)
    ui.toast(request, _("Received."))
    return ui.go(request, f"/transfers/{transfer_id}")


@require_POST
@sent_once
def cancel(request: ActorRequest, transfer_id: int) -> HttpResponse:
    cancel_transfer(transfer_id, actor=request.actor)
    ui.toast(request, _("The list was taken back; the forms are still with you."))
    return ui.go(request, f"/transfers/{transfer_id}")


@require_GET
def print_list(request: ActorRequest, transfer_id: int) -> HttpResponse:
    record = access_transfer(request.actor, transfer_id)
    number = print_transfer(transfer_id, actor=request.actor)
    context = {
        "title": _("Transfer list %(number)s") % {"number": record.number},
        "transfer": record,
        "items": items_of(record),
        "kind_label": TRANSFERABLE.get(record.kind).label,
        "back": f"/transfers/{record.pk}",
        **marks(request, number),
    }
    return ui.page(request, "archive/transfer_print.html", context)
