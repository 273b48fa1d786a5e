"""The register of file forms: who holds what, what is late, what was copied; and copying or showing one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.access import access_staff, current_posts
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.org.web import ActorRequest

from .. import holders
from ..access import access_file_form
from ..actions.copies import copy_form, show_form
from ..actions.handover import hand_over_all
from ..holdings import RECEIVERS
from ..models import CopyEntry, Custody, FileForm
from .incident import incidents_panel, typed_of
from .loan import loans_panel, staff_of

PARTS = ("late", "copies")
MOST_COPIES = 200


@require_GET
def registers(request: ActorRequest) -> HttpResponse:
    actor, part = request.actor, request.GET.get("part", "")
    if holder := request.GET.get("holder", ""):
        return _of_one(request, holder)
    context: dict[str, Any] = {"part": part if part in PARTS else "", "states": list(Custody.choices)}
    if part == "late":
        context |= {"forms": holders.not_handed_over(actor), "today": clock.today()}
    elif part == "copies":
        rows = CopyEntry.objects.visible_to(actor).select_related("staff")
        context["copies"] = list(rows.order_by("-id")[:MOST_COPIES])
    else:
        found = holders.holders(actor)
        context |= {"holders": found, "nameless": holders.without_holder(actor), "lost": holders.lost_ones(actor)}
    return ui.page(request, "archive/registers.html", context)


def _of_one(request: ActorRequest, holder: str, *, errors: dict[str, list[Any]] | None = None) -> HttpResponse:
    """What one person has in hand, and handing all of it on."""
    staff = staff_of(holder)
    if staff is None:
        raise Missing()
    access_staff(request.actor, staff.pk)
    context = {
        "staff": staff,
        "forms": holders.held_by(request.actor, staff.pk),
        "receivers": receivers(staff.pk) if may_hand_over(request.actor, staff.pk) else [],
        "typed": typed_of(request, ("to",)),
        "errors": errors or {},
        "today": clock.today(),
    }
    return ui.page(request, "archive/holder.html", context, status=422 if errors else 200)


def may_hand_over(actor: Actor, staff_id: int) -> bool:
    if staff_id == actor.staff_id:
        return may(actor, "transfer", "create")
    scope = scope_of(actor, FileForm.KIND, "transfer")
    return scope.everything or staff_id in scope.staff_ids


def receivers(staff_id: int) -> list[tuple[str, str]]:
    """Doctors and sales managers, with their unit."""
    posts = current_posts().filter(role__key__in=RECEIVERS, staff__left_on=None).exclude(staff_id=staff_id)
    rows = posts.select_related("staff", "unit", "role").order_by("role__key", "staff__pinyin", "id")
    return [(str(post.staff_id), f"{post.staff.name} · {post.role} · {post.unit}") for post in rows[:100]]


@require_http_methods(["POST"])
def hand_all_over(request: ActorRequest, staff_id: int) -> HttpResponse:
    typed = typed_of(request, ("to",))
    to: Staff | None = staff_of(typed["to"])
    if to is None:
        return _of_one(request, str(staff_id), errors={"to": [gettext("Choose a colleague.")]})
    try:
        answer = operations.once(
            request.POST.get("op_key", ""),
            actor=request.actor,
            name=f"fileform:hand-all:{staff_id}",
            payload=typed,
            perform=lambda: {"ids": [one.pk for one in hand_over_all(staff_id, to, actor=request.actor)]},
        )
    except Invalid as problem:
        return _of_one(request, str(staff_id), errors=problem.errors)
    ui.toast(request, gettext("On the way. The receiver confirms what has come."))
    return ui.go(request, f"/transfers/{answer.data['ids'][0]}")


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: ActorRequest, record_id: int, what: str) -> HttpResponse:
    """Asks the rules first; refused, the clause says why and where to ask for a permit."""
    form = access_file_form(request.actor, record_id)
    typed, errors = typed_of(request, ("purpose", "copies")), {}
    if request.method == "POST":
        try:
            operations.once(
                request.POST.get("op_key", ""),
                actor=request.actor,
                name=f"fileform:{what}:{record_id}",
                payload=typed,
                perform=lambda: {"id": _perform(what, record_id, typed, request.actor).pk},
            )
            ui.toast(request, gettext("Written into the register."))
            return ui.go(request, f"/file-forms/{record_id}")
        except Invalid as problem:
            errors = problem.errors
    context = {"form_record": form, "what": what, "typed": typed, "errors": errors}
    return ui.page(request, "archive/copy.html", context, status=422 if errors else 200)


def _perform(what: str, form_id: int, typed: dict[str, str], actor: Actor) -> CopyEntry:
    if what == "show":
        return show_form(form_id, purpose=typed["purpose"], actor=actor)
    text = typed["copies"] or "1"
    copies = int(text) if text.isdecimal() and len(text) < 6 else 0
    return copy_form(form_id, copies=copies, purpose=typed["purpose"], actor=actor)


def custody_panel(actor: Actor, form: FileForm) -> dict[str, Any]:
    """On the card of a file form: where the paper is, its way, its incidents and copies."""
    incidents = incidents_panel(actor, form)
    loans = loans_panel(actor, form)
    rows = CopyEntry.objects.visible_to(actor).filter(subject_kind=FileForm.KIND, subject_id=form.pk)
    return {
        "form": form,
        "way": holders.way_of(form),
        "loans": loans["loans"] if loans else [],
        "incidents": incidents["incidents"] if incidents else [],
        "copies": list(rows.select_related("staff").order_by("-id")[:10]),
    }
