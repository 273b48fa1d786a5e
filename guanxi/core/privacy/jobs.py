"""The file about a person, and what the clock starts each night and every ten minutes."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from procrastinate.contrib.django import app

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor

from . import ledger, person_file
from .actions.request import JOB
from .keeping import take_away
from .models import PersonFile

KEPT = timedelta(days=7)
# 03:40 in Shanghai; the queue counts in UTC.
NIGHTLY, OFTEN = "40 19 * * *", "*/10 * * * *"


@app.task(name=JOB, queue="exports")
@transaction.atomic
def make_person_file(file_id: int) -> None:
    """Runs twice without harm; nothing when the request went meanwhile."""
    file = PersonFile.objects.select_for_update().filter(id=file_id, content=None).first()
    if file is None:
        return
    file.content = person_file.made(file.request, file.asked_by.name if file.asked_by else "")
    file.made_at = clock.now()
    file.expires_at = file.made_at + KEPT
    file.save(update_fields=["content", "made_at", "expires_at"])


@app.periodic(cron=NIGHTLY)
@app.task(name="privacy:keeping", queue="upkeep", queueing_lock="privacy:keeping")
def keep_no_longer(timestamp: int) -> None:
    take_away(actor=Actor.system("upkeep"))


@app.periodic(cron=OFTEN)
@app.task(name="privacy:ledger", queue="upkeep", queueing_lock="privacy:ledger")
def keep_ledger(timestamp: int) -> None:
    ledger.keep_up()
