"""Who is asking, in which language. One query for session and person, two when this process sees the session first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import translation

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed
from guanxi.base.ui.errors import refused_response

from . import factors, sessions, stamps
from .addresses import address_of
from .models import Account
from .sessions import SEEN, SINCE
from .web import ActorRequest, access_of
from .who import Who, who_is

Respond = Callable[[HttpRequest], HttpResponse]
# Nothing here has a use for them; what a proxy in between makes of them is nobody's business.
NEVER = ("TRACE", "TRACK", "CONNECT")


class Language:
    """The cookie decides before sign-in and after; it is written at sign-in from the account's own choice."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in NEVER:
            return HttpResponseNotAllowed(["GET", "POST"])
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        if request.path.startswith("/api/"):
            wanted = translation.get_language_from_request(request)
        code = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.respond(request)
        response.headers.setdefault("Content-Language", code)
        return response


class SignedIn:
    """Sets `request.user` and `request.actor`; refuses views that don't say who may open them."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with stamps.held():
            who = who_of_session(request)
            request.user = cast(Any, who.account if who else AnonymousUser())
            actor = actor_of(who.account, request) if who else Actor("", "anonymous")
            if who:
                who.hand_to(actor)
                stamps.brought(who.stamps)
            cast(ActorRequest, request).actor = actor
            return self.respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        access = access_of(view)
        if access is None:
            # Raised here it would pass by the error pages: middleware runs outside them.
            return refused_response(request, NotAllowed(code="undeclared_view"))
        if access.who in ("public", "token"):
            return None
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if request.user.must_change_password and request.resolver_match.view_name not in FIRST_PASSWORD:
            return HttpResponseRedirect("/change-password")
        if request.session.get(factors.TO_SET_UP) and request.resolver_match.view_name not in FIRST_FACTOR:
            return HttpResponseRedirect("/settings/second-factor")
        return None


FIRST_PASSWORD = {"account_change_password", "account_logout", "org:language"}
# Who takes longer than ten minutes to find an app is asked again who is there.
FIRST_FACTOR = FIRST_PASSWORD | {"org:own-factor", "org:confirm"}


def who_of_session(request: HttpRequest) -> Who | None:
    """Ends sessions that idled too long, whose account was closed, whose password or second factor changed."""
    session = request.session
    if SESSION_KEY not in session or BACKEND_SESSION_KEY not in session:
        return None
    who: Who | None = getattr(session, "who", None) or who_is(session[SESSION_KEY])
    if who is None or not _holds(session, who.account):
        session.flush()
        return None
    now = sessions.seconds()
    # Written at most once a minute: reading a page should not cost a write.
    if now - session.get(SEEN, 0) > 60:
        session[SEEN] = now
        session.setdefault(SINCE, now)
    if session.session_key:
        sessions.remember(session.session_key, who.account.pk)
    return who


def _holds(session: Any, account: Account) -> bool:
    return (
        sessions.speaks_for(account, session) and factors.is_passed(session, account) and not sessions.is_over(session)
    )


def actor_of(account: Account, request: HttpRequest, via: str = "web") -> Actor:
    staff = getattr(account, "staff", None)
    return Actor(
        label=staff.name if staff else account.login,
        via=via,
        account_id=account.pk,
        staff_id=staff.id if staff else None,
        address=address_of(request),
        language=getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE),
    )


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """A whole page goes to the sign-in; a part of a page says so, and the script keeps what was typed."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Trigger": "session-ended", "HX-Reswap": "none"})
    wanted = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"/sign-in?next={quote(wanted)}")
