"""What the clock starts: digests, late alerts, and taking messages out of the outbox. Each may run twice."""

from __future__ import annotations

from procrastinate.contrib.django import app

from .channels import outbox, reporting

# The alerts come after the ladders have climbed, which is every ten minutes.
DIGESTS, ALERTS, DELIVERIES = "*/5 * * * *", "2-59/10 * * * *", "* * * * *"


@app.periodic(cron=DIGESTS)
@app.task(name="messaging:digests", queue="messages", queueing_lock="messaging:digests")
def digests(timestamp: int) -> None:
    reporting.put_digests_in()


@app.periodic(cron=ALERTS)
@app.task(name="messaging:alerts", queue="messages", queueing_lock="messaging:alerts")
def alerts(timestamp: int) -> None:
    reporting.put_alerts_in()


@app.periodic(cron=DELIVERIES)
@app.task(name=outbox.JOB, queue="messages", queueing_lock=outbox.JOB)
def deliver(timestamp: int) -> None:
    outbox.deliver_all()
