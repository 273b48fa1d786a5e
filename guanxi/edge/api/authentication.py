"""Who calls: a token, or for reading also the session of the browser."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed, Refused
from guanxi.base.org import factors
from guanxi.base.org.addresses import address_of
from guanxi.base.org.middleware import actor_of
from guanxi.base.org.models import Account
from guanxi.base.org.tokens import Bearer, token_for


class NotSignedIn(Refused):
    """Answered with `WWW-Authenticate: Bearer`."""

    status = 401
    code = "not_signed_in"


class TooManyCalls(Refused):
    """Answered with `Retry-After`."""

    status = 429
    code = "too_many_calls"


@dataclass(frozen=True)
class Caller:
    actor: Actor
    may_write: bool
    by_session: bool = False


def caller_of(request: HttpRequest) -> Caller:
    """Asked anew for every request, so that an ended token or a closed account fails on the next one."""
    header = request.headers.get("Authorization")
    if header is not None:
        return _by_token(header, request)
    if request.user.is_authenticated:
        return _by_session(request)
    raise NotSignedIn(_("Send an API token in the header Authorization: Bearer."))


def _by_token(header: str, request: HttpRequest) -> Caller:
    scheme, _space, text = header.partition(" ")
    token = token_for(text.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise NotSignedIn(_("This API token is unknown, or it has ended."), code="token_unknown")
    if token.is_over:
        seconds = token.seconds_to_wait
        sentence = _("This token asked too often. Try again in %(seconds)s s.") % {"seconds": seconds}
        raise TooManyCalls(sentence, retry_after=seconds)
    # The access log names the account.
    request.user = Account(id=token.account_id, login=token.login)
    actor = actor_behind(token, request)
    token.hand_to(actor)
    return Caller(actor, token.may_write)


def actor_behind(token: Bearer, request: HttpRequest) -> Actor:
    return Actor(
        label=token.staff_name or token.login,
        via="api",
        account_id=token.account_id,
        staff_id=token.staff_id,
        address=address_of(request),
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )


def _by_session(request: HttpRequest) -> Caller:
    # A browser sends its session along with forms of other sites; without a CSRF token it may only read.
    if request.user.must_change_password:
        raise NotAllowed(_("Change your first password before you go on."), code="password_to_change")
    if request.session.get(factors.TO_SET_UP):
        raise NotAllowed(_("Set up your second factor before you go on."), code="second_factor_to_set_up")
    return Caller(actor_of(request.user, request, via="api"), may_write=False, by_session=True)


def require_writing(caller: Caller) -> None:
    if caller.may_write:
        return
    if caller.by_session:
        raise NotSignedIn(
            _("Changes through the API need a token; the browser's session only reads."), code="token_needed"
        )
    raise NotAllowed(_("This API token may only read."), code="token_reads_only")
