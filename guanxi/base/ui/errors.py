"""Errors as pages: what happened, what was kept, how to go on. In the reader's language, without the database."""

from __future__ import annotations

import errno
import logging
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Invalid, NeedsPermit, Refused
from guanxi.base.kernel.troubles import Trouble, trouble_of
from guanxi.base.ui import current
from guanxi.base.ui.pages import is_htmx, kept_private, render

Respond = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Problem:
    """`what` happened, what was `kept`, how to go `on`."""

    status: int
    title: Any
    what: Any
    kept: Any = ""
    on: Any = ""


NOTHING_CHANGED = _("Nothing was changed.")
PROBLEMS = {
    problem.status: problem
    for problem in (
        Problem(
            400,
            _("This request could not be read"),
            _("The address or the form reached us incomplete."),
            NOTHING_CHANGED,
            _("Go back, load the page again and repeat the step."),
        ),
        Problem(
            403,
            _("You may not do this"),
            _("Your role does not include this step."),
            NOTHING_CHANGED,
            _("If your work needs it, ask your administrator to extend your role."),
        ),
        Problem(
            404,
            _("This page is not here"),
            _("This does not exist, or it lies outside what you may see."),
            "",
            _("Check the address, or find the customer through the search."),
        ),
        Problem(
            405,
            _("This address cannot be opened like that"),
            _("It only takes the form that belongs to it."),
            NOTHING_CHANGED,
            _("Go back and press the button on the page itself."),
        ),
        Problem(
            409,
            _("This cannot be done now"),
            _("The record is in a state that does not allow it."),
            NOTHING_CHANGED,
            _("Load the page again to see how things stand."),
        ),
        Problem(
            413,
            _("This is too large"),
            _("The file or form is larger than we take in one go."),
            _("Nothing of it was stored."),
            _("Split the file into smaller ones and send them one after the other."),
        ),
        Problem(
            422,
            _("Some entries need another look"),
            _("The form was not accepted as it stands."),
            _("Nothing was saved."),
            _("Go back, correct the entries and send the form again."),
        ),
        Problem(
            500,
            _("Something went wrong on our side"),
            _("The step was broken off, and the fault has been recorded."),
            _("What was saved before is safe; this step was undone completely."),
            _("Try again in a moment."),
        ),
        Problem(
            507,
            _("There is too little room on the disk"),
            "",
            _("Nothing was stored."),
            _("Please tell an administrator, and try again later."),
        ),
        Problem(
            503,
            _("The service is resting for a moment"),
            _("The database is restarting or is under maintenance."),
            _("What was saved before is safe."),
            _("Try again in a minute."),
        ),
    )
}
CONSENT = Problem(
    409,
    _("This needs consent first"),
    "",
    NOTHING_CHANGED,
    _("Once it is permitted, do the step again."),
)
EXPIRED = Problem(
    403,
    _("This form has grown old"),
    _("It was opened before you last signed in, so we could not be sure that it came from you."),
    NOTHING_CHANGED,
    _("Go back, load the page again and send the form once more."),
)
# As the driver says it of texts, and the server of JSON.
NUL = ("NUL (0x00)", "\\u0000")
LAST_WORD = (
    "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>500</title>"
    "<h1>系统出了点问题</h1><p>已保存的内容不受影响，请稍后再试。</p>"
    "<h1 lang='en'>Something went wrong on our side</h1><p lang='en'>What was saved is safe. Try again in a moment.</p>"
)


