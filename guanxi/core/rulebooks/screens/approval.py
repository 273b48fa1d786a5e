"""Approving a version: its values, its terms, what it would make happen, what it changes, and the seal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, Refused
from guanxi.base.org.models import Unit
from guanxi.base.org.repeating import sent_once
from guanxi.base.org.web import ActorRequest

from ..actions import approve_version, fill_in_values
from ..actions.terms import other_approvers
from ..catalogue import current_catalogue
from ..checking import Faulty, WouldRaise, dry_run
from ..engine.filling import given_parameters
from ..engine.reader import read_rulebook
from ..engine.rules import Rulebook as Book
from ..models import CatchUp, OnReplace, Version, VersionState
from .books import access_rulebook
from .changes import article_of, changes_of
from .gestures import once
from .given import Errors, day_given, remark_for, units_given
from .rows import numbered

COUNTED = ("raised", "caught_up", "without_assignee", "proposed")


@sent_once
def approve(request: ActorRequest, key: str) -> HttpResponse:
    version = access_draft(key)
    book = read_rulebook(version.text, current_catalogue())[0]
    typed, errors = terms_given(request, version, book)
    if request.method == "POST" and not errors:
        errors = _approve(request, version, typed)
        if not errors:
            ui.toast(request, _("Approved. Its duties are being raised."))
            return ui.go(request, f"/rulebooks/{key}")
    if request.GET.get("part") == "figures":
        context = {"version": version, "typed": typed} | figures(version, typed, errors, request.actor)
        return ui.page(
            request, "rulebooks/approve.html", page_of(request, version, book, typed, errors) | context, block="figures"
        )
    is_refused = bool(errors) and request.method == "POST"
    return ui.page(
        request,
        "rulebooks/approve.html",
        page_of(request, version, book, typed, errors),
        status=422 if is_refused else 200,
    )


def page_of(
    request: ActorRequest, version: Version, book: Book | None, typed: dict[str, Any], errors: Errors
) -> dict[str, Any]:
    is_own = version.drafted_by_id is not None and version.drafted_by_id == request.actor.staff_id
    return {
        "book": version.rulebook,
        "title": version.rulebook.title_for(request.actor),
        "version": version,
        "typed": typed,
        "errors": errors,
        "catch_ups": CatchUp.choices,
        "on_replaces": OnReplace.choices,
        "unit_options": unit_options(),
        "parameters": parameters_of(version, book, request.actor),
        "is_faulty": book is None,
        "changes": changes_of(version, request.actor),
        "other": other_approvers(request.actor).first() if is_own else None,
        "is_own": is_own,
    }


def access_draft(key: str) -> Version:
    book = access_rulebook(key)
    version = book.versions.filter(state=VersionState.DRAFT).select_related("drafted_by", "rulebook").first()
    if version is None:
        raise Missing(_("There is no draft of this rulebook to approve."))
    return version


def unit_options() -> list[tuple[str, str]]:
    """The tree of units in use, each line under its parent."""
    units = list(Unit.objects.filter(closed_on=None).order_by("code").values_list("id", "parent_id", "name"))
    below: dict[int | None, list[tuple[int, str]]] = {}
    known = {unit_id for unit_id, _parent, _name in units}
    for unit_id, parent_id, name in units:
        below.setdefault(parent_id if parent_id in known else None, []).append((unit_id, name))
    return list(_lines(below, None, 0))


def _lines(below: dict[int | None, list[tuple[int, str]]], of: int | None, depth: int) -> list[tuple[str, str]]:
    lines = []
    for unit_id, name in below.get(of, []):
        lines += [(str(unit_id), "　" * depth + name), *_lines(below, unit_id, depth + 1)]
    return lines


def parameters_of(version: Version, book: Book | None, actor: Actor) -> list[dict[str, Any]]:
    """Each value with its remark, and the articles that use it."""
    articles = _articles(book, actor) if book else {}
    uses = book.uses if book else {}
    return [
        {
            "name": each.name,
            "value": each.value,
            "remark": remark_for(each.remark, actor),
            "used": [articles[key] for key in uses.get(each.name, ()) if key in articles],
        }
        for each in given_parameters(version.text)
    ]


def _articles(book: Book, actor: Actor) -> dict[str, str]:
    """The number of each article; where it has none, the key of the clause."""
    return {rule.id: numbered(article_of(rule, actor))[0] or rule.id for rule in book.rules}


def fill_in(request: ActorRequest, key: str) -> HttpResponse:
    """The values of the draft, as a manager filled them in; the text keeps its comments."""
    version = access_draft(key)
    if request.method != "POST":
        return ui.go(request, f"/rulebooks/{key}/approve")
    names = {each.name for each in given_parameters(version.text)}
    values = {name: request.POST.get(f"value-{name}", "").strip() for name in names if f"value-{name}" in request.POST}
    try:
        once(request, f"rulebook:values:{version.pk}", lambda: _filled(version, values, request.actor))
    except Faulty as faulty:
        return values_again(request, version, values, faulty)
    ui.toast(request, _("The values are kept in the text of the draft."))
    return ui.go(request, f"/rulebooks/{key}/approve")


def _filled(version: Version, values: Mapping[str, str], actor: Actor) -> dict[str, Any]:
    return {"id": fill_in_values(version.pk, values, actor=actor).pk}


def values_again(request: ActorRequest, version: Version, values: Mapping[str, str], faulty: Faulty) -> HttpResponse:
    """The form once more, each problem at the value whose line it stands on."""
    book = read_rulebook(version.text, current_catalogue())[0]
    at = {each.line: each.name for each in given_parameters(version.text)}
    errors: Errors = {}
    for problem, text in zip(faulty.problems, faulty.errors["text"], strict=True):
        errors.setdefault(f"value-{at[problem.line]}" if problem.line in at else "", []).append(text)
    typed, _errors = terms_given(request, version, book)
    context = page_of(request, version, book, typed, {}) | {"value_errors": errors}
    for each in context["parameters"]:
        each["value"] = values.get(each["name"], each["value"])
    return ui.page(request, "rulebooks/approve.html", context, status=422)


def _approve(request: ActorRequest, version: Version, typed: dict[str, Any]) -> Errors:
    def perform() -> dict[str, Any]:
        approve_version(version.pk, actor=request.actor, **typed)
        return {}

    try:
        once(request, f"rulebook:approve:{version.pk}", perform)
    except Invalid as problem:
        return problem.errors
    except Refused as refused:
        if refused.code != "own_draft":
            raise
        return {"": [refused.message]}
    return {}


def terms_given(request: ActorRequest, version: Version, book: Book | None) -> tuple[dict[str, Any], Errors]:
    """The approver's answers, from the form or as first proposed."""
    is_given = "effective_on" in request.POST or "effective_on" in request.GET
    given = request.POST if "effective_on" in request.POST else request.GET
    errors: Errors = {}
    effective = day_given(given.get("effective_on"), "effective_on", errors)
    if effective is None and not errors:
        effective = max(book.effective if book and book.effective else clock.today(), clock.today())
    before = _version_before(version)
    anchors = day_given(given.get("anchors_from"), "anchors_from", errors) if is_given else _counted_so_far(before)
    typed: dict[str, Any] = {
        "effective_on": effective,
        "anchors_from": anchors,
        "until_on": day_given(given.get("until_on"), "until_on", errors),
        "catch_up": given.get("catch_up") or str(CatchUp.FOLD),
        "on_replace": given.get("on_replace") or str(OnReplace.KEEP),
        "is_trial": bool(given.get("is_trial")),
        "unit_ids": units_given(given.getlist("unit_ids"), errors)
        if is_given
        else list(before.unit_ids if before else []),
    }
    return typed, errors


