"""What was backed up comes back, whatever chain it is on; and what cannot be done as asked is said (F-50, F-53)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guanxi.edge.ops import postgres
from guanxi.edge.ops.backups import chains, logical, physical, restoring, servers, verifying, wal
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.backups.sets import BackupSet, Kind, Method
from tests.backup.conftest import House

pytestmark = pytest.mark.req("OPS-11", "OPS-12")


def restored(house: House, set_id: str, place: Path) -> tuple[dict[str, str], dict[str, bytes]]:
    """Content and files, brought back on a machine that has nothing but the store and the key."""
    other = house.elsewhere(place)
    restoring.restore(other.store, set_id, here=other.here)
    other.start()
    try:
        return other.content(), other.files()
    finally:
        other.stop()


CHAINS = [Kind.FULL, Kind.INCREMENTAL, Kind.INCREMENTAL, Kind.INCREMENTAL, Kind.DIFFERENTIAL, Kind.INCREMENTAL]


def brings_everything_back(house: House, place: Path, *, rows: int, numbers: list[int]) -> None:
    """Full, three increments, a differential and one more on it; those of these numbers are restored and compared."""
    made = []
    for kind in CHAINS:
        house.load(rows)
        made.append((house.back_up(kind), house.content(), house.files()))
    house.load(rows)
    store = house.store
    assert [one.kind for one, _content, _files in made] == CHAINS
    assert [len(chains.chain(store, one)) for one, _content, _files in made] == [1, 2, 3, 4, 2, 3]
    assert len({str(content) for _one, content, _files in made}) == len(CHAINS), "each set must differ from the others"
    for one, content, files in (made[number] for number in numbers):
        assert restored(house, one.id, place / one.id) == (content, files)
        assert len(files) >= 2
        assert sum(int(value.split(":")[0]) for value in content.values() if ":" in value) > rows


def test_each_chain_brings_back_exactly_what_was_there(house: House, place: Path) -> None:
    brings_everything_back(house, place, rows=500, numbers=[3])


@pytest.mark.soak
def test_every_set_of_every_chain_comes_back(house: House, place: Path) -> None:
    brings_everything_back(house, place, rows=50_000, numbers=[0, 1, 2, 3, 4, 5])


def test_a_difference_would_be_seen(house: House) -> None:
    """The comparison the drills stand on: one letter in one row of one table."""
    house.load(200)
    before = house.content()
    house.execute("UPDATE customer SET name = name || '。' WHERE id = 5")
    after = house.content()
    assert [name for name in before if before[name] != after[name]] == ["public.customer"]


def test_increments_are_smaller_than_what_they_stand_on(house: House) -> None:
    house.load(20_000)
    full = house.back_up()
    house.load(10)
    increment = house.back_up(Kind.INCREMENTAL)
    sizes = [chains.part(one, chains.DATABASE).size for one in (full, increment)]
    assert sizes[1] < sizes[0] / 2


def test_files_lie_on_the_store_once(house: House) -> None:
    house.load(10)
    house.back_up()
    house.back_up(Kind.INCREMENTAL)
    assert len(house.store.names("objects/")) == len(house.files()) == 2


def test_verification_looks_at_everything(house: House) -> None:
    house.load(300)
    made, content = house.back_up(), house.content()
    found = verifying.verify(made.id, house.store, here=house.here)
    assert found.findings == []
    assert found.tables == content
    assert (found.foreign_keys, found.sequences, found.files, found.amcheck) == (1, 2, 2, True)
    assert verifying.read(house.store, made.id) == found


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("ALTER TABLE customer DISABLE TRIGGER ALL;\nDELETE FROM customer WHERE id = 3", "point to nothing"),
        ("SELECT setval('customer_id_seq', 5)", "behind"),
        ("UPDATE documents_documentversion SET sha256 = repeat('0', 64)", "are not in the set"),
        ("ALTER TABLE mark ADD CONSTRAINT odd CHECK (number > 7) NOT VALID", "not valid"),
    ],
)
def test_verification_finds_what_is_wrong(house: House, spoil: str, told: str) -> None:
    house.load(100)
    house.execute(spoil)
    found = verifying.verify(house.back_up().id, house.store, here=house.here)
    assert any(told in finding for finding in found.findings), found.findings


def test_nothing_is_built_on_a_set_that_does_not_bring_everything_back(house: House) -> None:
    house.load(100)
    house.execute("SELECT setval('customer_id_seq', 5)")
    verifying.verify(house.back_up().id, house.store, here=house.here)
    made = house.back_up(Kind.INCREMENTAL)
    assert made.kind is Kind.FULL
    assert "did not bring everything back" in made.remark


def test_without_a_set_to_stand_on_a_full_one_is_made(house: House) -> None:
    made = house.back_up(Kind.INCREMENTAL)
    assert (made.kind, made.parent) == (Kind.FULL, None)
    assert "no set yet" in made.remark


def test_when_the_notes_of_changes_are_gone_a_full_one_is_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.back_up()
    house.load(100)
    house.stop()
    monkeypatch.setitem(postgres.SETTINGS, "summarize_wal", "off")
    for note in (house.server.data / "pg_wal/summaries").glob("*"):
        note.unlink()
    house.start()
    made = house.back_up(Kind.INCREMENTAL)
    assert made.kind is Kind.FULL
    assert "summar" in made.remark
    assert verifying.verify(made.id, house.store, here=house.here).tables == house.content()


def test_a_parent_that_is_too_old_is_not_used() -> None:
    old = _set(started_at="2026-01-01T00:00:00+00:00")
    parent, problem = physical.parent_for(Kind.INCREMENTAL, [old], identifier="1", timeline=1)
    assert parent is None
    assert "ten days" in problem


def test_nothing_stands_on_a_set_of_a_clock_that_was_ahead() -> None:
    """It would have been made before what it stands on: restoring refuses such a chain."""
    ahead = _set(started_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    parent, problem = physical.parent_for(Kind.INCREMENTAL, [ahead], identifier="1", timeline=1)
    assert parent is None
    assert "set back" in problem


def _set(*, started_at: str) -> BackupSet:
    return BackupSet(
        id="a",
        kind=Kind.FULL,
        method=Method.PHYSICAL,
        started_at=started_at,
        finished_at=started_at,
        release="0.1.0",
        server_version=180000,
        system_identifier="1",
        timeline=1,
        start_lsn="0/1",
        stop_lsn="0/2",
        key_check="",
    )


def test_after_a_restore_the_next_set_is_a_full_one(house: House) -> None:
    house.load(50)
    made = house.back_up()
    house.stop()
    restoring.restore(house.store, made.id, here=house.here)
    house.start()
    next_one = house.back_up(Kind.INCREMENTAL)
    assert next_one.kind is Kind.FULL
    assert next_one.timeline != made.timeline
    assert "timeline" in next_one.remark


def test_an_older_server_gives_dumps_and_says_so(house: House, place: Path) -> None:
    house.load(300)
    made, content, files = house.back_up(method=Method.LOGICAL), house.content(), house.files()
    assert made.tables == content
    assert verifying.verify(made.id, house.store, here=house.here).findings == []
    assert restored(house, made.id, place / "other") == (content, files)
    with pytest.raises(Failed, match="only gives full backups"):
        house.back_up(Kind.INCREMENTAL, method=Method.LOGICAL)


def test_a_dump_says_when_it_was_begun_and_leaves_nothing_open_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes while it is made is not in it. Loading it is killed half-way: the next look clears what lies there."""
    dumped: list[datetime] = []
    digests = logical.content.digests

    def counted(connection: logical.content.Connection) -> dict[str, str]:
        dumped.append(datetime.now(UTC))
        return digests(connection)

    monkeypatch.setattr(logical.content, "digests", counted)
    made = house.back_up(method=Method.LOGICAL)
    assert datetime.fromisoformat(made.finished_at) < dumped[0]
    opened: list[Path] = []

    def killed(command: list[str], *, of: str) -> str:
        opened.append(Path(command[-1]))
        opened[0].with_suffix(".left").write_bytes(opened[0].read_bytes())
        raise KeyboardInterrupt

    monkeypatch.setattr(logical, "run", killed)
    with pytest.raises(KeyboardInterrupt):
        verifying.verify(made.id, house.store, here=house.here)
    assert Path(tempfile.gettempdir()) != opened[0].parent
    assert [path for path in opened[0].parent.glob("*") if path.suffix == ".left"] == []


def test_what_the_server_can_decides_how_it_is_backed_up(house: House) -> None:
    source = servers.source_of(house.here)
    assert source.method is Method.PHYSICAL
    assert replace(source, version=150013).method is Method.LOGICAL
    assert replace(source, may_replicate=False).method is Method.LOGICAL


def test_a_file_that_changed_on_the_disk_keeps_its_good_copy(house: House, place: Path) -> None:
    path = house.add_file(b"the contract")
    house.back_up()
    path.write_bytes(b"the c0ntract")
    made = house.back_up()
    assert "not what it was" in made.remark
    _content, files = restored(house, made.id, place / "other")
    assert list(files.values()) == [b"the contract"]


def test_the_log_is_not_kept_for_ever(archiving: House) -> None:
    archiving.back_up()
    archiving.execute("SELECT pg_switch_wal()")
    archiving.load(10)
    last = archiving.back_up()
    archiving.ship()
    before = archiving.store.names(wal.PREFIX)
    wal.prune(archiving.store, [last], since=datetime.now(UTC))
    left = archiving.store.names(wal.PREFIX)
    assert 0 < len(left) < len(before)
    assert min(left) >= wal.place(last.system_identifier, wal.segment_of(1, last.start_lsn))
