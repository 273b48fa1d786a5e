"""What may come with a request: bodies of a known length, large ones and files only where a view takes them.

Looked at before anybody reads: the check of the form's token would put any file on the disk first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from guanxi.base.ui.errors import PROBLEMS, Problem, asks_for_json, problem_response

Respond = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])
# Room for the marks between the fields of a form.
FORM = 64 * 1024
# A browser shows our answer only after it could send its body, so a body is read away up to this size.
MOST_READ_AWAY = 512 * 1024 * 1024
CHUNK = 1024 * 1024
WITHOUT_LENGTH = Problem(
    411,
    _("This came without its length"),
    _("The program that sent it did not say how large it is, so it was not taken in."),
    _("Nothing of it was stored."),
    _("Send it from a browser, or have the program state the length; a proxy in between must pass it on."),
)


def takes_files(view: View) -> View:
    """Marks a view that limits by itself what it takes."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by the layer below
    return view


class Bodies:
    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers:
            is_whole = read_away(request.META["wsgi.input"], most=settings.DOCUMENT_MAX_BYTES)
            return refused(request, WITHOUT_LENGTH if is_whole else PROBLEMS[413])
        return self.respond(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(view, "takes_files", False):
            return None
        if announced(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + FORM:
            read_away(request)
            return refused(request, PROBLEMS[413])
        request.upload_handlers = [NoFiles(request)]
        return None


class NoFiles(FileUploadHandler):
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    if not asks_for_json(request) and not request.path.startswith("/api/"):
        return problem_response(request, problem)
    code = "too_large" if problem.status == 413 else "no_length"
    body = {"code": code, "message": str(problem.what), "errors": {}, "reference": ""}
    return JsonResponse(body, status=problem.status)


def announced(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isdecimal() and len(length) < 19 else 0


def read_away(source: Any, *, most: int = MOST_READ_AWAY) -> bool:
    """False when it did not end within `most`."""
    left = most
    while left > 0 and (chunk := source.read(CHUNK)):
        left -= len(chunk)
    return left > 0
