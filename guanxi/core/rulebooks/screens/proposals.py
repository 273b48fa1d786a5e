"""Consequences: what waits for me, what is about me, what is about my people; and the page of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from guanxi.base import ui
from guanxi.base.audit.models import Entry
from guanxi.base.audit.trail import sentence_of
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.org.web import ActorRequest

from ..actions.proposal import appeal_until
from ..deciders import CONFIRM, offered, waiting_for
from ..models import Appeal, Duty, Proposal, ProposalState
from ..notices import amount_text
from ..registry import SUBJECTS
from .listing import MOST_OPTIONS, clause_options
from .rows import numbered

KIND = Proposal.KIND
PAGE = 40
MOST_HISTORY = 30
SHOWN = (
    "staff",
    "unit",
    "confirmer",
    "decided_by",
    "given_to",
    "duty",
    "rule__version__rulebook",
    "rule__clause",
)


@dataclass(frozen=True)
class Part:
    """A tab. `oldest_first` for what waits."""

    key: str
    label: Any
    which: Callable[[Actor], Q]
    oldest_first: bool = False


def _state(state: str) -> Callable[[Actor], Q]:
    return lambda actor: Q(state=state)


PARTS = (
    Part("waiting", gettext_lazy("Waiting for me"), waiting_for, oldest_first=True),
    Part("mine", gettext_lazy("About me"), lambda actor: Q(staff_id=actor.staff_id)),
    Part("proposed", gettext_lazy("To be decided"), _state("proposed"), oldest_first=True),
    Part("confirmed", gettext_lazy("Confirmed"), _state("confirmed")),
    Part("forgiven", gettext_lazy("Forgiven"), _state("forgiven")),
    Part("withdrawn", gettext_lazy("Fell away"), _state("withdrawn")),
)


@dataclass(frozen=True)
class Asked:
    part: Part
    person: int | None = None
    clause: int | None = None
    after: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], actor: Actor) -> Asked:
        first = PARTS[0] if may(actor, KIND, CONFIRM) else PARTS[1]
        part = next((part for part in PARTS if part.key == query.get("part")), first)
        return cls(part, _id(query, "person"), _id(query, "clause"), _id(query, "after"))

    def address(self, *, part: str = "", after: int | None = None) -> str:
        query = {"part": part or self.part.key, "person": self.person, "clause": self.clause, "after": after}
        return "/proposals?" + urlencode({name: value for name, value in query.items() if value})


def proposals(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    asked = Asked.of(request.GET, actor)
    rows, older = page_of(asked, actor)
    parts = PARTS if may(actor, KIND, CONFIRM) else PARTS[1:]
    context = {
        "asked": asked,
        "rows": [line_of(row, actor) for row in rows],
        "paging": ui.Paging(newer="", older=older, shown=len(rows)),
        "tabs": [
            {"label": part.label, "href": asked.address(part=part.key), "current": part is asked.part} for part in parts
        ],
        "people": people_options(actor),
        "clauses": clause_options(actor),
        "is_narrowed": bool(asked.person or asked.clause),
    }
    return ui.page(request, "rulebooks/proposals.html", context)


def page_of(asked: Asked, actor: Actor) -> tuple[list[Proposal], str]:
    rows = found(asked, actor).select_related(*SHOWN)
    if asked.after:
        rows = rows.filter(id__gt=asked.after) if asked.part.oldest_first else rows.filter(id__lt=asked.after)
    page = list(rows.order_by("id" if asked.part.oldest_first else "-id")[: PAGE + 1])
    older = asked.address(after=page[PAGE - 1].pk) if len(page) > PAGE else ""
    return page[:PAGE], older


def found(asked: Asked, actor: Actor) -> QuerySet[Proposal]:
    rows = Proposal.objects.visible_to(actor).filter(asked.part.which(actor))
    if asked.person:
        rows = rows.filter(staff_id=asked.person)
    return rows.filter(clause_id=asked.clause) if asked.clause else rows


def waiting_count(actor: Actor) -> int:
    return found(Asked(PARTS[0]), actor).count() if may(actor, KIND, CONFIRM) else 0


def line_of(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    """One row: the person, what, the clause beside it, where it stands."""
    article = worded(actor, proposal.rule.article, proposal.rule.article_en)
    number, words = numbered(article)
    book = proposal.rule.version.rulebook
    return {
        "proposal": proposal,
        "amount": amount_text(proposal.kind, proposal.amount),
        "number": number,
        "words": words,
        "clause_url": f"/rulebooks/{book.key}#{proposal.rule.clause.key}",
        "purpose": worded(actor, proposal.duty.purpose, proposal.duty.purpose_en) if proposal.duty else "",
        "is_open": proposal.state == ProposalState.PROPOSED,
    }


def proposal_page(request: ActorRequest, proposal_id: int) -> HttpResponse:
    proposal = access_shown(request.actor, proposal_id)
    return ui.page(request, "rulebooks/proposal.html", whole(proposal, request.actor))


def access_shown(actor: Actor, proposal_id: int) -> Proposal:
    """As `access_proposal`, with all that its page names."""
    return Proposal.objects.select_related(*SHOWN).access(actor, proposal_id)


def whole(proposal: Proposal, actor: Actor) -> dict[str, Any]:
    """What the page and the forms about one show."""
    until = appeal_until(proposal)
    steps = offered(proposal, actor)
    if may_appeal(proposal, actor):
        steps.add("appeal")
    book = proposal.rule.version.rulebook
    return line_of(proposal, actor) | {
        "steps": steps,
        "rulebook": worded(actor, book.title, book.title_en),
        "version": proposal.rule.version.number,
        "appeal_until": until,
        "duty_in_sight": in_sight(proposal, actor),
        "subject": subject_of(proposal),
        "history": [(sentence_of(entry), entry.at) for entry in history(proposal)],
        "is_about_me": proposal.staff_id == actor.staff_id,
        "nobody_answers": proposal.appeal == Appeal.OPEN and proposal.appeal_to_id is None,
    }


def subject_of(proposal: Proposal) -> dict[str, Any] | None:
    """Where the record is that it is about, where that has a page; who may open it is asked there."""
    subject = next((one for one in SUBJECTS if one.kind == proposal.subject_kind), None)
    if subject is None or "{id}" not in subject.page:
        return None
    ids = {"id": proposal.subject_id, "duty": proposal.duty_id or 0, "customer": ""}
    return {"label": subject.label, "url": subject.page.format(**ids)}


def may_appeal(proposal: Proposal, actor: Actor) -> bool:
    until = appeal_until(proposal)
    is_in_time = until is not None and clock.now() < until
    is_confirmed = proposal.state == ProposalState.CONFIRMED and proposal.reversed_month is None
    return proposal.staff_id == actor.staff_id and is_confirmed and proposal.appeal == Appeal.NONE and is_in_time


def in_sight(proposal: Proposal, actor: Actor) -> bool:
    return may(actor, Duty.KIND, "read") and Duty.objects.visible_to(actor).filter(id=proposal.duty_id).exists()


def history(proposal: Proposal) -> list[Entry]:
    return list(Entry.objects.filter(kind=KIND, subject_id=proposal.pk).order_by("-id")[:MOST_HISTORY])


def people_options(actor: Actor) -> list[tuple[str, str]]:
    """Whose consequences may be asked for; nobody to choose when one sees only one's own."""
    scope = scope_of(actor, KIND)
    if not scope.everything and len(scope.staff_ids) < 2:
        return []
    staff = Staff.objects.order_by("pinyin", "id")
    staff = staff if scope.everything else staff.filter(id__in=scope.staff_ids)
    return [(str(pk), name) for pk, name in staff.values_list("id", "name")[:MOST_OPTIONS]]


def proposed_because_of(duty: Duty, actor: Actor) -> list[dict[str, Any]]:
    """What was proposed because of this duty, on its page."""
    if not may(actor, KIND, "read"):
        return []
    rows = Proposal.objects.visible_to(actor).filter(duty_id=duty.pk).select_related(*SHOWN).order_by("id")
    return [line_of(row, actor) for row in rows]


def worded(actor: Actor, text: str, english: str) -> str:
    return text if actor.language.startswith("zh") else english or text


def _id(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None
