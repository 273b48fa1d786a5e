"""One changed file form in its duties, with eight clients writing: each client is a process of its own that corrects the
completion date of one form after another, and looks over a second connection whether the duties are right."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

import django
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .measure import Figure

if TYPE_CHECKING:
    from guanxi.base.kernel.actor import Actor

CLIENTS, EACH, MOST_MS = 8, 30, 1000.0
CLAUSE = "buyer-callback"
FORMS = """
SELECT f.id FROM archive_fileform f WHERE f.purchased AND f.removed_at IS NULL AND EXISTS (
  SELECT 1 FROM rulebooks_duty d WHERE d.subject_kind = 'fileform' AND d.subject_id = f.id AND d.state = 'open')
ORDER BY hashint8extended(f.id, 7) LIMIT %s
"""
RIGHT = """
SELECT bool_and((d.base_due_at AT TIME ZONE 'Asia/Shanghai')::date = f.completed_on + 4) FROM rulebooks_duty d
JOIN rulebooks_clause c ON c.id = d.clause_id AND c.key = %s JOIN archive_fileform f ON f.id = d.subject_id
WHERE d.subject_kind = 'fileform' AND d.subject_id = %s AND d.step = 1
"""
# What a person would write for that one change: the form, its open duties by their days, a line of who did it.
CHANGE = "UPDATE archive_fileform SET completed_on = completed_on - 1, version = version + 1 WHERE id = %s"
REDATE = """
UPDATE rulebooks_duty SET due_at = due_at - interval '1 day', base_due_at = base_due_at - interval '1 day',
  opens_at = opens_at - interval '1 day', version = version + 1
WHERE subject_kind = 'fileform' AND subject_id = %s AND state = 'open'
"""
LINE = (
    "INSERT INTO audit_event (at, name, kind, ids) VALUES (now(), 'bench', 'fileform', jsonb_build_array(%s::bigint))"
)


def figures(size: str) -> list[Figure]:
    from guanxi.core.rulebooks.jobs import run_rules

    from .rules import approve_pack

    approve_pack()
    run_rules()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE rulebooks_duty")
        cursor.execute(FORMS, [CLIENTS * EACH])
        forms = [row[0] for row in cursor.fetchall()]
    took, seen, hand = everybody(forms)
    note = f"at the latest {max(seen):.0f} ms after the commit another connection found them right"
    return [
        Figure(
            f"one form changed, {CLIENTS} clients writing, duties right in the same transaction",
            statistics.median(took),
            statistics.median(hand),
            None,
            p95=sorted(took)[int(len(took) * 0.95) - 1],
            note=note,
            most=MOST_MS,
        )
    ]


def everybody(forms: list[int]) -> tuple[list[float], list[float], list[float]]:
    """All clients begin together, once each is ready."""
    command = [sys.executable, "-m", "bench.following"]
    clients = [
        subprocess.Popen(
            [*command, *map(str, forms[number::CLIENTS])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"LOG_LEVEL": "CRITICAL"},
        )
        for number in range(CLIENTS)
    ]
    for client in clients:
        assert client.stdout is not None
        assert client.stdout.readline().strip() == "ready"
    answers = [json.loads(told) for told in together(clients)]
    took, seen, hand = ([value for one in answers for value in one[key]] for key in ("took", "seen", "hand"))
    return took, seen, hand


def together(clients: list[subprocess.Popen[str]]) -> list[str]:
    for client in clients:
        assert client.stdin is not None
        client.stdin.write("go\n")
        client.stdin.flush()
    told = [client.communicate()[0] for client in clients]
    if any(client.returncode for client in clients):
        raise RuntimeError("a client failed")
    return told


def client(forms: list[int]) -> dict[str, list[float]]:
    from guanxi.base.kernel.actor import Actor
    from guanxi.base.org.models import Staff

    gm = Staff.objects.get(account__login="gm")
    actor = Actor(gm.name, "command", account_id=gm.account_id, staff_id=gm.pk)
    other = connections.create_connection("default")
    # The first of each is not counted: statements are planned, modules loaded.
    correct(forms[0], actor)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    took, seen = [], []
    for form in forms[1:]:
        started = time.perf_counter()
        correct(form, actor)
        committed = time.perf_counter()
        wait_until_right(other, form, committed)
        took.append((committed - started) * 1000)
        seen.append((time.perf_counter() - committed) * 1000)
    return {"took": took, "seen": seen, "hand": [by_hand(form) for form in forms[1:]]}


def correct(form_id: int, actor: Actor) -> None:
    from guanxi.domain.archive.actions.fileform import change_file_form
    from guanxi.domain.archive.models import FileForm

    form = FileForm.objects.get(pk=form_id)
    day: date = form.completed_on - timedelta(days=1)
    values = {"completed_on": day, "product": form.product or "bench"}
    change_file_form(form_id, values, version=form.version, actor=actor)


def wait_until_right(other: BaseDatabaseWrapper, form_id: int, since: float) -> None:
    while not is_right(other, form_id):
        if time.perf_counter() - since > 30:
            raise RuntimeError(f"the duties of form {form_id} are still not right")


def is_right(other: BaseDatabaseWrapper, form_id: int) -> bool:
    with other.cursor() as cursor:
        cursor.execute(RIGHT, [CLAUSE, form_id])
        return bool(cursor.fetchone()[0])


def by_hand(form_id: int) -> float:
    from django.db import transaction

    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (CHANGE, REDATE, LINE):
            cursor.execute(statement, [form_id])
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    os.environ.setdefault("SECRET_KEY", "bench-only")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    sys.stdout.write(json.dumps(client([int(one) for one in sys.argv[1:]])) + "\n")