class ErrorPages:
    """Outermost: knows the request for the components, turns what rooms raise into pages, keeps pages out of caches."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with current.serving(request):
            response = self.respond(request)
            if response.status_code == 405 and not response.content:
                response = with_allow(problem_response(request, PROBLEMS[405]), response)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refused_response(request, exception)
        if isinstance(exception, RequestDataTooBig):
            return problem_response(request, PROBLEMS[413])
        if isinstance(exception, OSError) and exception.errno in (errno.ENOSPC, errno.EDQUOT):
            return problem_response(request, PROBLEMS[507])
        if isinstance(exception, DataError | ValueError) and any(sign in str(exception) for sign in NUL):
            # No text column can hold it and no keyboard types it: whoever sends it is told that the request is odd.
            return problem_response(request, PROBLEMS[400])
        return None


def with_allow(page: HttpResponse, bare: HttpResponse) -> HttpResponse:
    page["Allow"] = bare.get("Allow", "")
    return page


def refused_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    """What a room refused and did not show itself: its own sentence, in the frame for its status."""
    if asks_for_json(request):
        return JsonResponse({"code": refused.code, "message": str(refused.message)}, status=refused.status)
    problem = CONSENT if isinstance(refused, NeedsPermit) else problem_of(refused.status)
    more = [sentence for sentence in sentences_of(refused) if sentence != str(problem.what)]
    return problem_response(
        request, problem, sentences=more, wanted=refused if isinstance(refused, NeedsPermit) else None
    )


def problem_of(status: int) -> Problem:
    """One without words of its own says those of the nearest, and keeps its number."""
    return PROBLEMS.get(status) or replace(PROBLEMS[409], status=status)


def sentences_of(refused: Refused) -> list[str]:
    if isinstance(refused, Invalid):
        return [str(text) for texts in refused.errors.values() for text in texts]
    return [str(refused.message)] if refused.message else []


def asks_for_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def problem_response(
    request: HttpRequest,
    problem: Problem,
    *,
    sentences: list[str] | None = None,
    reference: str = "",
    wanted: NeedsPermit | None = None,
) -> HttpResponse:
    part = is_htmx(request)
    template = "ui/errors/body.html" if part else "ui/errors/page.html"
    values = {
        "request": request,
        "problem": problem,
        "sentences": sentences or [],
        "reference": reference,
        # The clause that wants consent, and where to ask for it; nowhere for steps on no single record.
        "clause": wanted.details.get("clause", "") if wanted else "",
        "ask": f"/permits/new/{wanted.kind}/{wanted.verb}/{wanted.subject}"
        if wanted and wanted.verb and wanted.subject
        else "",
        "back": page_before(request),
        "is_part": part,
    }
    with current.serving(request):
        response = HttpResponse(render(template, values), status=problem.status)
    # The script shows answers with this header in a dialog, so the page below keeps what was typed.
    response["X-Problem"] = str(problem.status)
    return kept_private(response)


def page_before(request: HttpRequest) -> str:
    """The path of the page that led here, if it was one of ours and another one."""
    before = urlsplit(request.headers.get("Referer", ""))
    # Not get_host(): it refuses a wrong host name, and this runs while that very refusal is being shown.
    ours = before.netloc == (request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME"))
    if not ours or before.path == request.path or not before.path.startswith("/"):
        return ""
    return before.path + (f"?{before.query}" if before.query else "")


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    too_large = isinstance(exception, RequestDataTooBig)
    return problem_response(request, PROBLEMS[413 if too_large else 400])


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, PROBLEMS[403])


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, PROBLEMS[404])


def handler500(request: HttpRequest) -> HttpResponse:
    reference = secrets.token_hex(4)
    trouble = trouble_of(sys.exc_info()[1])
    log.error("reference %s: request failed", reference)
    try:
        return troubled(request, trouble, reference) if trouble else broken(request, reference)
    except Exception:
        # Whatever broke the page may break its error page too; these words need nothing.
        log.exception("reference %s: the error page failed", reference)
        return HttpResponse(LAST_WORD, status=500)


def broken(request: HttpRequest, reference: str) -> HttpResponse:
    return problem_response(request, PROBLEMS[500], reference=reference)


def troubled(request: HttpRequest, trouble: Trouble, reference: str) -> HttpResponse:
    """The database did not do it, so nothing is half done. Says why, and to programs when to try again."""
    if request.path.startswith("/api/") or asks_for_json(request):
        # Raised before the interface was asked; it says the same (api/problems.py).
        told = {"code": trouble.code, "message": str(trouble.what), "errors": {}, "reference": reference}
        response: HttpResponse = JsonResponse(told, status=503)
    else:
        kept = _("What was saved before is safe; this step was undone completely.")
        problem = Problem(503, trouble.title, trouble.what, kept, trouble.on)
        response = problem_response(request, problem, reference=reference)
    response["Retry-After"] = str(trouble.seconds)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if asks_for_json(request):
        return JsonResponse({"code": "csrf", "message": str(EXPIRED.what)}, status=403)
    return problem_response(request, EXPIRED)
