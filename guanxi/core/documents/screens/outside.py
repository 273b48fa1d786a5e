"""A file for somebody outside: for whom is asked first, and a third party gets it only with the customer's consent."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.web import ActorRequest, signed_in
from guanxi.base.records.outsiders import may_go
from guanxi.base.records.prints.outside import DID_NOT_AGREE, ask_page, of_one, recipient_of

from ..actions import readable_version
from ..naming import shown_name
from ..registry import record_for
from .sending import sent

FILE = {"heading": _("File for somebody outside"), "submit": _("Download for this recipient")}


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def for_outsiders(request: ActorRequest, document_id: int) -> HttpResponseBase:
    version = readable_version(document_id, actor=request.actor)
    document = version.document
    model = type(record_for(request.actor, document.record_kind, document.record_id))
    errors = {}
    if request.method == "POST":
        try:
            recipient = recipient_of(request)
            if not may_go(model, document.record_id, recipient):
                raise Invalid({"recipient": [DID_NOT_AGREE]})
            return sent(version, request.actor, recipient)
        except Invalid as problem:
            errors = problem.errors
    about = of_one(model, document.record_id)
    more = {"title": shown_name(document.title), "action": request.path, "back": f"/documents/{document_id}"}
    return ask_page(request, FILE | more | about, errors)
