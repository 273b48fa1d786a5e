"""What every operation has in common, so that a resource is only its function.

`@reads` and `@writes` say who may call, refuse unknown parameters and turn what the function returns into the answer.
A write runs under the caller's `Idempotency-Key`: its effect and its answer are stored together.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Header, Router
from pydantic import BaseModel
from pydantic_core import to_json

from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.web import Access, ActorRequest

from .schemas.pieces import Problem

Function = TypeVar("Function", bound=Callable[..., Any])
LONGEST_KEY = 255
JSON = "application/json"
SAFE = "GET"


@dataclass(frozen=True)
class Endpoint:
    """One operation as the matrix of the access tests sees it."""

    name: str
    method: str
    path: str
    access: Access

    @property
    def writes(self) -> bool:
        return self.method != SAFE


Endpoints = dict[tuple[str, str], Endpoint]
# Those of the product; filled when a resource is added to it (interface.py).
ENDPOINTS: Endpoints = {}


class Resource(Router):
    """The operations on one kind of thing."""

    def __init__(self) -> None:
        super().__init__()
        self.endpoints: Endpoints = {}


def needs(kind: str, verb: str) -> Access:
    return Access("needs", kind, verb)


SIGNED_IN = Access("signed_in")


def reads(router: Resource, path: str, access: Access, *, returns: Any) -> Callable[[Function], Function]:
    def mount(function: Function) -> Function:
        known = query_names(function)

        @wraps(function)
        def run(request: HttpRequest, **values: Any) -> HttpResponse:
            refuse_unknown(request, known)
            return HttpResponse(to_json(function(request, **values)), content_type=JSON)

        _mount(router, Endpoint(_name(function), SAFE, path, access), run, {200: returns}, known=function)
        return function

    return mount


def writes(
    router: Resource, method: str, path: str, access: Access, *, returns: Any = None, status: int = 200
) -> Callable[[Function], Function]:
    """`returns` None is answered with 204."""
    status = status if returns else HTTPStatus.NO_CONTENT.value

    def mount(function: Function) -> Function:
        known, name = query_names(function), _name(function)

        @wraps(function)
        def run(request: HttpRequest, *, idempotency_key: str | None, **values: Any) -> HttpResponse:
            refuse_unknown(request, known)
            answer = operations.once(
                stored_key(idempotency_key),
                actor=cast(ActorRequest, request).actor,
                name=f"api:{name}",
                payload={"operation": name, "values": {k: asked(v) for k, v in values.items()}},
                perform=lambda: told(function(request, **values)),
            )
            return written(answer, status)

        run._ninja_contribute_args = [("idempotency_key", str | None, key_header())]  # type: ignore[attr-defined]  # ninja's own hook
        _mount(router, Endpoint(name, method, path, access), run, {status: returns}, known=function)
        return function

    return mount


def _mount(
    router: Resource, endpoint: Endpoint, run: Any, answers: dict[int, Any], *, known: Callable[..., Any]
) -> None:
    """The signature is handed over resolved: ninja would look its names up in this module."""
    run.__signature__ = inspect.signature(known, eval_str=True)
    refusals = [401, 403, 404, 422, 429, 503] + ([409] if endpoint.writes else [])
    if "body" in run.__signature__.parameters:
        refusals += [400, 413]
    declared = answers | dict.fromkeys(refusals, Problem)
    router.api_operation(
        [endpoint.method],
        endpoint.path,
        response=declared,
        operation_id=endpoint.name,
        summary=endpoint.name.replace("_", " ").capitalize(),
        description=inspect.getdoc(known) or "",
    )(run)
    router.endpoints[(endpoint.method, endpoint.path)] = endpoint


def _name(function: Callable[..., Any]) -> str:
    return function.__name__


def key_header() -> Any:
    return Header(
        None,
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        description="Any text of your own, new for each change. The same key and body again give the first answer.",
    )


def stored_key(given: str | None) -> str:
    """Hashed: of any length, and apart from the keys of the forms on screen."""
    return f"api:{hashlib.sha256(given.encode()).hexdigest()}" if given else ""


def written(answer: operations.Answer, status: int) -> HttpResponse:
    body = b"" if status == HTTPStatus.NO_CONTENT else to_json(answer.data)
    response = HttpResponse(body, status=status, content_type=JSON)
    if answer.repeated:
        response["Idempotency-Replayed"] = "true"
    return response


def asked(value: Any) -> Any:
    """Of a body only what the caller wrote."""
    return value.model_dump(mode="json", exclude_unset=True) if isinstance(value, BaseModel) else value


def told(result: BaseModel | None) -> dict[str, Any]:
    return {} if result is None else result.model_dump(mode="json")


def query_names(function: Callable[..., Any]) -> frozenset[str]:
    """The parameters of the address: those of the function's `Query` model."""
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if parameter.name == "query":
            fields: Mapping[str, Any] = _model_of(parameter.annotation).model_fields
            return frozenset(fields)
    return frozenset()


def _model_of(annotation: Any) -> type[BaseModel]:
    """Of `Query[Paged]`, which is `Annotated[Paged, ...]`."""
    return getattr(annotation, "__origin__", annotation)


def refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise Invalid({name: [_("There is no such parameter here.")] for name in unknown})
