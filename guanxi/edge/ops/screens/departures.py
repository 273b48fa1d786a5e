"""Departures: who is about to leave, what each still holds and where to hand it over, the receiver's word."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org import departures as org
from guanxi.base.org.access import access_staff, staff_visible_to
from guanxi.base.org.actions import (
    DepartureEntry,
    announce_departure,
    cancel_departure,
    change_departure,
    confirm_received,
)
from guanxi.base.org.blockers import held_by
from guanxi.base.org.models import Departure, Staff
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs, signed_in

from .sending import day, number, send, together
from .trail import latest_about

PAST = 50


@signed_in
def departure_list(request: ActorRequest) -> HttpResponse:
    """Everybody sees the own one, and those to be received."""
    visible = org.departures_visible_to(request.actor)
    is_open = {"completed_at": None, "cancelled_at": None}
    waiting = list(visible.filter(**is_open).order_by("leaves_on", "id"))
    context = {
        "waiting": [(one, org.is_overdue(one), org.days_late(one)) for one in waiting],
        "past": [(one, org.days_late(one)) for one in visible.exclude(**is_open).order_by("-id")[:PAST]],
        "may_announce": may(request.actor, "departure", "create"),
    }
    return ui.page(request, "ops/departures.html", context)


@needs("departure", "create")
@require_http_methods(["GET", "POST"])
def announce(request: ActorRequest) -> HttpResponse:
    given = request.GET.get("staff", "")
    typed = {"staff": given if given.isdecimal() else "", "leaves_on": clock.today().isoformat()}
    if request.method != "POST":
        return _form(request, None, typed, {})
    made: list[Departure] = []

    def perform() -> None:
        read = together(staff_id=lambda: number(request.POST, "staff"), entry=lambda: read_entry(request))
        made.append(announce_departure(read["staff_id"], read["entry"], actor=request.actor))

    sent = send(request, "departure:announce", perform)
    if sent.errors:
        return _form(request, None, request.POST.dict(), sent.errors)
    ui.toast(request, _("Announced. Here is what has to be handed over."))
    return ui.go(request, f"/departures/{made[0].pk}" if made else "/departures")


@needs("departure", "update")
@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, departure_id: int) -> HttpResponse:
    found = org.access_departure(request.actor, departure_id, to="update")
    if request.method != "POST":
        typed = {"leaves_on": found.leaves_on.isoformat(), "receiver": str(found.receiver_id), "note": found.note}
        return _form(request, found, typed, {})
    sent = send(
        request,
        f"departure:change:{departure_id}",
        lambda: change_departure(departure_id, read_entry(request), actor=request.actor),
    )
    if sent.errors:
        return _form(request, found, request.POST.dict(), sent.errors)
    ui.toast(request, _("Saved."))
    return ui.go(request, f"/departures/{departure_id}")


def read_entry(request: ActorRequest) -> DepartureEntry:
    post = request.POST
    read = together(leaves_on=lambda: day(post, "leaves_on"), receiver_id=lambda: number(post, "receiver"))
    return DepartureEntry(**read, note=post.get("note", ""))


@signed_in
def departure(request: ActorRequest, departure_id: int) -> HttpResponse:
    return card(request, org.access_departure(request.actor, departure_id))


def card(
    request: ActorRequest, found: Departure, *, errors: dict[str, list[Any]] | None = None, status: int = 200
) -> HttpResponse:
    actor = request.actor
    is_open = found.completed_at is None and found.cancelled_at is None
    context = {
        "departure": found,
        "is_open": is_open,
        "held": held_by(found.staff_id) if is_open else [],
        "may_open": lambda one: may(actor, one.kind, "read"),
        "may_hand": lambda one: "kind" in one.at_once and may(actor, one.at_once["kind"], "transfer"),
        "late": org.days_late(found),
        "is_overdue": org.is_overdue(found),
        "errors": errors or {},
        "rights": _rights(actor, found) if is_open else {},
        "history": latest_about("departure", found.pk) if may(actor, "audit", "read") else None,
    }
    return ui.page(request, "ops/departure.html", context, status=status)


def _rights(actor: Actor, found: Departure) -> dict[str, bool]:
    is_other = found.staff_id != actor.staff_id
    reaches = may(actor, "departure", "update") and (
        staff_visible_to(actor, kind="departure", verb="update").filter(id=found.staff_id).exists()
    )
    return {
        "change": is_other and reaches,
        "receive": found.received_at is None and org.may_receive(actor, found),
        "complete": found.received_at is not None
        and is_other
        and may(actor, "staff", "update")
        and staff_visible_to(actor, verb="update").filter(id=found.staff_id).exists(),
    }


@signed_in
@require_POST
def received(request: ActorRequest, departure_id: int) -> HttpResponse:
    found = org.access_departure(request.actor, departure_id)
    name = f"departure:received:{departure_id}"
    sent = send(request, name, lambda: confirm_received(departure_id, actor=request.actor))
    if sent.errors:
        if sent.refusal and sent.refusal.status == 403:
            raise sent.refusal
        return card(request, found, errors=sent.errors, status=422)
    ui.toast(request, _("Confirmed: everything has been received."))
    return ui.go(request, f"/departures/{departure_id}")


@needs("departure", "update")
@require_http_methods(["GET", "POST"])
def cancel(request: ActorRequest, departure_id: int) -> HttpResponse:
    found = org.access_departure(request.actor, departure_id, to="update")
    errors: dict[str, list[Any]] = {}
    why = request.POST.get("why", "")
    if request.method == "POST":
        name = f"departure:cancel:{departure_id}"
        sent = send(request, name, lambda: cancel_departure(departure_id, why=why, actor=request.actor))
        if sent.is_done:
            ui.toast(request, _("The departure is taken back."))
            return ui.go(request, f"/departures/{departure_id}")
        errors = sent.errors
    context = {"departure": found, "why": why, "errors": errors}
    return ui.page(request, "ops/departure_cancel.html", context, status=422 if errors else 200)


def _form(
    request: ActorRequest, found: Departure | None, typed: dict[str, str], errors: dict[str, list[Any]]
) -> HttpResponse:
    people: list[tuple[str, str]] = []
    if found is None:
        leaving = Departure.objects.filter(completed_at=None, cancelled_at=None).values("staff_id")
        may_leave = staff_visible_to(request.actor, kind="departure", verb="create").filter(left_on=None)
        rows = may_leave.exclude(id=request.actor.staff_id).exclude(id__in=leaving).order_by("pinyin", "id")
        people = _options(rows)
        if typed.get("staff", "").isdecimal() and len(typed["staff"]) < 16:
            access_staff(request.actor, int(typed["staff"]))
    leaver = found.staff_id if found else None
    context = {
        "departure": found,
        "typed": typed,
        "errors": errors,
        "people": people,
        "receivers": _options(org.receivers(but=leaver)),
    }
    return ui.page(request, "ops/departure_form.html", context, status=422 if errors else 200)


def _options(rows: Any) -> list[tuple[str, str]]:
    found: list[Staff] = list(rows[:2000])
    return [(str(one.pk), f"{one.name} · {one.number}") for one in found]
