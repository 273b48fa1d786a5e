"""What a person last chose for a list, kept for every device they sit down at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import NotAllowed
from guanxi.base.org.models import Staff
from guanxi.base.org.who import Along

from .asked import Asked
from .types import RecordType


class ListHabit(models.Model):
    """`words` as in the address of a list: today only `cols`."""

    KIND = "listhabit"

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    words = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "kind"], name="listhabit_once")]


# A row or two for each person, and every list asks for one of them.
HABITS = Along("habits", "(SELECT jsonb_object_agg(h.kind, h.words) FROM records_listhabit h WHERE h.staff_id = s.id)")


@action("records:list:columns_chosen", _("%(who)s chose the columns of a list."))
def choose_columns(type_: RecordType, keys: Sequence[str], *, actor: Actor) -> tuple[str, ...]:
    """Unknown columns are left out; none, or just the usual ones, forgets the choice. Returns what is kept."""
    if actor.staff_id is None:
        raise NotAllowed()
    known = type_.all_columns
    chosen = tuple(dict.fromkeys(key for key in keys if key in known))
    kept = () if chosen == type_.usual_columns else chosen
    habits = ListHabit.objects.filter(staff_id=actor.staff_id, kind=type_.key)
    if kept:
        words = {"cols": ",".join(kept)}
        ListHabit.objects.update_or_create(staff_id=actor.staff_id, kind=type_.key, defaults={"words": words})
    else:
        habits.delete()
    HABITS.forget(actor)
    trail.record(ListHabit.KIND, None, actor=actor, changes={"list": [None, type_.key], "columns": [None, len(kept)]})
    return kept


def habit_of(actor: Actor, kind: str) -> Mapping[str, str]:
    told = HABITS.told_to(actor)
    if told is not None:
        habit: Mapping[str, str] = told.get(kind, {})
        return habit
    found = ListHabit.objects.filter(staff_id=actor.staff_id or 0, kind=kind).values_list("words", flat=True).first()
    return found or {}


def asked_by(
    actor: Actor, type_: RecordType, query: Mapping[str, str], saved: Mapping[str, str] | None = None
) -> Asked:
    """What the address asks; the columns are the person's own where neither address nor view names any."""
    asked = Asked.of(type_, query, saved=saved)
    if asked.columns:
        return asked
    known = type_.all_columns
    cols = habit_of(actor, type_.key).get("cols", "").split(",")
    return replace(asked, remembered=tuple(key for key in cols if key in known))
