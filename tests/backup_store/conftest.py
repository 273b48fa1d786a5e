from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from guanxi.edge.ops.backups.keys import Key, KeyRing
from guanxi.edge.ops.backups.store.bucket import Bucket, BucketShelf
from guanxi.edge.ops.backups.store.folder import FolderShelf
from guanxi.edge.ops.backups.store.sealed import SealedStore
from guanxi.edge.ops.backups.store.shelf import Shelf

from . import bucket_server

PART_BYTES = 5 * 1024 * 1024


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing((Key.new(),))


@pytest.fixture
def server() -> Iterator[bucket_server.Bucket]:
    with bucket_server.serving() as bucket:
        yield bucket


@pytest.fixture
def bucket(server: bucket_server.Bucket) -> BucketShelf:
    return shelf_of(server)


def shelf_of(server: bucket_server.Bucket, *, secret: str = bucket_server.SECRET, times: int = 3) -> BucketShelf:
    place = Bucket(
        endpoint=f"127.0.0.1:{server.port}",
        name=bucket_server.BUCKET,
        access_key=bucket_server.ACCESS,
        secret_key=secret,
        prefix="crm/one",
        is_plain=True,
    )
    return BucketShelf(place, part_bytes=PART_BYTES, times=times, pause=0.01)


@pytest.fixture
def folder(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "backups")


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """The same tests for both."""
    found: Shelf = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(shelf: Shelf, ring: KeyRing) -> SealedStore:
    return SealedStore(shelf, ring)


@pytest.fixture(autouse=True)
def without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BACKUP_")]:
        monkeypatch.delenv(name)
