"""The first page of an empty installation (DEMO=0): whoever reads the terminal becomes its administrator."""

from __future__ import annotations

from dataclasses import asdict
from hmac import compare_digest

from allauth.account.internal import flows
from allauth.account.models import Login
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guanxi.base import ui
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.limits import Limit, take
from guanxi.base.org.web import public
from guanxi.edge.ops.people import Founder, is_unclaimed, set_up

CODE = settings.DATA_DIR / "setup_code"
TRIES = 10


@public
@require_http_methods(["GET", "POST"])
def first_page(request: HttpRequest) -> HttpResponse:
    """Not there once somebody can sign in."""
    if not is_unclaimed():
        raise Missing()
    if request.method == "GET":
        return _show(request, Founder("", "", "", ""), errors={})
    sent = {field: request.POST.get(field, "").strip() for field in ("company", "name", "login")}
    founder = Founder(**sent, password=request.POST.get("password", ""))
    try:
        _check_code(request.POST.get("code", ""))
        account = set_up(founder, actor=Actor.system("set-up"))
    except Invalid as refused:
        return _show(request, founder, errors=refused.errors)
    CODE.unlink(missing_ok=True)
    return flows.login.perform_login(request, Login(user=account))


def _check_code(sent: str) -> None:
    if not take(Limit("set-up", "code", TRIES)):
        raise Invalid({"code": [_("Too many failed attempts. Wait 15 minutes.")]})
    known = CODE.read_text().strip() if CODE.exists() else ""
    if not known or not compare_digest(sent.strip().lower().encode(), known.encode()):
        raise Invalid({"code": [_("This is not the code shown in the terminal.")]})


def _show(request: HttpRequest, founder: Founder, *, errors: dict[str, list[object]]) -> HttpResponse:
    entered = {name: value for name, value in asdict(founder).items() if name != "password"}
    context = {"entered": entered, "errors": errors}
    return ui.page(request, "ops/set_up.html", context, status=422 if errors else 200)
