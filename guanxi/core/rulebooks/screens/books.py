"""The rulebooks: their list, and the product's face: the clauses in order, each with what it made happen."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guanxi.base import ui
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.org.web import ActorRequest

from ..models import Duty, Rule, Rulebook, Version, VersionState
from ..packs import pack_keys, pack_title
from ..phases.running import versions_in_force
from ..queries.measures import Measures, Narrowing, measures
from ..readers import awaited_of
from .faces import TREND, trend_points
from .rows import numbered
from .standing import standing_of
from .states import MADE, Month
from .wish import Wish
from .wording import Face, how_it_runs, names_in

KIND = Rulebook.KIND


def rulebooks(request: ActorRequest) -> HttpResponse:
    books = list(Rulebook.objects.order_by("key"))
    in_force = set(versions_in_force())
    versions: dict[int, list[Version]] = {book.pk: [] for book in books}
    for version in Version.objects.select_related("approved_by").defer("text").order_by("-number"):
        versions[version.rulebook_id].append(version)
    may_write = may(request.actor, KIND, "create")
    awaited = set(awaited_of(request.actor))
    context = {
        "awaited": awaited,
        "books": [shelf_line(book, versions[book.pk], in_force, request.actor) for book in books],
        "may_write": may_write,
        "packs": packs_left(books, request.actor) if may_write else [],
    }
    return ui.page(request, "rulebooks/rulebooks.html", context)


def packs_left(books: list[Rulebook], actor: Actor) -> list[tuple[str, str]]:
    taken, is_english = {book.key for book in books}, not actor.language.startswith("zh")
    return [(key, pack_title(key, is_english=is_english)) for key in pack_keys() if key not in taken]


def shelf_line(book: Rulebook, versions: list[Version], in_force: set[int], actor: Actor) -> dict[str, Any]:
    current = next((v for v in versions if v.pk in in_force), None)
    return {
        "key": book.key,
        "title": title_of(book, actor),
        "current": current,
        "draft": next((v for v in versions if v.state == VersionState.DRAFT), None),
        "coming": next((v for v in versions if v.state == VersionState.APPROVED and begins_later(v)), None),
        "clauses": current.rules.count() if current else 0,
        "source": current.source if current else versions[0].source if versions else "",
    }


def begins_later(version: Version) -> bool:
    return version.effective_on is not None and version.effective_on > clock.today()


def title_of(book: Rulebook, actor: Actor) -> str:
    return book.title_for(actor)


def rulebook(request: ActorRequest, key: str) -> HttpResponse:
    book = access_rulebook(key)
    versions = list(book.versions.select_related("approved_by", "drafted_by").defer("text").order_by("-number"))
    in_force = set(versions_in_force())
    current = next((v for v in versions if v.pk in in_force), None)
    shown = asked_version(request, versions) or current or latest_approved(versions)
    month = Month.of(request.GET.get("month", "")) or Month.current()
    context = {
        "book": book,
        "title": title_of(book, request.actor),
        "version": shown,
        "is_current": shown is not None and shown == current,
        "versions": versions,
        "draft": next((v for v in versions if v.state == VersionState.DRAFT), None),
        "month": month,
        "wish": Wish(month),
        "states": MADE,
        "faces": faces_of(shown, month, request.actor) if shown else [],
        "sight": sight_of(request.actor),
        "standing": standing_of(shown, request.actor),
        "may_write": may(request.actor, KIND, "create"),
        "may_approve": may(request.actor, KIND, "approve"),
    }
    return ui.page(request, "rulebooks/rulebook.html", context)


def access_rulebook(key: str) -> Rulebook:
    """Everybody on staff may read the rules they are held to."""
    book = Rulebook.objects.filter(key=key).first()
    if book is None:
        raise Missing()
    return book


def asked_version(request: ActorRequest, versions: list[Version]) -> Version | None:
    asked = request.GET.get("version", "")
    return next((v for v in versions if str(v.number) == asked and v.state != VersionState.DRAFT), None)


def latest_approved(versions: list[Version]) -> Version | None:
    return next((v for v in versions if v.state != VersionState.DRAFT), None)


def faces_of(version: Version, month: Month, actor: Actor) -> list[Face]:
    rules = list(Rule.objects.filter(version=version).select_related("clause").order_by("position"))
    clauses = [rule.clause_id for rule in rules]
    found = measures(actor, month=month, count=TREND, narrowing=Narrowing(clause_ids=clauses))
    specs = [rule.read for rule in rules]
    names = names_in(specs, actor)
    faces = zip(rules, specs, strict=True)
    return [_face(rule, found, actor, how_it_runs(spec, actor, names)) for rule, spec in faces]


def _face(rule: Rule, found: Measures, actor: Actor, how: list[tuple[Any, str]]) -> Face:
    spec = rule.read
    article = rule.article if actor.language.startswith("zh") else rule.article_en or rule.article
    number, words = numbered(article)
    made = found.trend(rule.clause_id)
    trend = trend_points(found.months, made)
    return Face(
        clause_id=rule.clause_id,
        key=rule.clause.key,
        article=article,
        number=number,
        words=words,
        waits_for=spec.waits_for,
        how=how,
        figures=made[-1],
        trend=trend,
        target=spec.target,
        is_gate=bool(spec.forbids),
    )


def sight_of(actor: Actor) -> str:
    """Whose duties the figures count, in words: they are the reader's own scope."""
    scope = scope_of(actor, Duty.KIND)
    if scope.everything:
        return _("Figures of the whole company")
    if scope.unit_ids or len(scope.staff_ids) > 1:
        return _("Figures of you and the people you answer for")
    return _("Figures of your own duties") if scope.staff_ids else ""
