"""Damage is planted, one at a time, on copies of a store that restores; each must be refused in words that name the
object (F-52). The last tests count them, and see that the undamaged store does come back."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from guanxi.edge.ops import postgres
from guanxi.edge.ops.backups import chains, restoring, wal
from guanxi.edge.ops.backups.servers import Failed, source_of
from guanxi.edge.ops.backups.sets import BackupSet, Damaged, Kind, Method
from guanxi.edge.ops.backups.staging import Until
from guanxi.edge.ops.backups.store import SealedStore
from tests.backup.conftest import House, a_house
from tests.backup.forging import Forger, another_key, append, inside, unzip, zip_up
from tests.installation import until

pytestmark = pytest.mark.req("OPS-11", "OPS-13")
LATEST = Until(is_latest=True)


@dataclass(frozen=True)
class Kept:
    """A store with a chain of three, a differential, a full of the same moment, a dump, and the log after them."""

    house: House
    full: BackupSet
    first: BackupSet
    second: BackupSet
    differential: BackupSet
    other: BackupSet
    dump: BackupSet
    identifier: str
    segments: list[str]


@pytest.fixture(scope="module")
def kept(first: Path) -> Iterator[Kept]:
    with a_house(first, archives=True) as house:
        sets = []
        for kind in (Kind.FULL, Kind.INCREMENTAL, Kind.INCREMENTAL, Kind.DIFFERENTIAL):
            house.load(100)
            sets.append(house.back_up(kind))
        dump = house.back_up(method=Method.LOGICAL)
        other = house.back_up()
        for number in range(4):
            house.execute(f"INSERT INTO mark VALUES ({number});\nSELECT pg_switch_wal()")
        spool = postgres.spool_of(house.server.data)
        until(lambda: len(_after(other, spool.glob("*.gz"))) >= 5)
        house.ship()
        names = [Path(name) for name in house.store.names(wal.PREFIX)]
        identifier = source_of(house.here).identity()[0]
        house.stop()
        yield Kept(house, *sets, other, dump, identifier, _after(other, names))


def _after(made: BackupSet, paths: object) -> list[str]:
    first = wal.segment_of(made.timeline, made.stop_lsn)
    assert hasattr(paths, "__iter__")
    return sorted(path.stem for path in paths if wal.SEGMENT.fullmatch(path.stem) and path.stem >= first)


@dataclass(frozen=True)
class Planted:
    """`spoil` does it and answers the set to restore; `told` stands in the refusal."""

    what: str
    spoil: Callable[[Kept, Forger], str]
    told: str
    until: Until | None = None
    store: Callable[[SealedStore], SealedStore] = lambda store: store
    is_long: bool = False


PLANTED: list[Planted] = []


def planted(what: str, told: str, **more: object) -> Callable[[Callable[[Kept, Forger], str]], None]:
    def add(spoil: Callable[[Kept, Forger], str]) -> None:
        PLANTED.append(Planted(what, spoil, told, **more))  # type: ignore[arg-type]  # its own fields

    return add


def database(made: BackupSet) -> str:
    return chains.place(made.id, chains.DATABASE)


def attached(kept: Kept, number: int = 0) -> str:
    return sorted(one.name for one in kept.full.objects if one.name.startswith("objects/"))[number]


# --- on the store, by whoever reaches it or by a failing disk ---


@planted("a flipped bit in the database", "database.tar.gz was altered or cut off")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(database(kept.full))
    return kept.full.id


@planted("a flipped bit in the head of an object", "was sealed with the key|is not a sealed object")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(database(kept.full), at=0.0)
    return kept.full.id


@planted("a database cut off", "database.tar.gz was altered or cut off")
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(database(kept.full))
    return kept.full.id


@planted("an empty object", "database.tar.gz is not a sealed object")
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(database(kept.full), to=0)
    return kept.full.id


@planted("a database that is gone", "database.tar.gz is missing")
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(database(kept.full))
    return kept.full.id


@planted("a flipped bit in a link in the middle", "incremental-.*database.tar.gz was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(database(kept.first))
    return kept.second.id


@planted("databases exchanged between sets", "database.tar.gz was altered or cut off", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(database(kept.full), database(kept.other))
    return kept.other.id


@planted("a flipped bit in a file", "objects/[0-9a-f]{64} was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(attached(kept))
    return kept.full.id


@planted("a file that is gone", "objects/[0-9a-f]{64} is missing")
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(attached(kept))
    return kept.full.id


@planted("a file in place of another", "objects/[0-9a-f]{64} was altered", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(attached(kept, 0), attached(kept, 1))
    return kept.full.id


@planted("a flipped bit in the manifest", "manifest.json was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(chains.place(kept.full.id, chains.MANIFEST), at=0.9)
    return kept.full.id


@planted("a manifest cut off", "manifest.json was altered or cut off")
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(chains.place(kept.full.id, chains.MANIFEST))
    return kept.full.id


@planted("the manifest of another set", "manifest.json was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(*(chains.place(one.id, chains.MANIFEST) for one in (kept.full, kept.other)))
    return kept.full.id


@planted("a set with another name", "manifest.json was altered")
def _(kept: Kept, forger: Forger) -> str:
    name = kept.full.id.replace("full", "best")
    forger.path(f"sets/{kept.full.id}").rename(forger.path(f"sets/{name}"))
    return name


@planted("a missing link", "stands on .*full.*, which is missing")
def _(kept: Kept, forger: Forger) -> str:
    shutil.rmtree(forger.path(f"sets/{kept.full.id}"))
    return kept.second.id


@planted("the server's own manifest is gone", "backup_manifest.gz is missing")
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(chains.place(kept.full.id, chains.SERVER_MANIFEST))
    return kept.full.id


@planted("another key", "was sealed with the key", store=another_key)
def _(kept: Kept, forger: Forger) -> str:
    return kept.full.id


@planted("a cut dump", "database.dump was altered or cut off", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.cut(chains.place(kept.dump.id, chains.DUMP))
    return kept.dump.id


# --- by somebody who has the key, or by a program that went wrong ---


@planted("an edited manifest", "The manifest was altered")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest_text(kept.full.id, lambda value: value.update(finished_at="2020-01-01T00:00:00+00:00"))
    return kept.full.id


@planted("a manifest that is none", "The manifest cannot be read")
def _(kept: Kept, forger: Forger) -> str:
    forger.put(chains.place(kept.full.id, chains.MANIFEST), b'["nothing"]')
    return kept.full.id


@planted("the manifest of a set with another name, sealed anew", "It says that it is of the set")
def _(kept: Kept, forger: Forger) -> str:
    text = forger.read(chains.place(kept.other.id, chains.MANIFEST))
    forger.put(chains.place(kept.full.id, chains.MANIFEST), text)
    return kept.full.id


@planted("an edited key check", "was sealed with the key 00")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, key_check="00" * 8)
    return kept.full.id


@planted("a parent that is another set of that name", "was made on another set of that name")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, remark="made anew")
    return kept.first.id


@planted("links in the wrong order", "it was made before it|was made on another set")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, parent=kept.other.id, parent_digest=kept.other.digest)
    return kept.first.id


@planted("a link left out", "The links do not fit together|not fit on", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.second.id, parent=kept.full.id, parent_digest=kept.full.digest)
    return kept.second.id


@planted("an increment that stands on itself", "does not fit on|never ends")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, parent=kept.first.id)
    return kept.first.id


@planted("an increment without a parent", "says nothing of what it stands on")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, parent=None, parent_digest="")
    return kept.first.id


@planted("a link of another database", "it is of another database")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, system_identifier="7000000000000000000")
    return kept.first.id


@planted("a link of another timeline", "it is of timeline 9")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.first.id, timeline=9)
    return kept.first.id


@planted("a set of a newer release", "Install that one first")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, release="99.0.0")
    return kept.full.id


@planted("the files of another server", "holds the files of PostgreSQL 19")
def _(kept: Kept, forger: Forger) -> str:
    forger.manifest(kept.full.id, server_version=190000)
    return kept.full.id


@planted("another content than the manifest lists", "database.tar.gz is not what was written", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(database(kept.full), forger.read(database(kept.other)))
    return kept.full.id


@planted("the server's manifest of another set", "is not the manifest of")
def _(kept: Kept, forger: Forger) -> str:
    name = chains.SERVER_MANIFEST
    forger.part(kept.full.id, name, forger.read(chains.place(kept.other.id, name)))
    return kept.full.id


@planted("a changed page of a table", "is not what the server wrote")
def _(kept: Kept, forger: Forger) -> str:
    with forger.tar(kept.other.id) as members:
        name = max((n for n in members if n.startswith("base/")), key=lambda n: len(_bytes(members[n])))
        members[name] = inside(_bytes(members[name]), at=5000)
    return kept.other.id


@planted("a table left out", "is not what the server wrote", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    with forger.tar(kept.other.id) as members:
        del members[max((n for n in members if n.startswith("base/")), key=lambda n: len(_bytes(members[n])))]
    return kept.other.id


@planted("a member twice", "holds 'PG_VERSION' twice")
def _(kept: Kept, forger: Forger) -> str:
    content = append(forger.unpacked(kept.other.id, chains.DATABASE), "PG_VERSION", b"17\n")
    forger.part(kept.other.id, chains.DATABASE, zip_up(content))
    return kept.other.id


@planted("a member outside the database", "belongs in no database", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    content = append(forger.unpacked(kept.other.id, chains.DATABASE), "../../evil", b"x")
    forger.part(kept.other.id, chains.DATABASE, zip_up(content))
    return kept.other.id


@planted("more after the end", "goes on after its end")
def _(kept: Kept, forger: Forger) -> str:
    forger.part(kept.other.id, chains.DATABASE, forger.read(database(kept.other)) + b"more")
    return kept.other.id


@planted("half an archive", "ends too early", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.part(kept.other.id, chains.DATABASE, forger.read(database(kept.other))[:-500])
    return kept.other.id


@planted("a list with a file outside its place", "names a file outside its place", is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    text = forger.unpacked(kept.full.id, chains.FILES).replace(b'"path": "', b'"path": "../', 1)
    forger.part(kept.full.id, chains.FILES, zip_up(text))
    return kept.full.id


@planted("a dump of something else", "is not what was dumped")
def _(kept: Kept, forger: Forger) -> str:
    made = chains.read(forger.store, kept.dump.id)
    forger.manifest(kept.dump.id, tables=made.tables | {"public.customer": "7:7"})
    return kept.dump.id


# --- in the log ---


def segment(kept: Kept, number: int) -> str:
    return wal.place(kept.identifier, kept.segments[number])


def relabelled(content: bytes, **changes: int) -> bytes:
    names = ("magic", "info", "line", "start", "rest", "identifier", "size", "block")
    values = dict(zip(names, wal.HEAD.unpack_from(content), strict=True)) | changes
    out = bytearray(content)
    struct.Struct(wal.HEAD.format).pack_into(out, 0, *values.values())
    return bytes(out)


@planted("a missing segment", "is missing, later ones are there", until=LATEST)
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(segment(kept, 2))
    return kept.other.id


@planted("a flipped bit in a segment", "wal/.*was altered", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(segment(kept, 2))
    return kept.other.id


@planted("segments exchanged", "wal/.*was altered", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(segment(kept, 1), segment(kept, 2))
    return kept.other.id


@planted("a segment of another place in the log", "holds another part of the log", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), forger.read(segment(kept, 1)))
    return kept.other.id


@planted("a segment of another timeline", "holds another part of the log than its name says .timeline 7.", until=LATEST)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(relabelled(unzip(forger.read(segment(kept, 2))), line=7)))
    return kept.other.id


@planted("a segment of another database", "is of another database", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(relabelled(unzip(forger.read(segment(kept, 2))), identifier=5)))
    return kept.other.id


@planted("half a segment", "is no whole segment", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(unzip(forger.read(segment(kept, 2)))[: 8 * 1024 * 1024]))
    return kept.other.id


@planted("a record that is not what was written", "broke off before the end", until=LATEST)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(inside(unzip(forger.read(segment(kept, 2))), at=60)))
    return kept.other.id


# --- what holds for all of them ---


def _bytes(member: object) -> bytes:
    return member if isinstance(member, bytes) else b""


SHORT = [damage for damage in PLANTED if not damage.is_long]
CASES = [pytest.param(one, id=one.what, marks=[pytest.mark.soak] if one.is_long else []) for one in PLANTED]


@pytest.mark.parametrize("damage", CASES)
def test_planted_damage_is_refused_by_name(kept: Kept, place: Path, damage: Planted) -> None:
    house = kept.house.elsewhere(place / "other")
    set_id = damage.spoil(kept, Forger(house.backups, house.store))
    with pytest.raises((Damaged, Failed), match=damage.told):
        restoring.restore(damage.store(house.store), set_id, here=house.here, until=damage.until, is_check=True)
    assert not (house.here.data / "postgres/pg.password").exists()
    assert not (house.here.data / restoring.CHECK).exists(), "what was begun is cleared away"


@pytest.mark.parametrize(
    "which",
    [pytest.param("second", marks=pytest.mark.soak), pytest.param("differential", marks=pytest.mark.soak), "dump"],
)
def test_the_undamaged_store_comes_back(kept: Kept, place: Path, which: str) -> None:
    house, made = kept.house.elsewhere(place / "other"), getattr(kept, which)
    report = restoring.restore(house.store, made.id, here=house.here, is_check=True)
    assert report.rows > 100
    assert report.files >= 2


def test_the_undamaged_log_comes_back(kept: Kept, place: Path) -> None:
    house = kept.house.elsewhere(place / "other")
    report = restoring.restore(house.store, kept.other.id, here=house.here, until=LATEST, is_check=True)
    assert report.rows > 100


def test_there_are_enough_of_them() -> None:
    assert len(SHORT) >= 30
    assert len(PLANTED) >= 45
    assert len({damage.what for damage in PLANTED}) == len(PLANTED)
    assert replace(PLANTED[0], told="") != PLANTED[0]
