"""What is not exactly what was written does not open: altered, cut off, moved, exchanged, or under another key."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.edge.ops.backups import keys, sealing
from guanxi.edge.ops.backups.alone import alone
from guanxi.edge.ops.backups.keys import BadKey, Key, KeyRing
from guanxi.edge.ops.backups.sealing import FRAME_BYTES, HEAD_BYTES, TAG_BYTES, seal, sealed_size, unseal
from guanxi.edge.ops.backups.sets import Damaged, Part
from guanxi.edge.ops.backups.store import Place, SealedStore, open_store
from guanxi.edge.ops.backups.store.folder import FolderShelf
from guanxi.edge.ops.backups.store.shelf import Misplaced
from guanxi.edge.ops.command import main

pytestmark = [pytest.mark.req("OPS-11", "SEC-06")]
KEY = Key(b"k" * 32)
RING = KeyRing((KEY,))
NAME = "sets/1/base.tar"
FRAME = FRAME_BYTES + TAG_BYTES
THREE = os.urandom(FRAME_BYTES * 2 + 100)


def sealed(content: bytes, *, name: str = NAME, key: Key = KEY) -> bytes:
    return b"".join(seal([content], name=name, key=key))


def opened(content: bytes, *, name: str = NAME, ring: KeyRing = RING) -> bytes:
    return b"".join(unseal([content], name=name, ring=ring))


def frames(content: bytes) -> list[bytes]:
    return [content[at : at + FRAME] for at in range(HEAD_BYTES, len(content), FRAME)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=90_000), max_size=5), st.integers(1, 200_000))
def test_it_opens_however_it_was_cut_into_pieces(pieces: list[bytes], step: int) -> None:
    closed = b"".join(seal(pieces, name=NAME, key=KEY))
    parts = [closed[at : at + step] for at in range(0, len(closed), step)]
    assert b"".join(unseal(parts, name=NAME, ring=RING)) == b"".join(pieces)
    assert len(closed) == sealed_size(sum(map(len, pieces)))


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, FRAME_BYTES * 3])
def test_at_the_edges_of_frames(size: int) -> None:
    content = os.urandom(size)
    assert len(sealed(content)) == sealed_size(size)
    assert opened(sealed(content)) == content


@pytest.fixture(scope="module")
def closed() -> bytes:
    return sealed(THREE)


def flipped(closed: bytes) -> Iterator[tuple[str, bytes]]:
    """In the head, the salt, each frame and each tag."""
    for at in [*range(HEAD_BYTES), *range(HEAD_BYTES, len(closed), 4099), len(closed) - 1]:
        spoilt = bytearray(closed)
        spoilt[at] ^= 1 << (at % 8)
        yield f"bit of {at}", bytes(spoilt)


def cut_off(closed: bytes) -> Iterator[tuple[str, bytes]]:
    for size in [*range(0, HEAD_BYTES + 1, 7), HEAD_BYTES, HEAD_BYTES + FRAME, HEAD_BYTES + 2 * FRAME, len(closed) - 1]:
        yield f"cut at {size}", closed[:size]


def put_together(closed: bytes) -> Iterator[tuple[str, bytes]]:
    one, two, three = frames(closed)
    for label, wrong in {
        "moved": [two, one, three],
        "left out": [one, three],
        "doubled": [one, two, two, three],
        "last doubled": [one, two, three, three],
        "begins later": [two, three],
        "added": [one, two, three, b"\0"],
    }.items():
        yield label, closed[:HEAD_BYTES] + b"".join(wrong)


def that_open(altered: Iterable[tuple[str, bytes]], *, name: str = NAME) -> tuple[int, list[str]]:
    """How many were tried, and which of them opened: none may."""
    tried, wrongly = 0, []
    for tried, (label, content) in enumerate(altered, 1):  # noqa: B007 (the last number is the count)
        try:
            opened(content, name=name)
        except Damaged:
            continue
        wrongly.append(label)
    return tried, wrongly


def test_whatever_is_altered_is_found(closed: bytes) -> None:
    tried, wrongly = that_open([*flipped(closed), *cut_off(closed), *put_together(closed)])
    assert wrongly == []
    assert tried > 100
    assert opened(closed) == THREE


def test_an_object_does_not_open_under_the_name_of_another(closed: bytes) -> None:
    with pytest.raises(Damaged, match=r"sets/2/base\.tar was altered"):
        opened(closed, name="sets/2/base.tar")


@pytest.mark.parametrize(
    ("hole", "opens"),
    [
        ("_nonce", ["cut at 65608", "cut at 131160"]),
        ("_bound", ["of another name"]),
    ],
)
def test_sealing_with_a_hole_is_found_out(hole: str, opens: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: no mark on the last frame, and the name not bound."""
    planted = {
        "_nonce": lambda number, *, is_last: number.to_bytes(12, "big"),
        "_bound": lambda head, name: head,
    }
    monkeypatch.setattr(sealing, hole, planted[hole])
    closed = sealed(THREE)
    wrongly = that_open([*cut_off(closed), *put_together(closed)])[1]
    wrongly += ["of another name"] if that_open([("it", closed)], name="sets/2/x") != (1, []) else []
    assert wrongly == opens


def test_frames_of_two_objects_under_one_name_do_not_mix() -> None:
    first, second = sealed(THREE), sealed(THREE)
    assert first != second
    with pytest.raises(Damaged):
        opened(first[: HEAD_BYTES + FRAME] + second[HEAD_BYTES + FRAME :])


