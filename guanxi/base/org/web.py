"""What every view says about itself: who may open it. A view that says nothing is not served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed

from .scopes import may

View = TypeVar("View", bound=Callable[..., Any])


class ActorRequest(HttpRequest):
    """A request of somebody signed in; `actor` is set by the SignedIn middleware."""

    actor: Actor
    op_key: str


@dataclass(frozen=True)
class Access:
    """`who` is "public", "signed_in" or "needs"; the latter with a kind and a verb.

    "token": an address of the API. It asks for a token or a session itself, and says per method who may call.
    """

    who: str
    kind: str = ""
    verb: str = ""


def public(view: View) -> View:
    return _mark(view, Access("public"))


def signed_in(view: View) -> View:
    return _mark(view, Access("signed_in"))


def needs(kind: str, verb: str) -> Callable[[View], View]:
    """Signed in, and some role of the person has `verb` on `kind`; the single record is asked for in the view."""
    return lambda view: _mark(view, Access("needs", kind, verb))


def access_of(view: Callable[..., Any]) -> Access | None:
    return getattr(view, "access", None)


def _mark(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if access.who == "needs" and not may(cast(ActorRequest, request).actor, access.kind, access.verb):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]  # read by the middleware and the access matrix
    return cast(View, guarded)
