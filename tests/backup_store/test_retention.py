"""Whatever goes, each kept set can still be restored: its chain is whole, and all that it lists is there."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.edge.ops.backups import attachments, chains, retention, wal
from guanxi.edge.ops.backups.catalogue import Catalogue, chain_of, read_catalogue
from guanxi.edge.ops.backups.keys import Key, KeyRing
from guanxi.edge.ops.backups.retention import Dated, Keeping, kept, let_go
from guanxi.edge.ops.backups.sets import BackupSet, Damaged, Kind, Method, Part
from guanxi.edge.ops.backups.store.folder import FolderShelf
from guanxi.edge.ops.backups.store.sealed import SealedStore

pytestmark = [pytest.mark.req("OPS-11", "OPS-12")]
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn) -> list[Dated]:
    """Sets as plans and hands make them, now and then with a link that got lost."""
    made: list[Dated] = []
    at = NOW - timedelta(days=draw(st.integers(0, 500)))
    for number in range(draw(st.integers(0, 40))):
        at += timedelta(minutes=draw(st.sampled_from([1, 60, 600, 1440, 10080])))
        fulls = [one for one in made if one.is_full]
        kind = draw(st.sampled_from(list(Kind))) if made else Kind.FULL
        parent = {Kind.FULL: None, Kind.INCREMENTAL: made[-1].id if made else None}.get(
            kind, fulls[-1].id if fulls else None
        )
        made.append(Dated(f"s{number:02}", parent, kind is Kind.FULL, min(at, NOW)))
    return [one for one in made if draw(st.integers(0, 19))]


KEEPINGS = st.builds(Keeping, *(st.integers(0, most) for most in (72, 20, 10, 14)))


@settings(deadline=None, max_examples=200)
@given(histories(), KEEPINGS, st.data())
def test_every_kept_set_has_its_whole_chain(sets: list[Dated], keeping: Keeping, data: st.DataObject) -> None:
    ids = [one.id for one in sets]
    verified = set(data.draw(st.lists(st.sampled_from(ids)))) if ids else set()
    stay = kept(sets, keeping=keeping, now=NOW, verified=verified)
    assert faults_of(sets, stay, verified) == []


def faults_of(sets: list[Dated], stay: set[str], verified: set[str]) -> list[str]:
    known, faults = {one.id: one for one in sets}, []
    left = {set_id: one for set_id, one in known.items() if set_id in stay}
    whole = [one for one in sets if is_whole(known, one.id)]
    faults += [f"{one} is cut off" for one in left if not is_whole(left, one)]
    newest = max(whole, key=lambda one: (one.at, one.id), default=None)
    good = max((one for one in whole if one.id in verified), key=lambda one: (one.at, one.id), default=None)
    faults += [f"the newest {newest.id} is gone" for _ in "x" if newest and newest.id not in stay]
    faults += [f"the last good {good.id} is gone" for _ in "x" if good and good.id not in stay]
    return faults


def is_whole(sets: dict[str, Dated], set_id: str) -> bool:
    try:
        return bool(chain_of(sets, set_id))
    except Damaged:
        return False


def test_retention_with_a_hole_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: what a set stands on is forgotten; the check of the test above names it."""
    sets = [
        Dated("full", None, True, NOW - timedelta(days=40)),
        Dated("day", "full", False, NOW - timedelta(days=20)),
        Dated("hour", "day", False, NOW),
    ]
    few = Keeping(1, 1, 0, 0)
    assert kept(sets, keeping=few, now=NOW) == {"full", "day", "hour"}
    monkeypatch.setattr(retention, "chain_of", lambda known, set_id: [known[set_id]])
    assert faults_of(sets, kept(sets, keeping=few, now=NOW), set()) == ["hour is cut off"]
    assert faults_of(sets, {"full"}, {"day"}) == ["the newest hour is gone", "the last good day is gone"]


def test_a_year_of_hourly_sets_thins_out() -> None:
    """Weekly full, daily differential, hourly incremental: two days of hours, two weeks of days, weeks, months."""
    sets: list[Dated] = []
    full = day = before = ""
    for hour in range(365 * 24):
        at, name = NOW - timedelta(hours=365 * 24 - hour), f"{hour:05}"
        if hour % 168 == 0:
            full = day = name
            sets.append(Dated(name, None, True, at))
        elif hour % 24 == 0:
            day = name
            sets.append(Dated(name, full, False, at))
        else:
            sets.append(Dated(name, before, False, at))
        before = name
    stay = kept(sets, keeping=Keeping(), now=NOW)
    assert faults_of(sets, stay, set()) == []
    assert day in stay
    assert 60 < len(stay) < 120
    fulls = [one for one in sets if one.is_full and one.id in stay]
    assert 16 <= len(fulls) <= 22


