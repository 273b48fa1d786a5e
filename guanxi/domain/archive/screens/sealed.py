"""The register of sealed forms: found by its index alone, sealed in boxes, opened for one person and resealed."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import permits
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.prints.screens import marks
from guanxi.base.records.values import shown

from ..actions import open_sealed, print_box, reseal, seal_forms
from ..models import ContactForm, SealedBox
from ..sealed import (
    INDEX,
    KIND,
    VERB,
    access_opened,
    access_sealed,
    boxes_of,
    is_last_instance,
    own_opening,
    sealed_visible_to,
    waiting_permit,
    waiting_to_seal,
)
from .contactform import CONTACT_FORMS

SHOWN = 100
NARROWING = ("q", "collector", "from", "until")
SHOWN_TO_SEAL = ("id", "number", "initials", "collector__name", "collected_on")


@require_GET
def register(request: ActorRequest) -> HttpResponse:
    rows = _narrowed(request, sealed_visible_to(request.actor).order_by("-id"))
    found = list(rows.values(*INDEX)[:SHOWN])
    people = working_here(most=300)
    context = {
        "forms": found,
        "older": found[-1]["id"] if len(found) == SHOWN else None,
        "narrowed": urlencode({key: request.GET[key] for key in NARROWING if request.GET.get(key)}),
        "typed": request.GET,
        "people": people,
        "may_seal": may(request.actor, KIND, "create"),
        "waiting": waiting_to_seal(request.actor).count(),
        "boxes": list(boxes_of(request.actor)[:20]),
    }
    return ui.page(request, "archive/sealed.html", context)


def _narrowed(request: ActorRequest, rows: QuerySet[ContactForm]) -> QuerySet[ContactForm]:
    """By number, initials, collector and days; nothing else is asked, so nothing else can be found out."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:20]
    if text:
        rows = rows.filter(Q(number=text.upper()) | Q(initials=text.upper()))
    collector = request.GET.get("collector", "")
    if collector.isdecimal() and len(collector) <= 18:
        rows = rows.filter(collector_id=int(collector))
    for name, look_up in (("from", "collected_on__gte"), ("until", "collected_on__lte")):
        if day := _day(request.GET.get(name, "")):
            rows = rows.filter(**{look_up: day})
    at = request.GET.get("before", "")
    return rows.filter(id__lt=int(at)) if at.isdecimal() and len(at) <= 18 else rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def new_sealing(request: ActorRequest) -> HttpResponse:
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            return _seal(request)
        except Invalid as problem:
            errors = problem.errors
    context = {
        "forms": list(
            waiting_to_seal(request.actor).values("id", "number", "initials", "collector__name", "collected_on")[:500]
        ),
        "boxes": [(str(box.pk), f"{box.number} {box.label}") for box in boxes_of(request.actor)[:50]],
        "typed": request.POST,
        "ticked": set(request.POST.getlist("forms")) if request.method == "POST" else None,
        "errors": errors,
        "labels": {"forms": _("Forms on this list"), "box": _("Box")},
    }
    return ui.page(request, "archive/seal.html", context, status=422 if errors else 200)


def _seal(request: ActorRequest) -> HttpResponse:
    ids = [int(text) for text in request.POST.getlist("forms")[:501] if text.isdecimal() and len(text) <= 18]
    box, label = request.POST.get("box", ""), request.POST.get("label", "").replace("\x00", "")
    box_id = int(box) if box.isdecimal() and len(box) <= 18 else None

    def run() -> dict[str, Any]:
        return {"box": seal_forms(ids, box_id=box_id, label=label, actor=request.actor).number}

    payload = {"forms": sorted(ids), "box": box, "label": label}
    key = request.POST.get("op_key", "")
    answer = operations.once(key, actor=request.actor, name="contactform:seal", payload=payload, perform=run)
    ui.toast(request, _("Sealed in box %(number)s.") % {"number": answer.data["box"]})
    return ui.go(request, "/sealed")


def sealed_form(request: ActorRequest, form_id: int) -> HttpResponse:
    form = access_sealed(request.actor, form_id)
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        try:
            return _open(request, form_id)
        except Invalid as problem:
            errors = problem.errors
    terms = permits.terms_of(VERB, ContactForm.KIND, request.actor.staff_id)
    index = sealed_visible_to(request.actor).values(*INDEX).get(id=form.pk)
    context = {
        "form_record": index,
        "openings": form.openings.select_related("staff", "allowed_by", "closed_by").order_by("-id")[:50],
        "now": clock.now(),
        "opening": own_opening(request.actor, form),
        "open_now": form.openings.filter(closed_at=None, until__gt=clock.now()).first(),
        "keeps": form.holder_id == request.actor.staff_id,
        "permit": waiting_permit(request.actor, form.pk),
        "signs": is_last_instance(request.actor),
        "clause": terms.clause if request.actor.language.startswith("zh") else terms.clause_en or terms.clause,
        "typed": request.POST,
        "errors": errors,
    }
    return ui.page(request, "archive/sealed_form.html", context, status=422 if errors else 200)


def _open(request: ActorRequest, form_id: int) -> HttpResponse:
    purpose, signature = (request.POST.get(name, "").replace("\x00", "") for name in ("purpose", "signature"))

    def run() -> dict[str, Any]:
        return {"id": open_sealed(form_id, purpose=purpose, signature=signature, actor=request.actor).pk}

    key, payload = request.POST.get("op_key", ""), {"purpose": purpose, "signature": signature}
    operations.once(key, actor=request.actor, name=f"sealed:open:{form_id}", payload=payload, perform=run)
    return ui.go(request, f"/sealed/{form_id}/content")


@require_GET
def content(request: ActorRequest, form_id: int) -> HttpResponse:
    form = access_opened(request.actor, form_id)
    fields = {f.key: f for f in CONTACT_FORMS.fields}
    sections = [
        (section.label, [(fields[key].label, shown(fields[key], getattr(form, key))) for key in section.fields])
        for section in CONTACT_FORMS.sections[:4]
    ]
    context = {"form_record": form, "sections": sections, "opening": own_opening(request.actor, form)}
    return ui.page(request, "archive/sealed_content.html", context)


@require_POST
@sent_once
def reseal_form(request: ActorRequest, opening_id: int) -> HttpResponse:
    form = reseal(opening_id, actor=request.actor)
    ui.toast(request, _("Resealed."))
    return ui.go(request, f"/sealed/{form.pk}")


@require_GET
def box_print(request: ActorRequest, box_id: int) -> HttpResponse:
    box = SealedBox.objects.filter(id=box_id).first()
    rows = list(sealed_visible_to(request.actor).filter(box_id=box_id).order_by("id").values(*INDEX))
    if box is None or not rows:
        raise Missing()
    number = print_box(box, actor=request.actor)
    title = _("Box %(number)s") % {"number": box.number}
    context = {"title": title, "box": box, "forms": rows, "back": "/sealed", **marks(request, number)}
    return ui.page(request, "archive/sealed_print.html", context)
