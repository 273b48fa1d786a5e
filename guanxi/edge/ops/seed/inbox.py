"""What people have read by now. Reminders are read the next day; what says that somebody is late waits longer."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from guanxi.base.kernel import clock
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.messages import LATE

KEPT_UNREAD = timedelta(days=8)


def read_old_messages() -> None:
    now = clock.now()
    unread = Message.objects.filter(read_at=None)
    reminders = unread.exclude(kind=LATE).filter(created_at__lt=clock.start_of(clock.today()))
    reminders.update(read_at=F("created_at") + timedelta(hours=1))
    unread.filter(kind=LATE, created_at__lt=now - KEPT_UNREAD).update(read_at=F("created_at") + timedelta(hours=3))
