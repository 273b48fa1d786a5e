"""Channels: where digests and late alerts go when they leave the building."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanxi.base import ui
from guanxi.base.audit import operations
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.models import Unit
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest, needs, signed_in

from ..channels.access import access_channel
from ..channels.actions import (
    ChannelEntry,
    change_channel,
    choose_mail,
    create_channel,
    remove_channel,
    send_test,
)
from ..channels.codes import said
from ..channels.models import EMAIL, PROVIDERS, STATES, Channel, Delivery, MailChoice
from ..queries import mail_of

LATEST = 30
TONES = {"sent": "done", "failed": "late", "unknown": "late"}
Errors = dict[str, list[Any]]


@needs("channel", "read")
def channels(request: ActorRequest) -> HttpResponse:
    found = Channel.objects.filter(removed_at=None).order_by("-is_active", "name")
    context = {
        "channels": list(found),
        "units": dict(Unit.objects.values_list("id", "name")),
        "may_create": may(request.actor, "channel", "create"),
        "tones": TONES,
        "states": dict(STATES),
    }
    return ui.page(request, "messaging/channels.html", context)


@needs("channel", "create")
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    provider = request.GET.get("provider", "")
    typed: dict[str, Any] = {"provider": provider if provider in dict(PROVIDERS) else "", "digest_at": "08:30"}
    typed |= {"language": settings.LANGUAGE_CODE, "is_active": "on", "late_alerts": "on"}
    if request.method != "POST":
        return _form(request, None, typed)
    errors = _once(request, "channel:create", lambda: {"id": create_channel(read(request), actor=request.actor).pk})
    if errors:
        return _form(request, None, _typed(request), errors)
    ui.toast(request, _("Saved. Send a test message to see whether it arrives."))
    return ui.go(request, "/channels")


@needs("channel", "read")
@require_http_methods(["GET", "POST"])
def channel(request: ActorRequest, channel_id: int) -> HttpResponse:
    found = access_channel(request.actor, channel_id, to="update" if request.method == "POST" else "read")
    if request.method != "POST":
        return _form(request, found, _kept(found))

    def perform() -> dict[str, Any]:
        change_channel(channel_id, read(request, found.provider), actor=request.actor)
        return {}

    errors = _once(request, f"channel:change:{channel_id}", perform)
    if errors:
        return _form(request, found, _typed(request), errors)
    ui.toast(request, _("Saved."))
    return ui.go(request, f"/channels/{channel_id}")


@needs("channel", "update")
@require_POST
def test(request: ActorRequest, channel_id: int) -> HttpResponse:
    access_channel(request.actor, channel_id, to="update")
    operations.once(
        request.POST.get("op_key", ""),
        actor=request.actor,
        name=f"channel:test:{channel_id}",
        payload={},
        perform=lambda: send_test(channel_id, actor=request.actor) or {},
    )
    ui.toast(request, _("The test message is on its way; how it went stands below in a moment."))
    return ui.go(request, f"/channels/{channel_id}")


@needs("channel", "delete")
@require_POST
@sent_once
def remove(request: ActorRequest, channel_id: int) -> HttpResponse:
    remove_channel(channel_id, actor=request.actor)
    ui.toast(request, _("The channel is gone, and its secrets with it."))
    return ui.go(request, "/channels")


@signed_in
@require_http_methods(["GET", "POST"])
@sent_once
def own_mail(request: ActorRequest) -> HttpResponse:
    if request.method == "POST":
        wanted = {name: request.POST.get(name) == "on" for name in ("digest", "late")}
        choose_mail(**wanted, actor=request.actor)
        ui.toast(request, _("Saved."))
        return ui.go(request, "/settings/mail")
    choice = MailChoice.objects.filter(staff_id=request.actor.staff_id).first() or MailChoice()
    context = {
        "choice": choice,
        "email": mail_of(request.actor),
        "is_used": Channel.objects.filter(provider=EMAIL, is_active=True, removed_at=None).exists(),
    }
    return ui.page(request, "messaging/own_mail.html", context)


def read(request: ActorRequest, provider: str = "") -> ChannelEntry:
    post = request.POST
    return ChannelEntry(
        provider=provider or post.get("provider", ""),
        name=post.get("name", "").strip(),
        address=post.get("address", "").strip(),
        secret=post.get("secret", "").strip(),
        unit_ids=tuple(int(one) for one in post.getlist("unit_ids") if one.isdecimal() and len(one) < 16),
        language=post.get("language", ""),
        digest_at=_time(post.get("digest_at", "").strip()),
        late_alerts=post.get("late_alerts") == "on",
        is_active=post.get("is_active") == "on",
    )


def _time(text: str) -> time | None:
    if not text:
        return None
    try:
        found = time.fromisoformat(text)
    except ValueError as unreadable:
        raise Invalid({"digest_at": [_("Enter the time as 08:30.")]}) from unreadable
    if found.tzinfo:
        raise Invalid({"digest_at": [_("Enter the time as 08:30.")]})
    return found.replace(second=0, microsecond=0)


def _once(request: ActorRequest, name: str, perform: Callable[[], dict[str, Any]]) -> Errors:
    payload = {key: request.POST.getlist(key) for key in request.POST if key not in ("csrfmiddlewaretoken", "op_key")}
    try:
        operations.once(
            request.POST.get("op_key", ""), actor=request.actor, name=name, payload=payload, perform=perform
        )
    except Invalid as refused:
        return refused.errors
    except Refused as refused:
        if refused.status != 409:
            raise
        return {"": [refused.message]}
    return {}


def _typed(request: ActorRequest) -> dict[str, Any]:
    """What was typed comes back but for the secrets: those are typed again."""
    values: dict[str, Any] = request.POST.dict() | {"unit_ids": request.POST.getlist("unit_ids")}
    return values | {"address": "", "secret": ""}


def _kept(found: Channel) -> dict[str, Any]:
    kept = {name: getattr(found, name) for name in ("provider", "name", "language", "late_alerts", "is_active")}
    digest_at = found.digest_at.isoformat("minutes") if found.digest_at else ""
    return kept | {"digest_at": digest_at, "unit_ids": [str(one) for one in found.unit_ids]}


def _form(
    request: ActorRequest, found: Channel | None, typed: dict[str, Any], errors: Errors | None = None
) -> HttpResponse:
    latest: list[Delivery] = []
    if found:
        latest = list(Delivery.objects.filter(channel=found).select_related("recipient").order_by("-id")[:LATEST])
    units = Unit.objects.filter(closed_on=None).order_by("name").values_list("id", "name")
    context = {
        "channel": found,
        "typed": typed,
        "errors": errors or {},
        "providers": PROVIDERS,
        "languages": settings.LANGUAGES,
        "units": [(str(key), name) for key, name in units],
        "latest": latest,
        "tones": TONES,
        "said": said,
        "has_link": bool(settings.PUBLIC_ADDRESS),
        "rights": {verb: may(request.actor, "channel", verb) for verb in ("update", "delete")},
    }
    return ui.page(request, "messaging/channel.html", context, status=422 if errors else 200)