def manifest_of(set_id: str) -> str:
    return chains.place(set_id, chains.MANIFEST)


def a_set(store: SealedStore, number: int, *, parent: str | None, files: list[bytes], days_ago: float) -> BackupSet:
    import hashlib

    set_id = f"s{number:02}"
    objects = [store.put(f"sets/{set_id}/base.tar", [os.urandom(50)], part=Part.DATABASE)]
    for content in files:
        objects.append(store.put(f"objects/{hashlib.sha256(content).hexdigest()}", [content], part=Part.FILES))
    at = (NOW - timedelta(days=days_ago)).isoformat()
    kind = Kind.INCREMENTAL if parent else Kind.FULL
    made = BackupSet(
        set_id, kind, Method.PHYSICAL, at, at, "0.1.0", 180000, "7", 1, "0/1", "0/2", store.key_check, parent,
        objects=objects,
    )  # fmt: skip
    store.put(manifest_of(set_id), [made.to_json().encode()], part=Part.CONFIGURATION)
    return made


def grow_old(shelf: FolderShelf) -> None:
    for path in shelf.root.rglob("*"):
        os.utime(path, (0, 0))


def faults_on(store: SealedStore) -> list[str]:
    catalogue = read_catalogue(store)
    faults = [
        f"{one.id} lacks {stored.name}" for one in catalogue.sets.values() for stored in catalogue.missing_of(one)
    ]
    for set_id in catalogue.sets:
        try:
            catalogue.chain_of(set_id)
        except Damaged as problem:
            faults.append(str(problem))
    return faults


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 5), max_size=4)), max_size=8), keeping=KEEPINGS)
def test_on_a_real_store_all_that_kept_sets_list_is_there(
    plan: list[tuple[bool, list[int]]], keeping: Keeping, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf = FolderShelf(tmp_path_factory.mktemp("kept"))
    store = SealedStore(shelf, KeyRing((Key(b"k" * 32),)))
    before: str | None = None
    for number, (is_full, files) in enumerate(plan):
        parent = None if is_full else before
        contents = [f"file {file}".encode() for file in files]
        before = a_set(store, number, parent=parent, files=contents, days_ago=3.0 * (len(plan) - number)).id
    grow_old(shelf)
    let_go(store, read_catalogue(store), keeping=keeping, now=NOW)
    after = read_catalogue(store)
    assert faults_on(store) == []
    assert bool(after.sets) == bool(plan)
    listed = {stored.name for one in after.sets.values() for stored in one.objects}
    assert set(after.entries) == listed | {manifest_of(set_id) for set_id in after.sets}


@pytest.fixture
def kept_folder(tmp_path: Path) -> SealedStore:
    store = SealedStore(FolderShelf(tmp_path), KeyRing((Key(b"k" * 32),)))
    a_set(store, 1, parent=None, files=[b"one", b"both"], days_ago=90)
    a_set(store, 2, parent=None, files=[b"two", b"both"], days_ago=0)
    return store


FEW = Keeping(0, 1, 0, 0)


def test_what_no_set_lists_any_more_goes_when_it_is_old(kept_folder: SealedStore) -> None:
    """A backup under way may count on a file that is there already: its manifest is written last."""
    kept_folder.put("sets/s03/base.tar", [b"of a killed run"], part=Part.DATABASE)
    going = let_go(kept_folder, read_catalogue(kept_folder), keeping=FEW, now=datetime.now(UTC))
    assert (going.sets, going.objects) == (("s01",), 3)
    assert kept_folder.names("sets/s01") == kept_folder.names("sets/s03") == []
    assert len(kept_folder.names("objects/")) == 3
    assert isinstance(kept_folder.shelf, FolderShelf)
    grow_old(kept_folder.shelf)
    let_go(kept_folder, read_catalogue(kept_folder), keeping=FEW, now=datetime.now(UTC))
    assert faults_on(kept_folder) == []
    assert len(kept_folder.names("objects/")) == 2


def test_a_file_that_came_and_went_between_two_sets_stays_as_long_as_a_moment_needs_it(
    kept_folder: SealedStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No set lists it, but a restore to a moment in between does, and would be refused without it."""
    root, name = tmp_path_factory.mktemp("files"), "ab" * 20
    (root / "ab/ab").mkdir(parents=True)
    (root / "ab/ab" / name).write_bytes(b"erased an hour later")
    shipped = attachments.ship_new(kept_folder, root, identifier="7", known=set())
    assert isinstance(kept_folder.shelf, FolderShelf)
    grow_old(kept_folder.shelf)
    let_go(kept_folder, read_catalogue(kept_folder), keeping=Keeping(), now=NOW)
    assert attachments.check_files(kept_folder, shipped) == 1
    a_set(kept_folder, 4, parent=None, files=[], days_ago=-30)
    let_go(kept_folder, read_catalogue(kept_folder), keeping=Keeping(0, 0, 0, 0), now=NOW + timedelta(days=60))
    assert kept_folder.names("wal/") == []
    assert shipped[0].object.name not in kept_folder.names()


def test_a_file_that_goes_while_files_are_shipped_keeps_no_other_back(
    kept_folder: SealedStore, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path_factory.mktemp("files")
    here = root / "cd/cd" / ("cd" * 20)
    here.parent.mkdir(parents=True)
    here.write_bytes(b"here")
    monkeypatch.setattr(attachments, "_every", lambda root: [root / "ab/ab" / ("ab" * 20), here])
    assert [file.path for file in attachments.ship_new(kept_folder, root, identifier="7", known=set())] == [
        str(here.relative_to(root))
    ]


def test_the_log_of_a_database_that_was_given_up_goes_with_the_days(kept_folder: SealedStore) -> None:
    """After a move or a restore from a dump the database has another name; nothing else clears that of the former."""
    names = [wal.place(identifier, "0" * 7 + "10" + "0" * 15) for identifier in ("7", "8")]
    for name in names:
        kept_folder.put(name, [b"log"], part=Part.DATABASE)
    assert isinstance(kept_folder.shelf, FolderShelf)
    let_go(kept_folder, read_catalogue(kept_folder), keeping=Keeping(), now=datetime.now(UTC))
    assert kept_folder.names("wal/") == names
    grow_old(kept_folder.shelf)
    let_go(kept_folder, read_catalogue(kept_folder), keeping=Keeping(), now=datetime.now(UTC))
    assert kept_folder.names("wal/") == names[:1]


def test_marks_beside_a_kept_set_stay(kept_folder: SealedStore) -> None:
    kept_folder.put("sets/s02/verified.json", [b"{}"], part=Part.CONFIGURATION)
    let_go(kept_folder, read_catalogue(kept_folder), keeping=FEW, now=NOW + timedelta(days=400))
    assert "sets/s02/verified.json" in kept_folder.names()


def test_nothing_goes_while_a_manifest_cannot_be_read(kept_folder: SealedStore) -> None:
    """With the wrong key at hand retention must not take good backups for rubbish."""
    other = SealedStore(kept_folder.shelf, KeyRing((Key(b"o" * 32),)))
    a_set(other, 3, parent=None, files=[b"three"], days_ago=0)
    assert isinstance(kept_folder.shelf, FolderShelf)
    grow_old(kept_folder.shelf)
    for store in (other, kept_folder):
        before = store.names()
        catalogue = read_catalogue(store)
        assert catalogue.unreadable
        assert let_go(store, catalogue, keeping=FEW, now=NOW).sets == ()
        assert store.names() == before


def test_a_manifest_under_the_name_of_another_set_is_not_believed(kept_folder: SealedStore) -> None:
    text = b"".join(kept_folder.get(manifest_of("s01")))
    kept_folder.put(manifest_of("s09"), [text], part=Part.CONFIGURATION)
    assert read_catalogue(kept_folder).unreadable == {
        "s09": "sets/s09/manifest.json: It says that it is of the set s01. Sets must not be renamed or exchanged."
    }


def test_what_is_gone_or_shortened_is_missing(kept_folder: SealedStore) -> None:
    catalogue = read_catalogue(kept_folder)
    assert isinstance(catalogue, Catalogue)
    assert faults_on(kept_folder) == []
    assert isinstance(kept_folder.shelf, FolderShelf)
    path = kept_folder.shelf.root / "sets/s02/base.tar"
    path.write_bytes(path.read_bytes()[:-1])
    assert faults_on(kept_folder) == ["s02 lacks sets/s02/base.tar"]
    path.unlink()
    assert faults_on(kept_folder) == ["s02 lacks sets/s02/base.tar"]
