"""An installation that backs up into a bucket: asked for, made, killed while it verifies, done all the same."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from guanxi.edge.ops import postgres
from guanxi.edge.ops.backups import keys
from guanxi.edge.ops.backups.catalogue import read_catalogue
from guanxi.edge.ops.backups.store.sealed import SealedStore
from tests.installation import ROOT, Installation, installed, until

from . import bucket_server
from .conftest import shelf_of

pytestmark = [pytest.mark.req("OPS-11", "OPS-12"), pytest.mark.soak]
ASK = """
import sys, django
django.setup()
from guanxi.base.kernel.actor import Actor
from guanxi.edge.ops.backups.asking import ask
print(ask(sys.argv[1], set_id=sys.argv[2], actor=Actor.system("test")).pk)
"""
# A job that was cut off runs again within a minute.
AGAIN_WITHIN = 60


@pytest.fixture
def place(server: bucket_server.Bucket) -> Iterator[Installation]:
    with installed(
        DEMO="0",
        BACKUP_TARGET=f"s3://{bucket_server.BUCKET}/crm/one",
        BACKUP_S3_ENDPOINT=server.endpoint,
        BACKUP_S3_ACCESS_KEY=bucket_server.ACCESS,
        BACKUP_S3_SECRET_KEY=bucket_server.SECRET,
        BACKUP_S3_PLAIN="1",
    ) as found:
        yield found


def ask(place: Installation, what: str, set_id: str = "") -> int:
    own = {"DATABASE_URL": postgres.Server(place.data / "postgres").url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ASK, what, set_id],
        cwd=ROOT,
        env=place.environment() | own,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def run(place: Installation, run_id: int) -> tuple[str, str, str]:
    state, set_id, trouble = place.row("SELECT state, set_id, trouble FROM ops_backuprun WHERE id = %s", run_id)
    return state, set_id, trouble


def over(place: Installation, run_id: int, *, seconds: float = 60) -> tuple[str, str, str]:
    return until(lambda: (found := run(place, run_id))[0] in {"done", "failed"} and found, seconds=seconds, pause=0.2)


def test_into_a_bucket_and_through_a_kill(place: Installation, server: bucket_server.Bucket) -> None:
    state, set_id, trouble = over(place, ask(place, "full"))
    assert (state, trouble) == ("done", "")
    store = SealedStore(shelf_of(server), keys.key_ring(place.data))
    catalogue = read_catalogue(store)
    assert list(catalogue.sets) == [set_id]
    assert catalogue.missing_of(catalogue.sets[set_id]) == []
    assert server.refused == []
    # Nothing that lies there can be read without the key.
    assert all(kept.content.startswith(b"GXSEAL1\n") for kept in server.objects.values())

    verification = ask(place, "verify", set_id)
    until(lambda: run(place, verification)[0] == "running", pause=0.02)
    killed_at = time.monotonic()
    place.kill("worker")
    assert over(place, verification, seconds=AGAIN_WITHIN + 30)[0] == "done"
    assert time.monotonic() - killed_at < AGAIN_WITHIN + 30
    assert place.row("SELECT is_good, gone_at FROM ops_keptset WHERE set_id = %s", set_id) == (True, None)
    assert list(read_catalogue(store).sets) == [set_id]

    server.spoil = lambda method, query, seen: "busy"
    assert over(place, ask(place, "full"), seconds=90)[::2] == ("failed", "unreachable")
    server.spoil = lambda method, query, seen: ""
    assert list(read_catalogue(store).sets) == [set_id]
