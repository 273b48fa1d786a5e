"""A file too large is refused before it is stored: by its announced length, and again while it streams in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from guanxi.base.kernel.errors import Refused
from guanxi.base.ui.bodies import FORM, announced, read_away, takes_files

View = TypeVar("View", bound=Callable[..., Any])
MEGABYTE = 1024 * 1024


class LimitedUpload(TemporaryFileUploadHandler):
    """For lengths that were not announced, or not true."""

    is_too_large = False
    received = 0
    most: int | None = None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > (self.most or settings.IMPORT_MAX_BYTES):
            self.is_too_large = True
            # Not a reset: the rest is read away, so that the answer arrives.
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def limit(request: HttpRequest, most: int | None = None) -> LimitedUpload:
    """Call before anything touches request.POST."""
    handler = LimitedUpload(request)
    handler.most = most
    request.upload_handlers = [handler]
    return handler


def announces_too_much(request: HttpRequest, most: int | None = None) -> bool:
    return announced(request) > (most or settings.IMPORT_MAX_BYTES) + FORM


class TooLarge(Refused):
    status = 413
    code = "too_large"


def receives_files(most: Callable[[], int]) -> Callable[[View], View]:
    """For a view whose form brings files. Exempt from the early check of the token only because that would read the
    body; it is made here, once the size is known to be bearable."""

    def guard(view: View) -> View:
        @csrf_protect
        def take(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            handlers = request.upload_handlers
            # Reads the body, if looking for the token did not.
            bool(request.FILES)
            if any(isinstance(one, LimitedUpload) and one.is_too_large for one in handlers):
                raise too_large(most())
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        @wraps(view)
        def receive(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                if announces_too_much(request, most()):
                    read_away(request)
                    raise too_large(most())
                limit(request, most())
                return take(request, *args, **kwargs)
            answer: HttpResponse = view(request, *args, **kwargs)
            return answer

        return cast(View, takes_files(csrf_exempt(receive)))

    return guard


def too_large(most: int) -> TooLarge:
    text = _("This is more than %(limit)s MB at once. Send fewer or smaller files.")
    return TooLarge(text % {"limit": most // MEGABYTE})
