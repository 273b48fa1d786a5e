"""How a version stands: who wrote and approved it, since and until when, for whom; who has confirmed reading it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.models import Unit
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.ui import formats

from ..actions import confirm_reading, switch_off
from ..actions.rulebook import versions_that_hold
from ..engine.reader import read_particulars
from ..models import Reading, Rulebook, Version, VersionState
from ..readers import is_awaited, may_see_readers, not_yet
from .changes import changes_of
from .gestures import once
from .given import day_given

KIND = Rulebook.KIND
MOST = 200
LABELS = {
    "proposed_by": lambda: _("Proposed by"),
    "drafted_by": lambda: _("Drafted by the department"),
    "drafter": lambda: _("Drafter"),
    "reviewed_by": lambda: _("Reviewed by"),
    "co_reviewed_by": lambda: _("Jointly reviewed by"),
    "approved_by": lambda: _("Approved by"),
    "in_charge": lambda: _("Department in charge"),
    "first_issued": lambda: _("First issued"),
    "references": lambda: _("Refers to"),
    "record_forms": lambda: _("Forms"),
}


def standing_of(version: Version | None, actor: Actor) -> dict[str, Any]:
    """What the page of a rulebook shows beside its clauses."""
    if version is None:
        return {}
    holds = version.pk in versions_that_hold(version.rulebook_id)
    return {
        "facts": facts_of(version, actor),
        "changes": changes_of(version, actor),
        "awaits": holds and is_awaited(actor, version),
        "has_read": Reading.objects.filter(version=version, staff_id=actor.staff_id).first(),
        "may_see_readers": may_see_readers(actor),
        "may_switch_off": holds and may(actor, KIND, "approve"),
        "is_over": version.until_on is not None and version.until_on < clock.today(),
    }


def facts_of(version: Version, actor: Actor) -> list[tuple[Any, Any]]:
    units = list(Unit.objects.filter(id__in=version.unit_ids).order_by("code").values_list("name", flat=True))
    pairs = [
        (_("Drafted"), said_by(version.drafted_by, version.created_at)),
        (_("Approved"), said_by(version.approved_by, version.approved_at)),
        (_("In force"), period(version)),
        (_("Holds for"), _(", ").join(units) or _("the whole company")),
        (_("On trial"), _("It runs, and nothing is proposed against anybody.") if version.is_trial else ""),
        (_("Counts events since"), formats.day(version.anchors_from) if version.anchors_from else ""),
        (_("Open duties of the version before"), version.get_on_replace_display() if version.number > 1 else ""),
        (_("Four eyes"), four_eyes(version)),
        *((LABELS[name](), text) for name, text in read_particulars(version.text).items()),
    ]
    return [pair for pair in pairs if pair[1]]


def said_by(person: Any, at: Any) -> str:
    day = formats.day(clock.local_date(at)) if at else ""
    return _("%(name)s, %(day)s") % {"name": person.name, "day": day} if person else str(day)


def period(version: Version) -> str:
    if version.effective_on is None:
        return ""
    since = _("from %(day)s") % {"day": formats.day(version.effective_on)}
    if version.until_on is None:
        return since
    return _("%(since)s to %(day)s, the last day included") % {"since": since, "day": formats.day(version.until_on)}


def four_eyes(version: Version) -> str:
    """Where nobody else could approve, one person may do both, and it is said."""
    is_own = version.drafted_by_id is not None and version.drafted_by_id == version.approved_by_id
    return _("Drafted and approved by the same person; nobody else could approve.") if is_own else ""


def access_standing(key: str, number: str) -> Version:
    """The version asked for, or the one in force; Missing for drafts and what is not there."""
    book = Rulebook.objects.filter(key=key).first()
    if book is None:
        raise Missing()
    rows = book.versions.exclude(state=VersionState.DRAFT).select_related("rulebook", "drafted_by", "approved_by")
    if number:
        rows = rows.filter(number=int(number)) if number.isdecimal() and len(number) < 6 else rows.none()
    holding = rows.filter(id__in=versions_that_hold(book.pk)).order_by("effective_on").first()
    found = holding or rows.order_by("-number").first()
    if found is None:
        raise Missing()
    return found


def confirm(request: ActorRequest, key: str) -> HttpResponse:
    """Only sent by the button: opening the page is no confirmation."""
    version = access_standing(key, request.POST.get("version", ""))
    if request.method == "POST":
        once(
            request, f"rulebook:read:{version.pk}", lambda: {"id": confirm_reading(version.pk, actor=request.actor).pk}
        )
        ui.toast(request, _("Your confirmation is kept."))
    return ui.go(request, f"/rulebooks/{key}?version={version.number}")


def readers(request: ActorRequest, key: str) -> HttpResponse:
    """Who has confirmed and who has not, for those who keep the rulebooks."""
    version = access_standing(key, request.GET.get("version", ""))
    waiting = not_yet(version)
    read = version.readings.select_related("staff").order_by("-confirmed_at", "-id")
    context = {
        "book": version.rulebook,
        "title": version.rulebook.title_for(request.actor),
        "version": version,
        "waiting": list(waiting.values_list("name", "number")[:MOST]),
        "waiting_count": waiting.count(),
        "read": list(read[:MOST]),
        "read_count": read.count(),
        "most": MOST,
    }
    return ui.page(request, "rulebooks/readers.html", context)


def end(request: ActorRequest, key: str) -> HttpResponse:
    """Switching a version off from a day, with the reason."""
    version = access_standing(key, request.POST.get("version", "") or request.GET.get("version", ""))
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        last_on = day_given(request.POST.get("last_on"), "last_on", errors)
        if not errors and last_on is None:
            errors["last_on"] = [_("Choose the last day.")]
        if last_on and not errors:
            errors = _end(request, version, last_on)
        if not errors:
            ui.toast(request, _("Switched off. It raises and forbids nothing after its last day."))
            return ui.go(request, f"/rulebooks/{key}")
    context = {
        "book": version.rulebook,
        "title": version.rulebook.title_for(request.actor),
        "version": version,
        "typed": request.POST or {"last_on": clock.today().isoformat()},
        "errors": errors,
    }
    return ui.page(request, "rulebooks/switch_off.html", context, status=422 if errors else 200)


def _end(request: ActorRequest, version: Version, last_on: Any) -> dict[str, list[Any]]:
    def perform() -> dict[str, Any]:
        return {"id": switch_off(version.pk, actor=request.actor, last_on=last_on, why=request.POST.get("why", "")).pk}

    try:
        once(request, f"rulebook:end:{version.pk}", perform)
    except Invalid as problem:
        return problem.errors
    return {}