def test_another_key_is_named_and_not_taken_for_damage(closed: bytes) -> None:
    other = Key.new()
    with pytest.raises(
        Damaged, match=f"sealed with the key {KEY.check}, which is not here .here: {other.check}"
    ) as told:
        opened(closed, ring=KeyRing((other,)))
    assert other.text not in str(told.value)
    assert KEY.text not in str(told.value)


def test_keys_of_before_go_on_opening(tmp_path: Path) -> None:
    place = Place(tmp_path)
    before = open_store(place)
    before.put(NAME, [b"old"], part=Part.FILES)
    new = keys.rotate(tmp_path)
    after = open_store(place)
    after.put("sets/2/base.tar", [b"new"], part=Part.FILES)
    assert after.key_check == new.check != before.key_check
    assert [b"".join(after.get(name)) for name in (NAME, "sets/2/base.tar")] == [b"old", b"new"]
    with pytest.raises(Damaged, match=new.check):
        b"".join(before.get("sets/2/base.tar"))


def test_a_key_is_changed_by_one_at_a_time_and_not_where_it_would_not_seal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two new keys written at once one would be lost, with what was sealed under it."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    before = keys.key_ring(tmp_path, make=True)
    with alone(tmp_path, doing="A backup"):
        assert main(["backup", "key", "--new"]) == 1
    assert "A backup is running already" in capsys.readouterr().err
    monkeypatch.setenv("BACKUP_KEY", Key.new().text)
    assert main(["backup", "key", "--new"]) == 1
    monkeypatch.delenv("BACKUP_KEY")
    assert keys.key_ring(tmp_path) == before
    assert main(["backup", "key", "--new"]) == 0
    assert keys.key_ring(tmp_path).keys[1:] == before.keys


def test_the_key_comes_back_from_the_copy_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the original: a new folder, the backups, and the text that was written down."""
    there = Place(tmp_path / "one", str(tmp_path / "backups"))
    open_store(there).put(NAME, [b"x"], part=Part.FILES)
    escrow = keys.key_ring(there.data).current.text
    here = Place(tmp_path / "two", str(tmp_path / "backups"))
    with pytest.raises(Damaged, match="BACKUP_KEY"):
        b"".join(open_store(here).get(NAME))
    monkeypatch.setenv("BACKUP_KEY_FALLBACKS", f" {escrow} ,")
    assert b"".join(open_store(here).get(NAME)) == b"x"
    monkeypatch.setenv("BACKUP_KEY", escrow)
    assert open_store(here).key_check == keys.Key.from_text(escrow).check


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    checks = {open_store(Place(tmp_path)).key_check for _ in range(3)}
    assert len(checks) == 1
    assert stat.S_IMODE(keys.key_file(tmp_path).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["backup_key"]


@pytest.mark.parametrize("text", ["short", "中文", base64.urlsafe_b64encode(b"x" * 31).decode(), "=" * 44])
def test_what_is_no_key_is_said_without_repeating_it(text: str) -> None:
    with pytest.raises(BadKey) as told:
        Key.from_text(text)
    assert text not in str(told.value)


def test_a_key_is_not_shown_by_accident() -> None:
    assert KEY.text not in f"{KEY!r} {KEY} {RING!r}"
    assert str(KEY.secret) not in f"{KEY!r} {KEY} {RING!r}"


def test_a_file_that_holds_something_else_than_its_name_says(tmp_path: Path) -> None:
    store = SealedStore(FolderShelf(tmp_path), RING)
    name = f"objects/{'0' * 64}"
    store.put(name, [b"another file"], part=Part.FILES)
    with pytest.raises(Damaged, match="does not hold what its name says"):
        b"".join(store.get(name))


@pytest.mark.parametrize("folder", ["postgres", "postgres/data", "."])
def test_backups_do_not_lie_in_or_around_the_database(tmp_path: Path, folder: str) -> None:
    with pytest.raises(Misplaced, match="the database's own folder"):
        open_store(Place(tmp_path, str(tmp_path / folder)))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"BACKUP_TARGET": "backups"}, "whole path"),
        ({"BACKUP_TARGET": "s3://bucket"}, "BACKUP_S3_ENDPOINT, BACKUP_S3_ACCESS_KEY, BACKUP_S3_SECRET_KEY"),
        ({"BACKUP_TARGET": "s3://b", "BACKUP_S3_ENDPOINT": "http://10.0.0.5:9000"}, "BACKUP_S3_PLAIN=1"),
        ({"BACKUP_TARGET": "s3://b", "BACKUP_S3_ENDPOINT": "ftp://10.0.0.5"}, "must be an address"),
        ({"BACKUP_TARGET": "s3://b", "BACKUP_S3_ENDPOINT": "https://s3.example.com/path"}, "must be an address"),
    ],
)
def test_settings_that_cannot_be_used_say_what_to_set(
    settings: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {"DATA_DIR": str(tmp_path), **settings}
    if "BACKUP_S3_ENDPOINT" in settings:
        given |= {"BACKUP_S3_ACCESS_KEY": "a", "BACKUP_S3_SECRET_KEY": "secret-of-mine"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misplaced, match=told) as problem:
        open_store()
    assert "secret-of-mine" not in str(problem.value)
