"""Writing a rulebook: a text in YAML with every problem beside it, a dry run, and the approval with its seal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.dates import read_date
from guanxi.base.kernel.errors import Invalid, Missing, Unreadable
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.criteria.problems import Problem
from guanxi.base.records.criteria.wording import say

from ..actions import approve_version, save_draft
from ..catalogue import current_catalogue
from ..checking import Faulty, WouldRaise, check, dry_run
from ..engine.reader import read_rulebook
from ..engine.yaml_text import LARGEST
from ..models import CatchUp, Rulebook, Version, VersionState
from ..packs import pack_keys, pack_text
from .books import access_rulebook, title_of
from .gestures import once
from .rows import numbered

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
    return ui.go(request, f"/rulebooks/{answer.data['key']}/approve")


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
    }
    return ui.page(request, "rulebooks/draft.html", context, status=status)


def approve(request: ActorRequest, key: str) -> HttpResponse:
    book = access_rulebook(key)
    version = book.versions.filter(state=VersionState.DRAFT).first()
    if version is None:
        raise Missing(_("There is no draft of this rulebook to approve."))
    typed, errors = choices(request, version)
    if request.method == "POST" and not errors:
        errors = _approve(request, version, typed)
        if not errors:
            ui.toast(request, _("Approved. Its duties are being raised."))
            return ui.go(request, f"/rulebooks/{key}")
    context: dict[str, Any] = {
        "book": book,
        "title": title_of(book, request.actor),
        "version": version,
        "typed": typed,
        "errors": errors,
        "catch_ups": CatchUp.choices,
    }
    if request.GET.get("part") == "figures":
        return ui.page(request, "rulebooks/approve.html", context | figures(version, typed, errors), block="figures")
    is_refused = bool(errors) and request.method == "POST"
    return ui.page(request, "rulebooks/approve.html", context, status=422 if is_refused else 200)


def _approve(request: ActorRequest, version: Version, typed: dict[str, Any]) -> dict[str, list[Any]]:
    def perform() -> dict[str, Any]:
        approve_version(
            version.pk,
            actor=request.actor,
            effective_on=typed["effective_on"],
            anchors_from=typed["anchors_from"],
            catch_up=typed["catch_up"],
        )
        return {}

    try:
        once(request, f"rulebook:approve:{version.pk}", perform)
    except Invalid as problem:
        return problem.errors
    return {}


def choices(request: ActorRequest, version: Version) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The approver's three answers, from the form or as first proposed."""
    given = request.POST if request.method == "POST" else request.GET
    errors: dict[str, list[Any]] = {}
    book = read_rulebook(version.text, current_catalogue())[0]
    proposed = max(book.effective if book and book.effective else clock.today(), clock.today())
    effective = _day(given.get("effective_on"), "effective_on", errors) or (None if errors else proposed)
    typed: dict[str, Any] = {
        "effective_on": effective,
        "anchors_from": _day(given.get("anchors_from"), "anchors_from", errors)
        if "anchors_from" in given
        else _counted_so_far(version),
        "catch_up": given.get("catch_up") or str(CatchUp.FOLD),
    }
    return typed, errors


def _counted_so_far(version: Version) -> date | None:
    """Since when the version in force counts: left to its own day, the next would forget events that are filed late."""
    before = version.rulebook.versions.filter(state=VersionState.APPROVED).order_by("-number").first()
    return (before.anchors_from or before.effective_on) if before else None


def _day(text: str | None, field: str, errors: dict[str, list[Any]]) -> date | None:
    if not (text or "").strip():
        return None
    try:
        return read_date(str(text).strip(), today=clock.today(), may_be_future=True)
    except Unreadable as problem:
        errors[field] = [problem.message]
        return None


def figures(version: Version, typed: dict[str, Any], errors: dict[str, list[Any]]) -> dict[str, Any]:
    """What each clause would raise today with these answers."""
    if errors:
        return {"would": []}
    since = typed["anchors_from"] or typed["effective_on"]
    try:
        found = dry_run(version.text, anchors_from=since, skips_past=typed["catch_up"] == CatchUp.SKIP)
    except Faulty as faulty:
        return {"would": [], "problems": faulty.problems}
    return {"would": [_line(would) for would in found]}


def _line(would: WouldRaise) -> dict[str, Any]:
    number, words = numbered(would.article)
    return {"number": number, "words": words, "waits_for": would.waits_for, **dict.fromkeys(COUNTED, 0), **would.counts}


COUNTED = ("raised", "caught_up", "without_assignee")
