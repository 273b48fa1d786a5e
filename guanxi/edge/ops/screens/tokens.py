"""API tokens of one's own account: created, shown once, ended."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org import sessions
from guanxi.base.org.models import Account, ApiToken
from guanxi.base.org.own_screens import confirm_address
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.tokens import end_token, give_token
from guanxi.base.org.web import ActorRequest, signed_in

from .sending import send

LIVES = {"30": gettext_lazy("30 days"), "90": gettext_lazy("90 days"), "365": gettext_lazy("One year")}
MOST = 20


@signed_in
@require_http_methods(["GET", "POST"])
def own_tokens(request: ActorRequest) -> HttpResponse:
    shown: list[str] = []
    errors: dict[str, list[Any]] = {}
    is_confirmed = sessions.is_confirmed(request.session)
    if request.method == "POST" and not is_confirmed:
        return ui.go(request, confirm_address(request.path))
    if request.method == "POST":
        sent = send(request, "token:give", lambda: shown.append(_give(request)))
        errors = sent.errors
        if sent.is_repeated:
            errors = {"": [_("This token was shown already. End it and create another one if you lost it.")]}
    live = ApiToken.objects.filter(account_id=request.actor.account_id, ended_at=None)
    context = {
        "tokens": live.order_by("-id"),
        "shown": shown[0] if shown else "",
        "errors": errors,
        "typed": request.POST if errors else {},
        "lives": list(LIVES.items()),
        "now": clock.now(),
        "confirm": "" if is_confirmed else confirm_address(request.path),
    }
    return ui.page(request, "ops/tokens.html", context, status=422 if errors else 200)


def _give(request: ActorRequest) -> str:
    name = request.POST.get("name", "").strip()
    life = request.POST.get("days", "")
    if not name or len(name) > 80:
        raise Invalid({"name": [_("Give it a name of at most 80 characters, such as the program that uses it.")]})
    if life not in LIVES:
        raise Invalid({"days": [_("Choose one of the list.")]})
    account = cast(Account, request.user)
    if ApiToken.objects.filter(account=account, ended_at=None).count() >= MOST:
        raise Invalid({"": [_("You have many tokens already. End those you no longer need.")]})
    may_write = request.POST.get("may_write") == "on"
    return give_token(account, name=name, actor=request.actor, may_write=may_write, days=int(life))


@signed_in
@require_POST
@sent_once
def end(request: ActorRequest, token_id: int) -> HttpResponse:
    token = ApiToken.objects.filter(id=token_id, account_id=request.actor.account_id, ended_at=None).first()
    if token is None:
        raise Missing()
    end_token(token, actor=request.actor)
    ui.toast(request, _("The token has ended; programs that use it are refused from now on."))
    return ui.go(request, "/settings/tokens")
