"""A hundred alterations by somebody who owns the database, each found and named; see also test_sealing.py for the
honest histories that must not be called altered."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from guanxi.base.audit.chain import COLUMNS, Link
from guanxi.base.audit.heads import Heads
from guanxi.base.audit.sealing import ADD, seal_waiting
from guanxi.base.audit.verifying import Fault, verify

from .conftest import alter, say, unguarded

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]
# The history has 30 entries in 6 seals; these places stand for the first, the middle and the last.
PLACES = (0, 13, 29)
COLUMN_CHANGES = {
    "at": "at + interval '1 second'",
    "name": "'test:thing:undone'",
    "via": "'api'",
    "who": "who || '.'",
    "account_id": "COALESCE(account_id, 0) + 1",
    "staff_id": "COALESCE(staff_id, 0) + 1",
    "address": "'10.0.0.1'",
    "kind": "'other'",
    "subject_id": "subject_id + 1000",
    "changes": """changes || '{"grade": ["A", "B"]}'""",
    "changes to nothing": "'{}'",
    "personal": """'{"phone": [null, "13900000000"]}'""",
    "personal to nothing": "'{}'",
    "personal_salt": "gen_random_uuid()",
    "personal_salt to nothing": "NULL",
    "personal_digest": "sha256('x')",
}


def faults() -> list[Fault]:
    """The sealer goes on as if nothing was, and the check comes after."""
    seal_waiting()
    return verify().faults


def found(what: str, **where: int) -> bool:
    return any(
        fault.what == what and all(getattr(fault, key) == value for key, value in where.items()) for fault in faults()
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("change", COLUMN_CHANGES)
def test_an_altered_column_names_its_entry(history: list[int], change: str, place: int) -> None:
    column = change.split()[0]
    assert alter(f"UPDATE audit_entry SET {column} = {COLUMN_CHANGES[change]} WHERE id = %s", history[place]) == 1
    assert faults() == [Fault("altered", entry=history[place], seal=place // 5 + 1)]


@pytest.mark.parametrize("place", PLACES)
def test_a_changed_number_is_one_entry_gone_and_one_too_many(history: list[int], place: int) -> None:
    alter("UPDATE audit_item SET entry_id = entry_id + 100000 WHERE entry_id = %s", history[place])
    alter("UPDATE audit_entry SET id = id + 100000 WHERE id = %s", history[place])
    assert {fault.what for fault in faults()} == {"removed", "added"}


def remove(entry_id: int) -> None:
    alter("DELETE FROM audit_item WHERE entry_id = %s", entry_id)
    alter("DELETE FROM audit_entry WHERE id = %s", entry_id)


@pytest.mark.parametrize("place", PLACES)
def test_a_removed_entry_is_named(history: list[int], place: int) -> None:
    remove(history[place])
    assert faults() == [Fault("removed", entry=history[place], seal=place // 5 + 1)]


@pytest.mark.parametrize("count", [1, 5, 12, 30])
def test_the_latest_removed_are_named_each(history: list[int], count: int) -> None:
    for entry_id in history[-count:]:
        remove(entry_id)
    assert [fault.entry for fault in faults()] == history[-count:]


@pytest.mark.parametrize("pair", [(0, 1), (3, 17), (28, 29)])
def test_two_entries_that_changed_places_are_named_both(history: list[int], pair: tuple[int, int]) -> None:
    one, other = (history[place] for place in pair)
    alter("DELETE FROM audit_item WHERE entry_id IN (%s, %s)", one, other)
    alter("UPDATE audit_entry SET id = -1 WHERE id = %s", one)
    alter("UPDATE audit_entry SET id = %s WHERE id = %s", one, other)
    alter("UPDATE audit_entry SET id = %s WHERE id = -1", other)
    assert [(fault.what, fault.entry) for fault in faults()] == [("altered", one), ("altered", other)]


FORGED = """
INSERT INTO audit_entry (id, at, name, via, who, address, kind, subject_id, changes, personal)
SELECT %s, at, name, via, 'forger', address, kind, subject_id, changes, personal FROM audit_entry WHERE id = %s
RETURNING id
"""


@pytest.mark.parametrize("place", PLACES)
def test_an_entry_put_in_past_the_sealer_is_named(history: list[int], place: int) -> None:
    forged = history[place] + 1_000_000
    alter(FORGED, forged, history[place])
    assert faults() == [Fault("added", entry=forged)]


def test_an_entry_put_in_between_is_named(history: list[int]) -> None:
    remove(history[10])
    alter(FORGED, history[10], history[9])
    assert faults() == [Fault("altered", entry=history[10], seal=3)]


@pytest.mark.parametrize("days", [2, 30, 400])
def test_an_entry_of_an_earlier_day_that_the_sealer_took_in_is_out_of_time(history: list[int], days: int) -> None:
    forged = say(77)
    alter("UPDATE audit_entry SET at = at - make_interval(days => %s) WHERE id = %s", days, forged.pk)
    assert found("out_of_time", entry=forged.pk)


def test_an_entry_of_a_day_to_come_is_out_of_time(history: list[int]) -> None:
    forged = say(77)
    alter("UPDATE audit_entry SET at = at + interval '3 days' WHERE id = %s", forged.pk)
    assert found("out_of_time", entry=forged.pk)


def test_an_entry_removed_before_its_seal_is_named_for_ever(history: list[int]) -> None:
    waiting = say(78).pk
    remove(waiting)
    assert faults() == [Fault("removed", entry=waiting, seal=7)]


def test_an_altered_entry_sealed_once_more_is_still_altered(history: list[int]) -> None:
    alter("UPDATE audit_entry SET who = 'x' WHERE id = %s", history[4])
    alter("INSERT INTO audit_unsealed VALUES (%s)", history[4])
    assert found("altered", entry=history[4], seal=1)


def test_an_entry_taken_out_of_the_queue_is_one_nobody_sealed(history: list[int]) -> None:
    waiting = say(79).pk
    alter("DELETE FROM audit_unsealed WHERE entry_id = %s", waiting)
    assert faults() == [Fault("added", entry=waiting)]


ITEM_CHANGES = {
    "another record": "UPDATE audit_item SET subject_id = subject_id + 1 WHERE id = (SELECT min(id) {of})",
    "another kind": "UPDATE audit_item SET kind = 'other' WHERE id = (SELECT min(id) {of})",
    "one less": "DELETE FROM audit_item WHERE id = (SELECT max(id) {of})",
    "none": "DELETE FROM audit_item WHERE id IN (SELECT id {of})",
    "one more": "INSERT INTO audit_item (entry_id, kind, subject_id) SELECT entry_id, kind, 99 {of} LIMIT 1",
    "twice": "INSERT INTO audit_item (entry_id, kind, subject_id) SELECT entry_id, kind, subject_id {of} LIMIT 1",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("change", ITEM_CHANGES)
def test_altered_items_name_their_entry(history: list[int], change: str, place: int) -> None:
    assert alter(ITEM_CHANGES[change].format(of=f"FROM audit_item WHERE entry_id = {history[place]}")) >= 1
    assert faults() == [Fault("altered", entry=history[place], seal=place // 5 + 1)]


SEAL_CHANGES = {
    "at": "at - interval '1 minute'",
    "first_id": "first_id + 1",
    "last_id": "last_id + 1",
    "count": "count + 1",
    "total": "total + 1",
    "ids": "ids[2:] || ids[1]",
    "leaves": "leaves[2:] || leaves[1]",
    "previous": "'x' || substr(previous, 2)",
    "digest": "reverse(digest)",
    "anchor": "reverse(anchor)",
    "emptied": "NOT emptied",
    "let_go_to": "0",
    "let_go_digest": "'x'",
    "let_go_count": "1",
}


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("column", SEAL_CHANGES)
def test_an_altered_seal_is_named(history: list[int], column: str, number: int) -> None:
    alter(f"UPDATE audit_seal SET {column} = {SEAL_CHANGES[column]} WHERE number = %s", number)
    assert found("link", seal=number)


def test_a_removed_seal_leaves_a_gap(history: list[int]) -> None:
    alter("DELETE FROM audit_seal WHERE number = 3")
    assert found("gap", seal=4)


def test_the_first_seals_removed_leave_a_gap(history: list[int]) -> None:
    alter("DELETE FROM audit_seal WHERE number <= 2")
    assert found("gap", seal=3)


def test_a_seal_that_changed_places_does_not_follow(history: list[int]) -> None:
    alter("UPDATE audit_seal SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3)")
    alter("UPDATE audit_seal SET number = -number WHERE number < 0")
    assert {fault.seal for fault in faults()} >= {2, 3}


def forget_from(number: int) -> None:
    """The end of everything, entries with their seals."""
    with unguarded() as cursor:
        cursor.execute("SELECT unnest(ids) FROM audit_seal WHERE number >= %s", [number])
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("DELETE FROM audit_item WHERE entry_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM audit_entry WHERE id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM audit_seal WHERE number >= %s", [number])


@pytest.mark.parametrize("number", [6, 4, 1])
def test_an_end_cut_off_with_its_seals_is_known_to_the_heads(history: list[int], number: int) -> None:
    forget_from(number)
    assert [(fault.what, fault.seal) for fault in verify().faults] == [("cut", n) for n in range(number, 7)]


def test_a_trail_that_goes_on_after_the_cut_is_not_what_was_written_down(history: list[int]) -> None:
    forget_from(5)
    say(80)
    assert found("head", seal=5)


def rewritten(what: Callable[[Link], Link], *, since: int) -> None:
    """The whole chain from there on computed anew, as somebody would who has read this code."""
    with unguarded() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM audit_seal ORDER BY number")
        links = [Link(*row) for row in cursor.fetchall()]
        cursor.execute("DELETE FROM audit_seal")
        digest = ""
        for link in links:
            new = replace(link, previous=digest or link.previous)
            new = (what(new) if link.number == since else new).closed()
            digest = new.digest
            cursor.execute(ADD, [list(v) if k in ("ids", "leaves") else v for k, v in new.__dict__.items()])


@pytest.mark.parametrize("since", [1, 4, 6])
def test_a_chain_computed_anew_is_not_what_was_written_down(history: list[int], since: int) -> None:
    forged = hashlib.sha256(b"forged").digest()
    rewritten(lambda link: replace(link, leaves=[forged, *link.leaves[1:]]), since=since)
    assert found("head", seal=since)


HEADS_CHANGES: dict[str, Callable[[Path], Any]] = {
    "removed": lambda heads: heads.unlink(),
    "emptied": lambda heads: heads.write_text(""),
    "exchanged": lambda heads: heads.write_text(json.dumps({"heads": "f" * 32}) + "\n"),
    "a line less": lambda heads: heads.write_text("".join(heads.read_text().splitlines(keepends=True)[:3])),
    "the first lines gone": lambda heads: heads.write_text("".join(heads.read_text().splitlines(keepends=True)[3:])),
    "a digest altered": lambda heads: heads.write_text(heads.read_text().replace('"digest": "', '"digest": "0', 1)),
    "a count altered": lambda heads: heads.write_text(heads.read_text().replace('"count": ', '"count": 1', 1)),
    "rubbish": lambda heads: heads.write_bytes(heads.read_bytes()[:200] + b"\xff\x00" + heads.read_bytes()[240:]),
    "a seal more": lambda heads: heads.write_text(
        heads.read_text() + json.dumps({"seal": 99, "digest": "0" * 64, "count": 9, "at": "x"}) + "\n"
    ),
}


@pytest.mark.parametrize("change", HEADS_CHANGES)
def test_heads_that_are_not_those_written_down_are_told(history: list[int], heads: Path, change: str) -> None:
    HEADS_CHANGES[change](heads)
    assert verify().faults


@pytest.mark.parametrize("change", ["removed", "exchanged"])
def test_a_new_file_of_heads_does_not_hide_that_the_old_one_is_gone(
    history: list[int], heads: Path, change: str
) -> None:
    kept = shutil.copy(heads, heads.parent / "kept")
    HEADS_CHANGES[change](heads)
    say(81)
    assert found("heads")
    assert verify([Heads(), Heads(Path(kept))]).faults == [], "both files together bear the chain out"


def test_there_are_a_hundred_of_them(request: pytest.FixtureRequest) -> None:
    planted = [item for item in request.session.items if item.path == request.path]
    if len(planted) < 20:
        pytest.skip("only some were chosen")
    assert len(planted) - 1 >= 100
    assert connection.vendor == "postgresql"
