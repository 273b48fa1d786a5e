"""What the search box finds of this room: rulebooks by their title, clauses in force by their words."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.records.search.marking import marked
from guanxi.base.records.search.sources import SEARCH_SOURCES, Hit, Source

from ..models import Rule, Rulebook
from ..models.rulebook import VersionState

LEAST = 2


def register() -> None:
    SEARCH_SOURCES.add(Source("rulebooks", _("Rulebooks"), find_rulebooks, order=70))
    SEARCH_SOURCES.add(Source("clauses", _("Clauses"), find_clauses, order=71))


def find_rulebooks(actor: Actor, text: str, limit: int) -> list[Hit]:
    if not may(actor, Rulebook.KIND, "read") or len(text) < LEAST:
        return []
    found = Rulebook.objects.filter(Q(title__icontains=text) | Q(title_en__icontains=text) | Q(key__icontains=text))
    return [Hit(f"/rulebooks/{book.key}", marked(titled(actor, book), text)) for book in found.order_by("id")[:limit]]


def find_clauses(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Of approved versions; each clause once, as its latest version words it."""
    if not may(actor, Rulebook.KIND, "read") or len(text) < LEAST:
        return []
    rows = Rule.objects.filter(Q(article__icontains=text) | Q(article_en__icontains=text))
    latest = rows.filter(version__state=VersionState.APPROVED).order_by("clause_id", "-version__number")
    found = latest.distinct("clause_id").select_related("clause", "version__rulebook")[:limit]
    return [hit_of(actor, rule, text) for rule in found]


def hit_of(actor: Actor, rule: Rule, text: str) -> Hit:
    book = rule.version.rulebook
    article = worded(actor, rule.article, rule.article_en)
    return Hit(f"/rulebooks/{book.key}#{rule.clause.key}", marked(article, text), titled(actor, book))


def titled(actor: Actor, book: Rulebook) -> str:
    return worded(actor, book.title, book.title_en)


def worded(actor: Actor, text: str, english: str) -> str:
    return text if actor.language.startswith("zh") else english or text
