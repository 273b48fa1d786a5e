"""Every error in one shape: {code, message, errors, reference}. `code` is for programs, `message` for people."""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError
from pydantic import ValidationError

from guanxi.base.kernel.errors import Invalid, Missing, Refused, Stale
from guanxi.base.kernel.troubles import trouble_of

log = logging.getLogger(__name__)
Errors = Mapping[str, Sequence[Any]]

# Pydantic's own words are English and repeat what was sent; these do neither.
SENTENCES = {
    "missing": _("This field is needed."),
    "extra_forbidden": _("There is no such field here."),
    "string_too_short": _("This must not be empty."),
    "string_too_long": _("This is too long: at most %(max_length)s characters."),
    "string_pattern_mismatch": _("This text holds a character that cannot be stored."),
    "string_unicode": _("This text holds a character that cannot be stored."),
    "string_type": _("This must be a text."),
    "int_type": _("This must be a whole number."),
    "int_parsing": _("This must be a whole number."),
    "int_from_float": _("This must be a whole number."),
    "bool_type": _("This must be true or false."),
    "bool_parsing": _("This must be true or false."),
    "greater_than_equal": _("This must be at least %(ge)s."),
    "less_than_equal": _("This must be at most %(le)s."),
    "literal_error": _("This must be one of: %(expected)s."),
    "enum": _("This must be one of: %(expected)s."),
    "dict_type": _("This must be an object."),
    "model_type": _("This must be an object."),
    "model_attributes_type": _("This must be an object."),
    "timezone_aware": _("Give the time zone with the time, e.g. 2026-11-16T09:00:00+08:00."),
}
FAMILIES = {
    "datetime": _("This must be a time such as 2026-11-16T09:00:00+08:00."),
    "date": _("This must be a day such as 2026-11-16."),
    "decimal": _("This must be an amount such as 880.00."),
}
UNREADABLE = _("This entry cannot be read.")


def answer(
    request: HttpRequest, status: int, code: str, message: Any, *, errors: Errors | None = None, **more: Any
) -> HttpResponse:
    """The reference stands in the log beside route, status and code: never beside what was sent."""
    reference = secrets.token_hex(6)
    route = request.resolver_match.route if request.resolver_match else "-"
    log.info("reference %s: %s %s answered %s %s", reference, request.method, route, status, code)
    told = {field: [str(text) for text in texts] for field, texts in (errors or {}).items()}
    body = {"code": code, "message": str(message), "errors": told, "reference": reference, **more}
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")


def refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    response = answer(
        request, problem.status, problem.code, problem.message, errors=errors_of(problem), **more_of(problem)
    )
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if "retry_after" in problem.details:
        response["Retry-After"] = str(problem.details["retry_after"])
    return response


def errors_of(problem: Refused) -> Errors:
    if isinstance(problem, Invalid):
        return problem.errors
    if isinstance(problem, Stale):
        # The names alone: the present values are read again, masked as for every reader.
        return {field: [_("This was changed meanwhile.")] for field in problem.theirs}
    return {}


def more_of(problem: Refused) -> dict[str, Any]:
    return {"version": problem.version} if isinstance(problem, Stale) else {}


def unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
    return answer(request, problem.status_code, "unreadable", _("The body of the request is not the JSON this takes."))


def too_large(request: HttpRequest, problem: Exception) -> HttpResponse:
    return answer(request, 413, "too_large", _("The file or form is larger than we take in one go."))


def broken(request: HttpRequest, problem: Exception) -> HttpResponse:
    """The log gets the kind of the error and where it arose: the text of a database error repeats personal data."""
    if trouble := trouble_of(problem):
        response = answer(request, 503, trouble.code, trouble.what)
        response["Retry-After"] = str(trouble.seconds)
        return response
    response = answer(request, 500, "broken", _("Something went wrong on our side"))
    reference = json.loads(response.content)["reference"]
    where = "".join(traceback.format_tb(problem.__traceback__))
    log.error("reference %s: %s\n%s", reference, type(problem).__name__, where)
    return response


def invalid_of(sources: Iterable[tuple[str, ValidationError]]) -> Refused:
    """`sources` pair the part of the request ("body", "query", "path", "header") with what was wrong in it."""
    errors: dict[str, list[Any]] = {}
    for source, problem in sources:
        for entry in problem.errors(include_url=False, include_input=False):
            if source == "path":
                return Missing()
            errors.setdefault(_field_of(entry["loc"]), []).append(_sentence_of(entry))
    return Invalid(errors)


def _field_of(location: tuple[int | str, ...]) -> str:
    """Without the name of the parameter that holds the whole body; "" for the body itself."""
    names = location[1:] if location and location[0] in ("body", "query") else location
    return ".".join(str(name) for name in names if not _is_branch(name))


def _is_branch(name: int | str) -> bool:
    """Pydantic names the branch of a union it tried: `date`, `literal['']`, `constrained-str`."""
    return isinstance(name, str) and ("[" in name or name.startswith("constrained") or name.endswith("]"))


def _sentence_of(entry: Any) -> Any:
    kind: str = entry["type"]
    if kind in SENTENCES:
        return SENTENCES[kind] % entry.get("ctx", {})
    family = next((name for name in FAMILIES if kind.startswith(name)), "")
    return FAMILIES.get(family, UNREADABLE)
