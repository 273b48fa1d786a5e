"""The product's own work, begun by a press and carried out by a worker: files in and out, many at once, the rules, the
trail's seals, messages that leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.records.bulk import BULK, actions, running
from guanxi.base.records.bulk.actions import choose_records, confirm, look_at
from guanxi.base.records.exports.running import carry_out as carry_out_export
from guanxi.base.records.imports.models import ImportRun
from guanxi.base.records.imports.running import carry_out as carry_out_import
from guanxi.base.records.imports.undoing import carry_out_undo, undo_import
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.messaging.channels import outbox, robots
from guanxi.core.messaging.channels.models import Channel, Delivery
from guanxi.core.messaging.channels.papers import Paper, Section
from guanxi.core.privacy import ledger
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.edge.ops import reaper
from tests.access.world import actor_of, ask_for_file, person

from .commands import Stage, sends


def started_import(stage: Stage, _given: Any) -> int:
    sends("import")(stage, None)
    return stage.things["mapped import"]


def import_file(_stage: Stage, run: int) -> None:
    assert carry_out_import(run).state == "done", ImportRun.objects.get(id=run).problem


def undo_begun(stage: Stage, _given: Any) -> int:
    run = started_import(stage, None)
    import_file(stage, run)
    undo_import(run, actor=actor_of("manager"), wait=True)
    return run


def undo(_stage: Stage, run: int) -> None:
    assert carry_out_undo(run).state == "undone"


def file_asked_for(_stage: Stage, _given: Any) -> int:
    return int(ask_for_file().pk)


def make_file(_stage: Stage, run: int) -> None:
    assert carry_out_export(run).state == "done"


def many_chosen(_stage: Stage, _given: Any) -> int:
    actions.AT_ONCE = 0  # as for many thousands: a worker carries it out
    rep, manager = actor_of("rep"), actor_of("manager")
    names = ("众人之一", "众人之二", "众人之三", "众人之四", "众人之五")
    people = [create_customer(person(name, f"1388000880{n}"), actor=rep).pk for n, name in enumerate(names)]
    run = choose_records(BULK.get("customer-status"), CUSTOMERS, people, actor=manager)
    look_at(run.pk, {"value": "active"}, actor=manager)
    return int(confirm(run.pk, actor=manager).pk)


def change_many(_stage: Stage, run: int) -> None:
    running.CHUNK = 2
    assert running.carry_on(run).state == "done"


def rules(_stage: Stage, _given: Any) -> None:
    run_rules()


def seal(_stage: Stage, _given: Any) -> None:
    seal_waiting()


def message_put_in(stage: Stage, _given: Any) -> None:
    channel = Channel.objects.get(id=stage.things["channel"])
    outbox.put_in(channel, "digest", Paper("今日", (Section("到期", ("三件",)),)), dedupe_key="crash")


def send_messages(_stage: Stage, _given: Any) -> None:
    """The group on the other side writes down what reached it."""
    robots.send = reached
    outbox.deliver_all()


def reached(_provider: str, _address: str, _secret: str, _paper: Paper) -> robots.Result:
    with (Path(settings.DATA_DIR) / "reached").open("a") as group:
        group.write("1")
    return robots.Result(robots.Outcome.SENT)


def told_once_or_not_known(_stage: Stage, _given: Any) -> tuple[str, int]:
    """What is shown, and how often the message came."""
    send_messages(_stage, None)
    place = Path(settings.DATA_DIR) / "reached"
    times = len(place.read_text()) if place.exists() else 0
    return Delivery.objects.get(dedupe_key="crash").state, times


SEIZED = b"""INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)
VALUES ('upkeep', 'ops:space', 'doing', '{"timestamp": 0}')"""


def job_of_a_dead_worker(_stage: Stage, _given: Any) -> None:
    with direct() as db:
        db.execute(SEIZED)


def reap(_stage: Stage, _given: Any) -> None:
    with direct() as db:
        reaper.reap(db)


def direct() -> psycopg.Connection[Any]:
    given = connection.get_connection_params()
    keys = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{key: given[key] for key in keys if given.get(key)}, autocommit=True)


def keep_up(_stage: Stage, _given: Any) -> None:
    """Every ten minutes the ledger is made whole."""
    ledger.keep_up()
