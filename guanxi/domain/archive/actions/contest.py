"""Setting a quarter's contest, drawing forms for the spot check, and writing down what was found (FIL-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.base.org import gate

from ..contest import draw, quarter_of
from ..models import ContestCheck, FileContest, Measure


@dataclass(frozen=True)
class Terms:
    measure: str
    reward: str = ""
    forfeit: str = ""
    sample: int = 10


@action("archive:filecontest:set", _("%(who)s set the contest of a quarter."))
def set_contest(quarter: date, terms: Terms, *, actor: Actor) -> FileContest:
    """The measure stays once forms were drawn for it."""
    gate.ask(actor, "update", FileContest.KIND)
    require(quarter, terms)
    contest = FileContest.objects.select_for_update().filter(quarter=quarter).first()
    if contest and contest.measure != terms.measure and contest.checks.exists():
        raise Refused(_("Forms were drawn for the spot check already; the measure of this quarter stays."))
    if contest is None:
        contest = FileContest(quarter=quarter, created_by_id=actor.staff_id, created_at=clock.now())
    contest.measure, contest.sample = terms.measure, terms.sample
    contest.reward, contest.forfeit = terms.reward.strip(), terms.forfeit.strip()
    contest.save()
    changes = {"quarter": [None, str(quarter)], "measure": [None, terms.measure]}
    trail.record(FileContest.KIND, contest.pk, actor=actor, changes=changes)
    return contest


@action("archive:filecontest:drawn", _("%(who)s drew file forms for a spot check: %(count)s."))
def draw_sample(contest_id: int, *, actor: Actor) -> int:
    """Once: nobody draws again until the result pleases."""
    gate.ask(actor, "update", FileContest.KIND)
    contest = FileContest.objects.select_for_update().filter(id=contest_id).first()
    if contest is None or contest.measure != Measure.TRUTHFULNESS:
        raise Missing()
    if contest.checks.exists():
        raise Refused(_("The forms of this quarter were drawn already."), code="drawn")
    count = draw(contest)
    if not count:
        raise Refused(_("There is no form of this quarter to draw."), code="none")
    trail.record(FileContest.KIND, contest.pk, actor=actor, changes={"count": count})
    return count


@action("archive:filecontest:checked", _("%(who)s wrote down what the spot check of a file form found."))
def record_check(check_id: int, is_true: bool, note: str, *, actor: Actor) -> ContestCheck:
    gate.ask(actor, "update", FileContest.KIND)
    check = ContestCheck.objects.select_for_update().filter(id=check_id).first()
    if check is None:
        raise Missing()
    if check.form.representative_id == actor.staff_id:
        raise NotAllowed(_("Nobody checks a form of their own."))
    if not is_true and not note.strip():
        raise Invalid({"note": [_("Say what is not true.")]})
    check.is_true, check.note = is_true, note.strip()[:200]
    check.checked_by_id, check.checked_at = actor.staff_id, clock.now()
    check.save(update_fields=["is_true", "note", "checked_by", "checked_at"])
    trail.record(FileContest.KIND, check.contest_id, actor=actor, changes={"form": [None, check.form_id]})
    return check


def require(quarter: date, terms: Terms) -> None:
    errors = {}
    if quarter != quarter_of(quarter):
        raise Missing()
    if terms.measure not in Measure.values:
        errors["measure"] = [_("Choose one of the values offered.")]
    if max(len(terms.reward), len(terms.forfeit)) > 120:
        errors["reward"] = [_("At most %(count)s characters.") % {"count": 120}]
    if not 1 <= terms.sample <= 100:
        errors["sample"] = [_("Between 1 and %(most)s forms of each unit.") % {"most": 100}]
    if errors:
        raise Invalid(errors)
