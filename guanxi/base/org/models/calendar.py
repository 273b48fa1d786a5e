from django.db import models
from django.db.models import Q


class CalendarDay(models.Model):
    """One company day. `number` counts working days up to and including this one, so that "N working days later"
    is a join and not a loop. `is_provisional`: no official announcement yet, weekdays assumed."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)
    is_provisional = models.BooleanField(default=False)
    number = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["number"], condition=Q(is_working=True), name="calendar_working")]
