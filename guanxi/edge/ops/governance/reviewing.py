"""Going through who may do what: each line confirmed or corrected by somebody else than its person (SEC-05)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org import gate
from guanxi.base.org.actions import end_post
from guanxi.base.org.models import Account, ApiToken, Post
from guanxi.base.org.tokens import end_token

from .freezing import freeze
from .models import AccessReview, LineState, Origin, ReviewLine

KIND = AccessReview.KIND
LONGEST = 300
OWN = _("Nobody reviews their own rights. Somebody else who keeps the house safe does.")


@action("ops:review:begun", _("%(who)s froze who may do what for a review: %(count)s lines."))
def begin_review(*, actor: Actor) -> AccessReview:
    gate.ask(actor, "update", KIND)
    last = AccessReview.objects.exclude(closed_at=None).order_by("-id").first()
    try:
        with transaction.atomic():
            review = AccessReview.objects.create(frozen_at=clock.now(), begun_by_id=actor.staff_id, previous=last)
    except IntegrityError as open_one:
        raise Refused(_("A review is under way already. Finish it first."), code="review_open") from open_one
    trail.record(KIND, review.pk, actor=actor, changes={"count": freeze(review)})
    return review


@action("ops:review:confirmed", _("%(who)s confirmed %(count)s lines of the review of rights."))
def confirm_lines(review_id: int, ids: Collection[int], *, actor: Actor) -> int:
    """Raises NotAllowed when one of them is the actor's own. What was decided meanwhile stays."""
    gate.ask(actor, "update", KIND, review_id)
    _require_open(review_id)
    rows = ReviewLine.objects.filter(review_id=review_id, id__in=ids, state=LineState.OPEN)
    if not ids:
        raise Invalid({"": [_("Tick the lines that are right.")]})
    if rows.filter(staff_id=actor.staff_id).exists():
        raise NotAllowed(OWN, code="own_rights")
    count = rows.update(state=LineState.CONFIRMED, decided_at=clock.now(), decided_by_id=actor.staff_id)
    if count:
        trail.record(KIND, review_id, actor=actor, changes={"count": count})
    else:
        trail.unchanged()
    return count


@action("ops:review:objected", _("%(who)s asked for a correction in the review of rights."))
def object_to(line_id: int, *, note: str, actor: Actor) -> ReviewLine:
    line = _open_line(line_id, actor)
    return _decide(line, LineState.OBJECTED, _required(note), actor)


@action("ops:review:corrected", _("%(who)s noted in the review of rights that a line was corrected."))
def mark_corrected(line_id: int, *, note: str, actor: Actor) -> ReviewLine:
    """After the role or the post was changed on its own page."""
    line = _open_line(line_id, actor)
    return _decide(line, LineState.CORRECTED, _required(note), actor)


@action("ops:review:ended", _("%(who)s ended rights in the review of rights."))
def end_rights(line_id: int, *, note: str, actor: Actor) -> ReviewLine:
    """The post or the token ends at once, with the rights that ending it needs."""
    line = _open_line(line_id, actor)
    text = _required(note)
    if line.origin == Origin.POST:
        _end_post(line, actor)
    elif line.origin == Origin.TOKEN:
        _end_token(line, actor)
    else:
        raise Refused(_("Shares end on the record itself. Note what is to be corrected."), code="ends_elsewhere")
    return _decide(line, LineState.CORRECTED, text, actor)


@action("ops:review:closed", _("%(who)s closed the review of rights."))
def close_review(review_id: int, *, actor: Actor) -> AccessReview:
    gate.ask(actor, "update", KIND, review_id)
    review = _require_open(review_id)
    left = ReviewLine.objects.filter(review=review, state__in=[LineState.OPEN, LineState.OBJECTED]).count()
    if left:
        raise Refused(
            _("%(count)s lines are still to be reviewed or corrected.") % {"count": left}, code="review_unfinished"
        )
    review.closed_at, review.closed_by_id = clock.now(), actor.staff_id
    review.save(update_fields=["closed_at", "closed_by"])
    trail.record(KIND, review.pk, actor=actor, changes={"state": ["open", "closed"]})
    return review


def due_on() -> date:
    """The day the next review is to be closed by. The first is due so many months after the first account."""
    last = AccessReview.objects.exclude(closed_at=None).order_by("-id").values_list("closed_at", flat=True).first()
    since = last or Account.objects.order_by("id").values_list("created_at", flat=True).first() or clock.now()
    return months_later(clock.local_date(since), settings.ACCESS_REVIEW_MONTHS)


def months_later(day: date, count: int) -> date:
    """The same day of the month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_post(line: ReviewLine, actor: Actor) -> None:
    """Yesterday was the last day, where the post is older than that."""
    post = Post.objects.filter(id=line.origin_id).first()
    if post is None:
        raise Missing()
    end_post(post.pk, on=max(post.starts_on, clock.today() - timedelta(days=1)), actor=actor)


def _end_token(line: ReviewLine, actor: Actor) -> None:
    gate.ask(actor, "update", "account")
    token = ApiToken.objects.filter(id=line.origin_id, ended_at=None).first()
    if token is None:
        raise Refused(_("This token has ended already."), code="token_ended")
    end_token(token, actor=actor)


def _require_open(review_id: int) -> AccessReview:
    review = AccessReview.objects.select_for_update(of=("self",)).filter(id=review_id).first()
    if review is None:
        raise Missing()
    if review.closed_at is not None:
        raise Refused(_("This review is closed and stays as it is."), code="review_closed")
    return review


def _open_line(line_id: int, actor: Actor) -> ReviewLine:
    """To be decided, or objected to and not corrected yet."""
    gate.ask(actor, "update", KIND, line_id)
    line = ReviewLine.objects.select_for_update(of=("self",)).select_related("review").filter(id=line_id).first()
    if line is None:
        raise Missing()
    if line.staff_id == actor.staff_id:
        raise NotAllowed(OWN, code="own_rights")
    if line.review.closed_at or line.state not in (LineState.OPEN, LineState.OBJECTED):
        raise Refused(_("This line was decided meanwhile."), code="line_decided")
    return line


def _decide(line: ReviewLine, state: Any, note: str, actor: Actor) -> ReviewLine:
    before, line.state, line.note = line.state, str(state), note
    line.decided_at, line.decided_by_id = clock.now(), actor.staff_id
    line.save(update_fields=["state", "note", "decided_at", "decided_by"])
    changes = {"state": [before, str(state)], "line": line.pk, "origin": line.mark}
    trail.record(KIND, line.review_id, actor=actor, changes=changes, items=[("staff", line.staff_id)])
    return line


def _required(note: str) -> str:
    text = note.replace("\0", "").strip()
    if not text:
        raise Invalid({"note": [_("Say why.")]})
    if len(text) > LONGEST:
        raise Invalid({"note": [_("At most %(count)s characters.") % {"count": LONGEST}]})
    return text
