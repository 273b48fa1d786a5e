"""A file too large is refused before it is stored: by its announced length, and again while it streams in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

# Room for the other fields of the form beside the file.
FORM = 64 * 1024
# A browser shows our answer only after it could send its body, so a body is read away up to this size.
MOST_READ_AWAY = 512 * 1024 * 1024
CHUNK = 1024 * 1024


class LimitedUpload(TemporaryFileUploadHandler):
    """For lengths that were not announced, or not true."""

    is_too_large = False
    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.IMPORT_MAX_BYTES:
            self.is_too_large = True
            # Not a reset: the rest is read away, so that the answer arrives.
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def limit(request: HttpRequest) -> LimitedUpload:
    """Call before anything touches request.POST."""
    handler = LimitedUpload(request)
    request.upload_handlers = [handler]
    return handler


def announces_too_much(request: HttpRequest) -> bool:
    length: Any = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) > settings.IMPORT_MAX_BYTES + FORM if str(length).isdecimal() else False


def read_away(request: HttpRequest) -> None:
    left = MOST_READ_AWAY
    while left > 0 and (chunk := request.read(CHUNK)):
        left -= len(chunk)
