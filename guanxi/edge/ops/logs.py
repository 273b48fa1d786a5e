"""What may be written to a log: what was asked for by kind, how it ended, how long it took, which account.

No path, no query, no form value, and of an exception its type and where it happened but not its
text: that of a refused insert repeats the phone number.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

from django.http import HttpRequest, HttpResponse

access = logging.getLogger("guanxi.access")
ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class AccessLog:
    """Outermost, so that it sees what every other layer answers."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.respond(request)
        access.info("%s", line(request, response.status_code, milliseconds=(time.perf_counter() - started) * 1000))
        return response


def line(request: HttpRequest, status: int, *, milliseconds: float) -> str:
    account = getattr(getattr(request, "user", None), "pk", None)
    return f"{request.method} {_route(request)} {status} {milliseconds:.0f}ms account={account or '-'}"


def _route(request: HttpRequest) -> str:
    return f"/{request.resolver_match.route}" if request.resolver_match else "-"


class Formatter(logging.Formatter):
    """Django's and the libraries' own records pass here too; see `Scrubbed` for those with a path in them."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """With its zone, so that lines of several machines can be put in order."""
        return datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds")

    def formatException(self, ei: ExceptionInfo) -> str:
        return "\n".join(_told(ei[1])) if ei[1] else ""


def _told(error: BaseException) -> list[str]:
    lines = [*_told(cause), "which led to"] if (cause := error.__cause__ or error.__context__) else []
    frames = traceback.extract_tb(error.__traceback__)
    lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    kind = type(error)
    code = getattr(error, "sqlstate", None)
    return [*lines, f"{kind.__module__}.{kind.__qualname__}{f' ({code})' if code else ''}"]


class Scrubbed(logging.Filter):
    """Django says "Not Found: /path" and hands over the request; say it with the route instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            record.msg = "%s %s %s"
            record.args = (request.method, _route(request), getattr(record, "status_code", "-"))
        return True
