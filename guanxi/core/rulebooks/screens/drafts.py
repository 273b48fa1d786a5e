"""Writing a rulebook: a text in YAML with every problem beside it, and its values as a form."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.org.scopes import may
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.criteria.problems import Problem
from guanxi.base.records.criteria.wording import say

from ..actions import save_draft
from ..checking import Faulty, check
from ..engine.filling import given_parameters
from ..engine.yaml_text import LARGEST
from ..models import Rulebook, Version, VersionState
from ..packs import pack_keys, pack_text
from .books import access_rulebook, title_of
from .gestures import once
from .given import remark_for

STARTER = """rulebook: my-rules
title:
source:
rules:
  - id: first-clause
    article:
    topic: callback
    subject: file-form
    when: completed
    by: owner
    steps:
      - {due: 3 days, purpose: }
    evidence: {activity: [call, visit], with: [result, note], recorded: same day}
"""


def new_draft(request: ActorRequest) -> HttpResponse:
    """From a pack of the product, or from an empty frame."""
    pack = request.GET.get("pack", "")
    text = pack_text(pack) if pack in pack_keys() else STARTER
    return draft_form(request, None, text)


def draft(request: ActorRequest, key: str) -> HttpResponse:
    """The draft of a rulebook; when there is none, the text of its latest version to begin from."""
    book = access_rulebook(key)
    versions = book.versions.order_by("-number")
    latest = versions.filter(state=VersionState.DRAFT).first() or versions.first()
    return draft_form(request, book, latest.text if latest else STARTER)


def draft_form(request: ActorRequest, book: Rulebook | None, text: str) -> HttpResponse:
    if request.method != "POST":
        return draft_page(request, book, text)
    given = text_given(request)
    # Bytes are what could not be decoded: shown with marks in place of what was lost, they must never be kept.
    if request.POST.get("act") == "check" or isinstance(given, bytes):
        problems = check(given)
        status = 422 if problems else 200
        return draft_page(request, book, readable(given), problems=problems, is_checked=True, status=status)
    try:
        answer = once(request, "rulebook:draft", lambda: _saved(save_draft(given, actor=request.actor)))
    except Faulty as faulty:
        return draft_page(request, book, given, problems=faulty.problems, status=422)
    ui.toast(request, _("The draft is kept. Nothing is in force before it is approved."))
    page = f"/rulebooks/{answer.data['key']}"
    return ui.go(request, f"{page}/approve" if may(request.actor, Rulebook.KIND, "approve") else page)


def _saved(version: Version) -> dict[str, Any]:
    return {"id": version.pk, "key": version.rulebook.key}


def text_given(request: ActorRequest) -> str | bytes:
    """An uploaded file goes before what stands in the text box."""
    upload = request.FILES.get("file")
    if upload is not None:
        data: bytes = upload.read(LARGEST + 1)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data
    return request.POST.get("text", "").replace("\r\n", "\n")


def readable(given: str | bytes) -> str:
    return given if isinstance(given, str) else given.decode("utf-8", "replace")


def draft_page(
    request: ActorRequest,
    book: Rulebook | None,
    text: str,
    *,
    problems: list[Problem] | None = None,
    is_checked: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "book": book,
        "title": title_of(book, request.actor) if book else "",
        "text": text,
        "lines": text.count("\n") + 1,
        "problems": [{"line": p.line, "column": p.column, "text": say(p)} for p in problems or []],
        "is_checked": is_checked,
        "parameters": [
            {"name": each.name, "value": each.value, "remark": remark_for(each.remark, request.actor)}
            for each in (given_parameters(text) if book else [])
        ],
    }
    return ui.page(request, "rulebooks/draft.html", context, status=status)
