"""The message centre: what the ladder and colleagues tell, with an unread count on every page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest

from ..actions import mark_read
from ..queries import messages_of, unread_count


def centre(request: ActorRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    only_unread = request.GET.get("show") == "unread"
    groups, more = messages_of(
        request.actor, before=int(before) if before.isdecimal() and len(before) < 18 else None, only_unread=only_unread
    )
    context = {"groups": groups, "more": more, "only_unread": only_unread, "unread": unread_count(request.actor)}
    return ui.page(request, "messaging/centre.html", context)


def unread(request: ActorRequest) -> HttpResponse:
    return ui.page(request, "messaging/unread.html", {"count": unread_count(request.actor)})


@sent_once
def read(request: ActorRequest) -> HttpResponse:
    ids = [int(i) for i in request.POST.getlist("id") if i.isdecimal() and len(i) < 18]
    count = mark_read(ids or None, actor=request.actor)
    ui.toast(request, _("%(count)s messages read.") % {"count": count})
    return ui.go(request, "/messages")
