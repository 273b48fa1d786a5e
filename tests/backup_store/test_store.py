"""Folder and bucket keep the same promises: whole or not at all, once however often, and honest about what is kept."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from guanxi.edge.ops.backups.keys import KeyRing
from guanxi.edge.ops.backups.sealing import sealed_size
from guanxi.edge.ops.backups.sets import Damaged, Part
from guanxi.edge.ops.backups.store import SealedStore, Unreachable
from guanxi.edge.ops.backups.store.bucket import BucketShelf
from guanxi.edge.ops.backups.store.folder import INCOMING, LEFT_BEHIND_SECONDS, FolderShelf

from . import bucket_server
from .conftest import PART_BYTES, shelf_of

pytestmark = [pytest.mark.req("OPS-11", "OPS-12")]
NAME = "sets/20261116-0230-full/base.tar"
LARGE = b"0123456789abcdef" * (PART_BYTES * 5 // 32)


def test_what_was_put_comes_back(store: SealedStore) -> None:
    stored = store.put(NAME, [b"one", b"", b"two"], part=Part.DATABASE)
    assert (stored.size, stored.sha256) == (6, hashlib.sha256(b"onetwo").hexdigest())
    assert b"".join(store.get(NAME)) == b"onetwo"
    assert [(entry.name, entry.size) for entry in store.entries()] == [(NAME, sealed_size(6))]
    assert abs(store.entries()[0].at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("content", [b"", b"x" * 65536, LARGE], ids=["nothing", "one frame", "several parts"])
def test_of_any_size(store: SealedStore, content: bytes) -> None:
    store.put(NAME, [content], part=Part.FILES)
    assert b"".join(store.get(NAME)) == content


def test_writing_again_replaces(store: SealedStore) -> None:
    for content in (b"first, longer", b"second"):
        store.put(NAME, [content], part=Part.FILES)
    assert b"".join(store.get(NAME)) == b"second"
    assert store.names() == [NAME]


def test_names_are_listed_by_their_beginning_and_go_when_deleted(store: SealedStore) -> None:
    names = [f"sets/{number}/manifest.json" for number in range(5)] + ["wal/000000010000000000000003"]
    for name in names:
        store.put(name, [b"x"], part=Part.CONFIGURATION)
    assert sorted(store.names("sets/")) == names[:5]
    assert store.names("sets/3/") == names[3:4]
    store.delete(names[3])
    store.delete(names[3])
    assert sorted(store.names()) == sorted(set(names) - {names[3]})


def test_what_is_missing_is_said_by_its_name(store: SealedStore) -> None:
    with pytest.raises(Damaged, match=f"{NAME} is missing"):
        list(store.get(NAME))


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "sets/../../x", "a//b", "sets/.hidden", "", "中文", "a\n"]
)
def test_no_name_leads_out_of_the_place(store: SealedStore, name: str) -> None:
    for step in (
        lambda: store.put(name, [b"x"], part=Part.FILES),
        lambda: store.delete(name),
        lambda: list(store.get(name)),
    ):
        with pytest.raises(ValueError, match="Not a name"):
            step()


def cut_off(after: int) -> Iterator[bytes]:
    for _ in range(after):
        yield b"x" * PART_BYTES
    raise ConnectionResetError("the database went away")


@pytest.mark.parametrize("after", [0, 1, 3])
def test_what_was_cut_off_never_appears(store: SealedStore, after: int) -> None:
    """And what could not be read is not blamed on the place."""
    with pytest.raises(ConnectionResetError, match="the database went away"):
        store.put(NAME, cut_off(after), part=Part.DATABASE)
    assert store.names() == []


def test_what_was_there_stays_when_its_successor_is_cut_off(store: SealedStore) -> None:
    store.put(NAME, [b"good"], part=Part.DATABASE)
    with pytest.raises(ConnectionResetError):
        store.put(NAME, cut_off(2), part=Part.DATABASE)
    assert b"".join(store.get(NAME)) == b"good"


class Liar(FolderShelf):
    """Says yes and keeps nothing."""

    def write(self, name: str, content: Iterator[bytes]) -> None:  # type: ignore[override]
        for _ in content:
            pass


def test_a_place_that_lies_is_found_out_at_once(tmp_path: Path, ring: KeyRing) -> None:
    with pytest.raises(Unreachable, match="kept nothing"):
        SealedStore(Liar(tmp_path), ring).put(NAME, [b"x"], part=Part.FILES)


def test_a_bucket_that_keeps_less_than_it_took_is_found_out(
    server: bucket_server.Bucket, bucket: BucketShelf, ring: KeyRing
) -> None:
    server.keep = lambda content: content[:-1]
    with pytest.raises(Unreachable, match=r"kept 72 bytes"):
        SealedStore(bucket, ring).put(NAME, [b"x"], part=Part.FILES)
    server.keep = lambda content: None
    with pytest.raises(Unreachable, match="kept nothing"):
        SealedStore(bucket, ring).put("sets/2/base.tar", [b"x"], part=Part.FILES)


def test_a_folder_is_closed_to_others(tmp_path: Path, ring: KeyRing) -> None:
    store = SealedStore(FolderShelf(tmp_path / "new" / "backups"), ring)
    store.put(NAME, [b"x"], part=Part.FILES)
    found = list((tmp_path / "new").rglob("*"))
    assert len(found) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()} == {0o600}


def test_what_a_killed_process_left_in_a_folder_goes_after_a_day(folder: FolderShelf) -> None:
    import time

    left = folder.root / INCOMING / "0f"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    folder.tidy()
    assert left.exists()
    assert folder.entries() == []
    os.utime(left, (time.time(), time.time() - LEFT_BEHIND_SECONDS - 1))
    folder.tidy()
    assert not left.exists()


@pytest.mark.parametrize("gone", ["sets/1/base.tar", "sets/1"])
def test_what_goes_while_a_folder_is_listed_is_no_trouble(
    folder: FolderShelf, gone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Retention and a look at the place may well meet."""
    for name in ("sets/1/base.tar", "sets/2/base.tar"):
        folder.write(name, [b"x"])
    walk = os.walk

    def meets(top: Path, **given: Any) -> Iterator[tuple[str, list[str], list[str]]]:
        for place, folders, files in walk(top, **given):
            if place.endswith(gone.rpartition("/")[0]):
                folder.delete("sets/1/base.tar")
            yield place, sorted(folders), files

    monkeypatch.setattr(os, "walk", meets)
    assert [entry.name for entry in folder.entries()] == ["sets/2/base.tar"]


