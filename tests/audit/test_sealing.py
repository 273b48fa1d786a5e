"""Sealing: what committed is linked, whenever it committed, and an honest trail is never called altered."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from django.db import Error, connection, transaction

from guanxi.base.audit.erasing import erase_from_trail
from guanxi.base.audit.heads import Heads
from guanxi.base.audit.models import Entry, Item, Seal, Unsealed
from guanxi.base.audit.sealing import seal_waiting, write_down
from guanxi.base.audit.verifying import verify
from guanxi.base.kernel import clock
from guanxi.base.kernel.personal import Persons

from .conftest import say, sealed_history

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]


def test_what_committed_is_sealed_and_the_head_is_written_down_outside(heads: Path) -> None:
    ids = [say(n).pk for n in range(3)]
    assert set(Unsealed.objects.values_list("entry_id", flat=True)) >= set(ids)
    assert seal_waiting() >= 3
    assert not Unsealed.objects.exists()
    seal = Seal.objects.get()
    assert set(ids) <= set(seal.ids)
    lines = [json.loads(line) for line in heads.read_text().splitlines()]
    assert lines[0]["heads"] == seal.anchor
    assert lines[1] == {"seal": 1, "digest": seal.digest, "count": seal.total, "at": lines[1]["at"]}
    assert verify().faults == []


def test_nothing_new_makes_no_seal(history: list[int]) -> None:
    before = Seal.objects.count()
    assert seal_waiting() == 0
    assert Seal.objects.count() == before


def test_an_honest_history_has_no_faults(history: list[int]) -> None:
    verdict = verify()
    assert verdict.faults == []
    assert verdict.seals == 6
    say(99)
    again = verify()
    assert (again.faults, again.waiting) == ([], 1), "what waits for its seal is no fault"


def erased(subject_id: int) -> int:
    return erase_from_trail(Persons(records={"thing": (subject_id,)}))["audit_entry"]


def test_erased_personal_values_leave_the_trail_whole(history: list[int]) -> None:
    entry = Entry.objects.get(id=history[7])
    assert entry.personal
    assert erased(entry.subject_id or 0) == 1
    entry.refresh_from_db()
    assert (entry.personal, entry.personal_salt) == ({}, None)
    assert verify().faults == []
    seal_waiting()
    assert verify().faults == []
    assert erased(entry.subject_id or 0) == 0


def test_erased_before_it_is_sealed_is_as_well(history: list[int]) -> None:
    entry = say(500)
    assert erased(500) == 1
    seal_waiting()
    assert verify().faults == []
    assert Entry.objects.get(id=entry.pk).personal == {}


def test_a_crash_between_seal_and_head_is_made_up_for(heads: Path, history: list[int]) -> None:
    lines = heads.read_text().splitlines(keepends=True)
    heads.write_text("".join(lines[:-1]))
    assert verify().faults == [], "the newest may be on its way"
    write_down(Heads())
    assert heads.read_text().splitlines(keepends=True) == lines


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET who = 'x' WHERE id = %s",
        "UPDATE audit_entry SET personal = '{}' WHERE id = %s",
        "UPDATE audit_entry SET personal = '{}', personal_salt = NULL, personal_digest = sha256('x') WHERE id = %s",
        "UPDATE audit_entry SET changes = '{}' WHERE id = %s",
        "DELETE FROM audit_entry WHERE id = %s",
        "UPDATE audit_item SET subject_id = 0 WHERE entry_id = %s",
        "DELETE FROM audit_item WHERE entry_id = %s",
        "UPDATE audit_seal SET count = 0 WHERE number > 0 AND %s > 0",
        "DELETE FROM audit_seal WHERE number > 0 AND %s > 0",
        "SELECT set_config('guanxi.audit_retention', 'on', true); DELETE FROM audit_seal WHERE %s > 0",
        "SELECT set_config('guanxi.audit_retention', 'on', true); DELETE FROM audit_entry WHERE id = %s",
    ],
)
def test_the_database_itself_refuses_to_alter_the_trail(history: list[int], sql: str) -> None:
    with pytest.raises(Error), transaction.atomic():
        run_all(sql.split("; "), history[0])
    assert verify().faults == []


def run_all(statements: list[str], entry_id: int) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [entry_id] if "%s" in statement else None)


@pytest.mark.parametrize("table", ["audit_entry", "audit_item", "audit_seal"])
def test_nor_can_it_be_emptied(history: list[int], table: str) -> None:
    name = table.removeprefix("audit_")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER audit_{name}_truncate")
        with pytest.raises(Error), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("company")
class TestWritersAtOnce:
    def test_an_entry_that_commits_late_is_sealed_in_a_later_batch(self) -> None:
        begun, may_end = threading.Event(), threading.Event()
        late: list[int] = []

        def write_slowly() -> None:
            try:
                with transaction.atomic():
                    late.append(say(1).pk)
                    begun.set()
                    may_end.wait(20)
            finally:
                connection.close()

        writer = threading.Thread(target=write_slowly)
        writer.start()
        begun.wait(20)
        early = say(2).pk
        seal_waiting()
        first = Seal.objects.order_by("-number").first()
        assert first
        assert early in first.ids
        assert late[0] not in first.ids
        assert late[0] < early
        may_end.set()
        writer.join()
        seal_waiting()
        assert late[0] in Seal.objects.order_by("-number").first().ids
        assert verify().faults == []

    def test_several_sealers_and_writers_leave_each_entry_in_one_seal(self) -> None:
        stop = threading.Event()

        def write(number: int) -> None:
            try:
                for n in range(25):
                    with transaction.atomic():
                        say(number * 100 + n)
                        if n % 7 == 0:
                            transaction.set_rollback(True)
            finally:
                connection.close()

        def seal() -> None:
            try:
                while not stop.is_set():
                    seal_waiting()
            finally:
                connection.close()

        sealers = [threading.Thread(target=seal) for _n in range(2)]
        writers = [threading.Thread(target=write, args=[n]) for n in range(4)]
        for thread in (*sealers, *writers):
            thread.start()
        for writer in writers:
            writer.join()
        stop.set()
        for sealer in sealers:
            sealer.join()
        seal_waiting()
        sealed = [one for ids in Seal.objects.values_list("ids", flat=True) for one in ids]
        assert sorted(sealed) == sorted(Entry.objects.values_list("id", flat=True))
        assert len(sealed) == len(set(sealed))
        assert Item.objects.exists()
        assert verify().faults == []


def test_a_history_with_moving_days_is_in_time(heads: Path) -> None:
    for _day in range(5):
        sealed_history(seals=1, each=3)
        clock.advance(days=2)
    assert verify().faults == []
