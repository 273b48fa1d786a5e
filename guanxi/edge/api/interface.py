"""The interface as a whole: its operations, how it reads bodies, how it tells errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationErrorContext
from ninja.parser import Parser
from ninja.security import HttpBearer

from guanxi.base.kernel.errors import Missing, NotAllowed, Refused
from guanxi.base.org.scopes import may
from guanxi.base.org.web import Access

from . import problems
from .authentication import caller_of, require_writing
from .endpoint import ENDPOINTS, Endpoint, Endpoints, Resource

DESCRIPTION = "The same queries and actions as the screens of Guanxi. Guide: docs/reference/api.md"
View = Callable[..., HttpResponse]


class StrictJson(Parser):
    """Names that come twice and figures that are none (NaN) mean different things to different readers."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, object_pairs_hook=_once_each, parse_constant=_no_figure)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name comes twice")
    return values


def _no_figure(text: str) -> None:
    raise ValueError("not a figure")


class Token(HttpBearer):
    """Only says in the document how to sign in; `serve` has asked before ninja gets the request."""

    def __call__(self, request: HttpRequest) -> bool:
        return True

    def authenticate(self, request: HttpRequest, token: str) -> bool:
        return True


class Interface(NinjaAPI):
    def validation_error_from_error_contexts(self, error_contexts: list[ValidationErrorContext]) -> Any:
        return problems.invalid_of(
            (str(context.model.__ninja_param_source__), context.pydantic_validation_error) for context in error_contexts
        )

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        match exc:
            case Refused():
                return problems.refused(request, exc)
            case HttpError():
                return problems.unreadable(request, exc)
            case RequestDataTooBig():
                return problems.too_large(request, exc)
        return problems.broken(request, exc)


def new_interface(namespace: str) -> Interface:
    return Interface(
        title="Guanxi",
        version="1",
        description=DESCRIPTION,
        urls_namespace=namespace,
        openapi_url=None,
        docs_url=None,
        auth=Token(),
        parser=StrictJson(),
    )


api = new_interface("api")


def add(resource: Resource, *, tag: str) -> None:
    api.add_router("", resource, tags=[tag])
    ENDPOINTS.update(resource.endpoints)


def serve(view: View, by_method: dict[str, Endpoint]) -> View:
    """One address. Asks who calls and whether their role includes the operation, before anything is read."""

    def served(request: HttpRequest, **values: Any) -> HttpResponse:
        try:
            endpoint = by_method.get(request.method or "")
            response = not_this_way(request, by_method) if endpoint is None else ask(view, endpoint, request, values)
        except Exception as problem:
            response = api.on_exception(request, problem)
        response["Cache-Control"] = "no-store"
        response["Vary"] = "Authorization, Cookie, Accept-Language"
        return response

    served.csrf_exempt = True  # type: ignore[attr-defined]  # sessions only read here (authentication.py)
    served.access = Access("token")  # type: ignore[attr-defined]  # read by the middleware
    served.endpoints = by_method  # type: ignore[attr-defined]  # read by the access matrix
    return served


def ask(view: View, endpoint: Endpoint, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    caller = caller_of(request)
    if endpoint.writes:
        require_writing(caller)
    access = endpoint.access
    if access.who == "needs" and not may(caller.actor, access.kind, access.verb):
        raise NotAllowed()
    request.actor = caller.actor
    return view(request, **values)


def not_this_way(request: HttpRequest, by_method: dict[str, Endpoint]) -> HttpResponse:
    message = _("This address takes: %(methods)s.") % {"methods": ", ".join(sorted(by_method))}
    response = problems.answer(request, 405, "method_not_allowed", message)
    response["Allow"] = ", ".join(sorted(by_method))
    return response


def nothing_here(request: HttpRequest, **_values: Any) -> HttpResponse:
    return problems.refused(request, Missing())


# It takes every method and does nothing: a page about forms would be no answer to a program.
nothing_here.csrf_exempt = True  # type: ignore[attr-defined]  # read by Django's middleware


def addresses(interface: NinjaAPI, endpoints: Endpoints) -> list[URLPattern]:
    """One per address; ninja gives one per operation, all of an address with the same view."""
    at = {str(pattern.pattern): pattern for pattern in interface.urls[0] if isinstance(pattern, URLPattern)}
    return [
        path(route, serve(at[route].callback, endpoints_at(route, endpoints)), name=name_of(route))
        for route in at
        if route
    ]


def name_of(route: str) -> str:
    """`customers/<int:customer_id>/activities` is `customers-one-activities`."""
    return "-".join("one" if part.startswith("<") else part for part in route.split("/"))


def endpoints_at(route: str, endpoints: Endpoints) -> dict[str, Endpoint]:
    """Of Django's `customers/<int:customer_id>`, the operations of `/customers/{int:customer_id}`."""
    address = "/" + route.replace("<", "{").replace(">", "}")
    return {method: endpoint for (method, at), endpoint in endpoints.items() if at == address}
