"""The file of heads on a disk that is full, in a crash, taken away: an honest trail is never called altered for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from guanxi.base.audit import heads as heads_of
from guanxi.base.audit.heads import Heads
from guanxi.base.audit.models import Seal
from guanxi.base.audit.sealing import add_link, seal_waiting, write_down
from guanxi.base.audit.verifying import verify
from guanxi.base.kernel import clock
from tests.audit.conftest import alter, say, sealed_history

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]


@pytest.fixture(autouse=True)
def heads(tmp_path: Path) -> Iterator[Path]:
    with override_settings(DATA_DIR=tmp_path):
        yield tmp_path / "audit" / "heads"


def seal_one(number: int) -> None:
    say(number)
    clock.advance(minutes=1)
    seal_waiting()


def test_a_line_that_a_full_disk_cut_short_is_written_whole_later(heads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seal_one(1)
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        """The disk takes twenty bytes and then no more."""
        monkeypatch.setattr(heads_of.os, "write", full_now)
        return write(descriptor, data[:20])

    def full_now(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(heads_of.os, "write", full)
    with pytest.raises(OSError, match="No space"):
        seal_one(2)
    monkeypatch.setattr(heads_of.os, "write", write)
    seal_one(3)
    seal_one(4)
    assert [fault.text for fault in verify().faults] == []
    assert {head.seal for head in Heads().lines() if head} == set(Seal.objects.values_list("number", flat=True))


def test_a_line_that_a_crash_cut_short_is_no_fault_of_the_trail(heads: Path) -> None:
    for number in range(3):
        seal_one(number)
    whole = heads.read_bytes()
    heads.write_bytes(whole[:-30])
    seal_one(4)
    seal_one(5)
    assert [fault.text for fault in verify().faults] == []


def test_a_file_that_was_begun_on_a_full_disk_is_begun_again(heads: Path) -> None:
    heads.parent.mkdir(parents=True)
    heads.write_bytes(b"")
    seal_one(1)
    seal_one(2)
    assert [fault.text for fault in verify().faults] == []
    assert {seal.anchor for seal in Seal.objects.all()} != {"unreadable"}


def test_a_line_between_that_was_cut_is_still_told(heads: Path) -> None:
    for number in range(4):
        seal_one(number)
    lines = heads.read_text().splitlines()
    lines[2] = lines[2][:30]
    heads.write_text("\n".join(lines) + "\n")
    assert {"unwritten", "heads"} & {fault.what for fault in verify().faults}


def test_without_its_file_nothing_is_sealed_unnoticed(heads: Path) -> None:
    seal_one(1)
    seal_one(2)
    heads.unlink()
    assert "heads" in {fault.what for fault in verify().faults}
    seal_one(3)
    assert "heads" in {fault.what for fault in verify().faults}


def test_a_folder_in_place_of_the_file_stops_the_sealer_and_nothing_else(heads: Path) -> None:
    heads.mkdir(parents=True)
    entry: Any = say(1)
    with pytest.raises(OSError, match="directory"):
        seal_waiting()
    assert not Seal.objects.exists()
    heads.rmdir()
    seal_waiting()
    assert entry.pk in Seal.objects.get().ids
    assert verify().faults == []


def test_who_owns_the_database_cannot_let_go_of_young_entries_in_the_name_of_retention() -> None:
    """Taken out with their seals, and a last link that says they had served their time."""
    ids = sealed_history()
    last = Seal.objects.get(number=3)
    alter("DELETE FROM audit_item WHERE entry_id = ANY(%s)", ids[:15])
    alter("DELETE FROM audit_entry WHERE id = ANY(%s)", ids[:15])
    alter("DELETE FROM audit_seal WHERE number <= 3")
    add_link(Heads(), let_go_to=3, let_go_digest=last.digest, let_go_count=15)
    write_down(Heads())
    assert "early" in {fault.what for fault in verify().faults}
