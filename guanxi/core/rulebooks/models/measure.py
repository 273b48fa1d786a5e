from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .rulebook import Clause

FIGURES = ("raised", "in_time", "late", "withdrawn", "caught_up", "forgiven")


class Tally(models.Model):
    """How many duties of a clause, due in a month, one person of one unit has: what the pages of figures read.

    Written by triggers on `rulebooks_duty` in the transaction of whatever changed there, so that figures never lag;
    read as a sum, because each change appends a difference (`is_fresh`) instead of waiting for a row others write.
    A job folds the differences. `late` counts what was done late; what is open and late is worked out when asked,
    since it changes by waiting. No foreign keys: the duties that are counted hold the same ones.
    """

    clause_id = models.BigIntegerField()
    # The first day of the month in which the last day of the duty lies.
    month = models.DateField()
    # 0: nobody was found; 0: no unit.
    staff_id = models.BigIntegerField(default=0, db_default=0)
    unit_id = models.BigIntegerField(default=0, db_default=0)
    raised = models.IntegerField(default=0, db_default=0)
    in_time = models.IntegerField(default=0, db_default=0)
    late = models.IntegerField(default=0, db_default=0)
    withdrawn = models.IntegerField(default=0, db_default=0)
    caught_up = models.IntegerField(default=0, db_default=0)
    forgiven = models.IntegerField(default=0, db_default=0)
    is_fresh = models.BooleanField(default=True, db_default=True)

    class Meta:
        indexes = [
            models.Index(fields=["month", "clause_id"], name="tally_month"),
            models.Index(fields=["staff_id", "month"], name="tally_staff"),
            models.Index(fields=["clause_id", "month"], name="tally_fresh", condition=Q(is_fresh=True)),
        ]


class DayEnd(models.Model):
    """The late list of a day (POL-03): which duties of a clause were open and late when the day was over.

    Kept as it was found, whatever is done or corrected later.
    """

    KIND = "dayend"

    day = models.DateField()
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+")
    late = models.IntegerField()
    duty_ids = ArrayField(models.BigIntegerField())
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "clause"], name="dayend_once")]
