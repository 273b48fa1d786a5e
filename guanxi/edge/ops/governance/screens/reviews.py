"""Reviews of rights: begun, gone through line by line, closed, taken out as a file (SEC-05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.models import Post
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs
from guanxi.base.ui import formats

from ...screens.sending import send
from ..freezing import ended_since
from ..models import AccessReview, LineState, ReviewLine
from ..reviewing import begin_review, close_review, confirm_lines, due_on, end_rights, mark_corrected, object_to
from ..tables import as_file, heads_of_review, take_out_review
from ..wording import Words

HOME = "/settings/security/reviews"
PAGE = 60
TONES = {"open": "open", "objected": "late", "confirmed": "done", "corrected": "done"}
NARROWED: dict[str, Q] = {
    "open": Q(state=LineState.OPEN),
    "changed": Q(is_new=True) | ~Q(fresh=[]) | ~Q(gone=[]),
    "objected": Q(state=LineState.OBJECTED),
    "all": Q(),
}
LEFT = [LineState.OPEN, LineState.OBJECTED]


@needs("security", "read")
def review_list(request: ActorRequest) -> HttpResponse:
    return listed(request, {})


def listed(request: ActorRequest, errors: dict[str, list[Any]]) -> HttpResponse:
    reviews = AccessReview.objects.select_related("begun_by", "closed_by").annotate(
        total=Count("lines"), left=Count("lines", filter=Q(lines__state__in=LEFT))
    )
    is_free = not AccessReview.objects.filter(closed_at=None).exists()
    context = {
        "reviews": reviews.order_by("-id")[:50],
        "due": due_on(),
        "is_late": due_on() < clock.today(),
        "errors": errors,
        "may_begin": is_free and may(request.actor, "security", "update"),
    }
    return ui.page(request, "ops/governance/reviews.html", context, status=422 if errors else 200)


@needs("security", "update")
@require_POST
def begin(request: ActorRequest) -> HttpResponse:
    sent = send(request, "review:begin", lambda: begin_review(actor=request.actor))
    if sent.errors:
        return listed(request, sent.errors)
    ui.toast(request, _("The list is frozen. Go through its lines."))
    # Only one is open at a time: also when the form was sent before.
    begun = AccessReview.objects.filter(closed_at__isnull=True).first()
    return ui.go(request, f"{HOME}/{begun.pk}" if begun else HOME)


def _review(review_id: int) -> AccessReview:
    found = AccessReview.objects.select_related("begun_by", "closed_by").filter(id=review_id).first()
    if found is None:
        raise Missing()
    return found


@needs("security", "read")
def review_page(request: ActorRequest, review_id: int) -> HttpResponse:
    return shown(request, _review(review_id), {})


def shown(request: ActorRequest, review: AccessReview, errors: dict[str, list[Any]]) -> HttpResponse:
    rows = ReviewLine.objects.filter(review=review)
    counts = rows.aggregate(**{name: Count("id", filter=condition) for name, condition in NARROWED.items()})
    wanted = request.GET.get("show", "open" if counts["open"] else "all")
    chosen = wanted if wanted in NARROWED else "all"
    page = page_of(request.GET.get("page", ""))
    found = rows.filter(NARROWED[chosen]).select_related("staff", "decided_by").order_by("id")
    lines = list(found[PAGE * page : PAGE * (page + 1) + 1])
    words = Words()
    context = {
        "review": review,
        "tabs": _tabs(review, counts, chosen),
        "chosen": chosen,
        "lines": [words.whole(line) for line in lines[:PAGE]],
        "paging": _paging(review, chosen, page, len(lines)),
        "left": counts["open"] + counts["objected"],
        "ended": ended_since(review),
        "may_decide": review.closed_at is None and may(request.actor, "security", "update"),
        "me": request.actor.staff_id,
        "errors": errors,
        "tones": TONES,
    }
    return ui.page(request, "ops/governance/review.html", context, status=422 if errors else 200)


def page_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _tabs(review: AccessReview, counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    labels = {
        "open": _("To be reviewed"),
        "changed": _("Changed since the last review"),
        "objected": _("To be corrected"),
        "all": _("All"),
    }
    return [
        {"label": label, "href": f"{HOME}/{review.pk}?show={key}", "current": key == chosen, "count": counts[key]}
        for key, label in labels.items()
    ]


def _paging(review: AccessReview, chosen: str, page: int, found: int) -> ui.Paging:
    base = f"{HOME}/{review.pk}?show={chosen}&page="
    newer = f"{base}{page - 1}" if page else ""
    return ui.Paging(newer=newer, older=f"{base}{page + 1}" if found > PAGE else "", shown=min(found, PAGE))


@needs("security", "update")
@require_POST
def confirm(request: ActorRequest, review_id: int) -> HttpResponse:
    review = _review(review_id)
    ids = [int(text) for text in request.POST.getlist("line") if text.isascii() and text.isdecimal() and len(text) < 19]
    sent = send(request, f"review:confirm:{review_id}", lambda: confirm_lines(review_id, ids, actor=request.actor))
    if sent.errors:
        _refused(sent.refusal)
        return shown(request, review, sent.errors)
    ui.toast(request, _("Confirmed."))
    return ui.go(request, f"{HOME}/{review_id}")


def _refused(refusal: Any) -> None:
    """What is not allowed is a page of its own, not a fault of the form."""
    if refusal is not None and refusal.status in (403, 404):
        raise refusal


@needs("security", "update")
@require_POST
def close(request: ActorRequest, review_id: int) -> HttpResponse:
    review = _review(review_id)
    sent = send(request, f"review:close:{review_id}", lambda: close_review(review_id, actor=request.actor))
    if sent.errors:
        return shown(request, review, sent.errors)
    ui.toast(request, _("The review is closed. The next one is due on %(day)s.") % {"day": formats.day(due_on())})
    return ui.go(request, HOME)


STEPS: dict[str, Callable[..., ReviewLine]] = {
    "object": object_to,
    "corrected": mark_corrected,
    "end": end_rights,
}


@needs("security", "update")
@require_http_methods(["GET", "POST"])
def line_page(request: ActorRequest, line_id: int) -> HttpResponse:
    line = ReviewLine.objects.select_related("staff", "review", "decided_by").filter(id=line_id).first()
    if line is None:
        raise Missing()
    errors: dict[str, list[Any]] = {}
    if request.method == "POST":
        step, note = STEPS.get(request.POST.get("step", ""), object_to), request.POST.get("note", "")
        sent = send(request, f"review:line:{line_id}", lambda: step(line_id, note=note, actor=request.actor))
        if sent.is_done:
            ui.toast(request, _("Noted."))
            return ui.go(request, f"{HOME}/{line.review_id}")
        _refused(sent.refusal)
        errors = sent.errors
    context = Words().whole(line) | {
        "errors": errors,
        "typed": request.POST,
        "is_own": line.staff_id == request.actor.staff_id,
        "is_open": line.state in LEFT and line.review.closed_at is None,
        "may_end": _may_end(request, line),
        "role_url": _role_url(request, line),
        "tones": TONES,
    }
    return ui.page(request, "ops/governance/line.html", context, status=422 if errors else 200)


def _may_end(request: ActorRequest, line: ReviewLine) -> bool:
    wants = {"post": ("staff", "update"), "token": ("account", "update")}.get(line.origin)
    return wants is not None and may(request.actor, *wants)


def _role_url(request: ActorRequest, line: ReviewLine) -> str:
    """Where the rights of a post come from."""
    if line.origin != "post" or not may(request.actor, "role", "read"):
        return ""
    role_id = Post.objects.filter(id=line.origin_id).values_list("role_id", flat=True).first()
    return f"/settings/roles/{role_id}" if role_id else ""


@needs("security", "read")
@require_GET
def review_file(request: ActorRequest, review_id: int) -> HttpResponse:
    review = _review(review_id)
    rows = take_out_review(review, actor=request.actor)
    return as_file(_("Review of rights %(number)s") % {"number": review.pk}, heads_of_review(), rows)
