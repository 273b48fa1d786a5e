"""What people are told about consequences (POL-04): each step, to the person concerned and to who has to act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.trail import NAMES, Name
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Post
from guanxi.core.messaging.actions import tell
from guanxi.core.messaging.kinds import KINDS, MessageKind

from .models import Proposal, ProposalKind
from .phases.concluding import ABOUT_ME, FELL_AWAY, PASSED_ON, PASSED_UP, PROPOSED, QUESTIONED

CONFIRMED, FORGIVEN = "rulebooks:proposal:confirmed", "rulebooks:proposal:forgiven"
APPEALED, ANSWERED = "rulebooks:proposal:appealed", "rulebooks:proposal:answered"
REVIEWED = "rulebooks:proposal:reviewed"
SENTENCES = {
    PROPOSED: _("%(what)s for %(person)s is proposed; please decide by %(due_on)s."),
    ABOUT_ME: _("A consequence is proposed about you: %(what)s. Nothing has been decided yet."),
    PASSED_UP: _("%(what)s for %(person)s was not decided in time and is yours to decide by %(due_on)s."),
    PASSED_ON: _("%(what)s for %(person)s was not decided in time; %(confirmer)s decides now."),
    FELL_AWAY: _("%(what)s for %(person)s fell away: what it was about was corrected."),
    QUESTIONED: _(
        "%(what)s for %(person)s was confirmed; what it was about was corrected since, so it is looked at again."
    ),
    CONFIRMED: _("%(from)s confirmed a consequence about you: %(what)s. You can appeal on its page."),
    FORGIVEN: _("%(from)s forgave what was proposed about you: %(what)s."),
    APPEALED: _("%(from)s appeals against %(what)s; please answer."),
    ANSWERED: _("%(from)s answered the appeal against %(what)s."),
    REVIEWED: _("%(from)s looked again at %(what)s; the page says what became of it."),
}
# What rules do by themselves, as the trail says it; people's steps are named by their actions.
BY_RULE = {
    "proposed": _("%(who)s: a consequence was proposed."),
    "passed_up": _("%(who)s: not decided in time, passed to the next level."),
    "fell_away": _("%(who)s: the proposal fell away, for what it was about was corrected."),
    "questioned": _("%(who)s: what this was about was corrected after it had been confirmed."),
}


def register() -> None:
    for kind, sentence in SENTENCES.items():
        KINDS.add(MessageKind(kind, sentence, is_late=kind == PASSED_UP))
    for step, sentence in BY_RULE.items():
        NAMES.add(Name(f"rulebooks:proposal:{step}", sentence))


def give_notice(proposal: Proposal, staff_id: int | None, kind: str, actor: Actor) -> None:
    if staff_id is None or staff_id == actor.staff_id:
        return
    rule = proposal.rule
    params = {
        "from": actor.label,
        "person": proposal.staff.name,
        "what": what_of(proposal, "zh-hans"),
        "what_en": what_of(proposal, "en"),
        "article": rule.article,
        "article_en": rule.article_en or rule.article,
        "link": f"/proposals/{proposal.pk}",
    }
    key = f"{kind}:{proposal.pk}:{proposal.version}:{staff_id}"
    tell(staff_id, kind, params=params, dedupe_key=key, subject=(Proposal.KIND, proposal.pk))


def what_of(proposal: Proposal, language: str) -> str:
    """As `phases.concluding` says it: "Deduction ¥20.00"."""
    with translation.override(language):
        label = gettext(str(ProposalKind(proposal.kind).label))
    return f"{label} {amount_text(proposal.kind, proposal.amount)}".strip()


def amount_text(kind: str, amount: Any) -> str:
    if amount is None:
        return ""
    return f"¥{amount:.2f}" if kind == ProposalKind.DEDUCTION else f"{amount.normalize():f}"


def people_for_all(*, but: Sequence[int | None]) -> list[int]:
    """Whoever decides for the whole company, today."""
    today = clock.today()
    held = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, staff__left_on=None)
    granted = held.filter(role__grants__kind=Proposal.KIND, role__grants__verb="confirm", role__grants__scope="all")
    others = granted.exclude(staff_id__in=[one for one in but if one])
    return sorted(set(others.values_list("staff_id", flat=True)))