def _version_before(version: Version) -> Version | None:
    return version.rulebook.versions.filter(state=VersionState.APPROVED).order_by("-number").first()


def _counted_so_far(before: Version | None) -> date | None:
    """Since when the version in force counts: left to its own day, the next would forget events that are filed late."""
    return (before.anchors_from or before.effective_on) if before else None


def figures(version: Version, typed: dict[str, Any], errors: Errors, actor: Actor) -> dict[str, Any]:
    """What each clause would raise today with these answers, and what it would have proposed by now."""
    if errors:
        return {"would": []}
    try:
        found = dry_run(
            version.text,
            anchors_from=typed["anchors_from"],
            effective_on=typed["effective_on"],
            until_on=typed["until_on"],
            unit_ids=typed["unit_ids"],
            skips_past=typed["catch_up"] == CatchUp.SKIP,
        )
    except Faulty as faulty:
        return {"would": [], "problems": faulty.problems}
    return {"would": [_line(would, actor) for would in found]}


def _line(would: WouldRaise, actor: Actor) -> dict[str, Any]:
    number, words = numbered(would.article if actor.language.startswith("zh") else would.article_en or would.article)
    said: dict[str, Any] = {"number": number, "words": words, "waits_for": would.waits_for}
    said |= {"lacks": _(", ").join(would.lacks), "forbids": bool(would.forbids)}
    return {**said, **dict.fromkeys(COUNTED, 0), **would.counts}
