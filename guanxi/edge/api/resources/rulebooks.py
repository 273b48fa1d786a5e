from typing import Any

from django.utils.translation import gettext_lazy as _
from ninja import Query

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing
from guanxi.base.org.web import ActorRequest
from guanxi.core.rulebooks.models import Rule, Rulebook, Version
from guanxi.core.rulebooks.phases.running import versions_in_force
from guanxi.core.rulebooks.readers import is_awaited
from guanxi.core.rulebooks.screens.listing import made_counts
from guanxi.core.rulebooks.screens.states import Month
from guanxi.core.rulebooks.screens.wording import how_it_runs, names_in

from ..endpoint import Resource, needs, reads
from ..interface import add
from ..schemas.pieces import Named
from ..schemas.rulebooks import ClauseOut, Figures, MonthAsked, RulebookList, RulebookOut, RulebookWhole, Told

KIND = Rulebook.KIND
router = Resource()


@reads(router, "/rulebooks", needs(KIND, "read"), returns=RulebookList)
def rulebooks_list(request: ActorRequest) -> RulebookList:
    """The company's written rules. Whoever may read one may read all."""
    in_force = {v.rulebook_id: v for v in Version.objects.filter(id__in=versions_in_force())}
    rows = Rulebook.objects.order_by("key")
    return RulebookList(items=[RulebookOut(**described(book, in_force.get(book.pk))) for book in rows])


@reads(router, "/rulebooks/{key}", needs(KIND, "read"), returns=RulebookWhole)
def rulebooks_get(request: ActorRequest, key: str, query: Query[MonthAsked]) -> RulebookWhole:
    """The clauses in force, in the company's order and words, each with what it made happen in a month."""
    month = month_of(query.month)
    book = Rulebook.objects.filter(key=key).first()
    if book is None:
        raise Missing()
    rows = Version.objects.filter(id__in=versions_in_force(), rulebook=book).select_related("approved_by", "drafted_by")
    version = rows.first()
    rules = list(Rule.objects.filter(version=version).select_related("clause")) if version else []
    names = names_in([rule.read for rule in rules], request.actor)
    counts = made_counts([rule.clause_id for rule in rules], month, request.actor)
    return RulebookWhole(
        **described(book, version),
        source=version.source if version else "",
        approved_at=version.approved_at if version else None,
        approved_by=Named.of(version.approved_by) if version else None,
        drafted_by=Named.of(version.drafted_by) if version else None,
        anchors_from=version.anchors_from if version else None,
        awaits_confirmation=bool(version and is_awaited(request.actor, version)),
        month=month.text,
        clauses=[clause(rule, counts.get(rule.clause_id, {}), request.actor, names) for rule in rules],
    )


def described(book: Rulebook, version: Version | None) -> dict[str, Any]:
    return {
        "key": book.key,
        "title": book.title,
        "title_en": book.title_en,
        "version": version.number if version else None,
        "effective_on": version.effective_on if version else None,
        "until_on": version.until_on if version else None,
        "is_trial": bool(version and version.is_trial),
        "unit_ids": version.unit_ids if version else [],
    }


def month_of(text: str) -> Month:
    found = Month.of(text) if text else Month.current()
    if found is None:
        raise Invalid({"month": [_("There is no such month.")]})
    return found


def clause(rule: Rule, counts: dict[str, int], actor: Actor, names: dict[str, str]) -> ClauseOut:
    spec = rule.read
    return ClauseOut(
        key=rule.clause.key,
        position=rule.position,
        article=rule.article,
        article_en=rule.article_en,
        topic=rule.topic,
        subject=rule.spec.get("subject", ""),
        waits_for=rule.spec.get("waits_for", ""),
        forbids=list(spec.forbids.verbs) if spec.forbids else [],
        permit_by=spec.forbids.permit_by if spec.forbids else "",
        runs=[Told(label=str(label), text=text) for label, text in how_it_runs(spec, actor, names)],
        target=rule.spec.get("target"),
        figures=Figures(**counts),
    )


add(router, tag="rulebooks")