def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path, ring: KeyRing) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unreachable, match="cannot be used"):
        SealedStore(FolderShelf(tmp_path / "file"), ring).put(NAME, [b"x"], part=Part.FILES)


def fails(how: str, *, method: str, times: int):
    """The first so many requests of a method."""
    left = [times]

    def spoil(asked: str, query: dict[str, str], _seen: int) -> str:
        if asked == method and "location" not in query and left[0]:
            left[0] -= 1
            return how
        return ""

    return spoil


@pytest.mark.parametrize("how", ["cut", "busy", "unanswered"])
@pytest.mark.parametrize("content", [b"small", LARGE], ids=["one request", "several parts"])
def test_a_bad_network_doubles_nothing_and_loses_nothing(
    server: bucket_server.Bucket, ring: KeyRing, how: str, content: bytes
) -> None:
    store = SealedStore(shelf_of(server), ring)
    server.spoil = fails(how, method="PUT", times=2)
    store.put(NAME, [content], part=Part.DATABASE)
    assert len([asked for asked in server.seen if asked.startswith("PUT")]) > 2
    assert b"".join(store.get(NAME)) == content
    assert list(server.objects) == [f"crm/one/{NAME}"]
    assert server.uploads == {}


def test_an_upload_that_was_completed_without_an_answer_is_recognised(
    server: bucket_server.Bucket, ring: KeyRing
) -> None:
    def spoil(method: str, query: dict[str, str], _seen: int) -> str:
        return "unanswered" if method == "POST" and "uploadId" in query else ""

    server.spoil = spoil
    store = SealedStore(shelf_of(server), ring)
    store.put(NAME, [LARGE], part=Part.DATABASE)
    assert b"".join(store.get(NAME)) == LARGE


def test_another_object_of_the_same_name_is_not_taken_for_ours(server: bucket_server.Bucket, ring: KeyRing) -> None:
    """The control of the test above: what lies there was put by somebody else, and the upload failed."""
    store = SealedStore(shelf_of(server), ring)
    store.put(NAME, [LARGE], part=Part.DATABASE)
    server.spoil = lambda method, query, seen: "cut" if method == "POST" and "uploadId" in query else ""
    with pytest.raises(Unreachable):
        store.put(NAME, [LARGE], part=Part.DATABASE)


def test_parts_that_nobody_finishes_are_taken_away_after_a_day(
    server: bucket_server.Bucket, bucket: BucketShelf
) -> None:
    for name, at in (("old", datetime.now(UTC) - timedelta(days=2)), ("young", datetime.now(UTC))):
        server.uploads[name] = {"key": f"crm/one/sets/{name}", "marks": {}, "parts": {1: b"x"}, "at": at}
    bucket.tidy()
    assert list(server.uploads) == ["young"]


def test_a_bucket_that_does_not_answer_is_said(server: bucket_server.Bucket, bucket: BucketShelf) -> None:
    server.spoil = lambda method, query, seen: "cut"
    with pytest.raises(Unreachable, match="does not answer"):
        bucket.entries()


def test_the_server_of_these_tests_refuses_another_secret(server: bucket_server.Bucket) -> None:
    with pytest.raises(Unreachable, match="SignatureDoesNotMatch") as problem:
        shelf_of(server, secret="another").entries()
    assert server.refused == ["SignatureDoesNotMatch"]
    assert "another" not in str(problem.value)
