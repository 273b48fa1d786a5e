"""The whole way, as people go it: an installation with the demo company ships its log, is lost, and comes back at a
moment on another machine, without whom it had erased since."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from guanxi.edge.ops import postgres
from tests.crash.browser import Browser
from tests.installation import DEMO_PASSWORD, GUANXI, ROOT, Installation, free_port, installed, until

from .erasing import ERASE, PLANT, hits, told_by

pytestmark = pytest.mark.req("OPS-11", "OPS-12", "OPS-13", "OPS-14", "SEC-10")
# The worker looks every thirty seconds.
SHIPPED_WITHIN = 90


def tried(made: Installation, *words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*GUANXI, *words, "--json"], cwd=ROOT, env=made.environment(), capture_output=True, text=True, timeout=300
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gx-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve()


@pytest.fixture
def other(folder: Path) -> Iterator[Installation]:
    """A machine without the original: the store, and later the secrets that were kept apart."""
    (folder / "new").mkdir(mode=0o711)
    made = Installation(folder / "new", free_port(), extra={"BACKUP_TARGET": str(folder / "target")})
    yield made
    made.stop()


def test_the_product_comes_back_at_a_moment_without_whom_it_erased(folder: Path, other: Installation) -> None:
    with installed(BACKUP_TARGET=str(folder / "target")) as made:
        person = told_by(made, PLANT)
        code, full = tried(made, "backup")
        assert (code, full["kind"], full["method"]) == (0, "full", "physical")
        made.command("user", "create", "between", "--name", "之间")
        code, increment = tried(made, "backup", "--kind", "incremental")
        assert (code, increment["parent"]) == (0, full["id"])
        made.command("user", "create", "shipped", "--name", "日志")
        moment = made.row("SELECT clock_timestamp()")[0].isoformat()
        made.command("user", "create", "afterwards", "--name", "之后")
        digest = told_by(made, ERASE, person)
        assert hits(made) == {}
        until(lambda: log_has_arrived(made, folder / "target"), seconds=SHIPPED_WITHIN, pause=1)
        refused_while_it_runs(made)
        shutil.copy(made.data / "backup_key", other.data / "backup_key")
        secret = (made.data / "secret_key").read_text()
    # Its DATA_DIR is gone.
    code, refused = tried(other, "restore", "--at", moment, "--yes", "--reason", "fire")
    assert (code, refused["error"]) == (1, "failed")
    assert "1 persons were erased after that moment" in refused["message"]
    assert not (other.data / "postgres/pg.password").exists()
    (other.data / "secret_key").write_text(secret)
    code, report = tried(other, "restore", "--at", moment, "--yes", "--reason", "fire")
    assert (code, report["set"]) == (0, increment["id"])
    assert datetime.fromisoformat(report["moment"]) == datetime.fromisoformat(moment)
    other.start()
    is_whole(other, digest)


def log_has_arrived(made: Installation, target: Path) -> bool:
    """What was written until now, in a segment that the server is asked to close; its successor need not be there."""
    if not (mark := made.data / "closed").exists():
        mark.write_text(closed_segment(made))
    return bool(list(target.glob(f"wal/*/{mark.read_text()}.gz")) and list(target.glob("ledger/*.gz")))


def closed_segment(made: Installation) -> str:
    with psycopg.connect(postgres.Server(made.data / "postgres").url(role="postgres"), autocommit=True) as db:
        row = db.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
    assert row is not None
    return str(row[0])


def refused_while_it_runs(made: Installation) -> None:
    listed = made.command("backup", "list")
    assert len(listed["sets"]) == 2
    assert listed["log"]["newest_at"]
    assert listed["log"]["holes"] == []
    code, refused = tried(made, "restore", "--yes", "--reason", "fire")
    assert (code, refused["error"]) == (1, "failed")
    assert "Stop it first" in refused["message"]


def is_whole(other: Installation, digest: str) -> None:
    with other.database() as db:
        logins = {row[0] for row in db.execute("SELECT login FROM org_account").fetchall()}
    assert {"between", "shipped"} <= logins
    assert "afterwards" not in logins
    assert hits(other) == {}, "whoever was erased after the moment came back with it"
    assert other.row("SELECT is_replayed FROM privacy_erasure WHERE digest = %s", digest) == (True,)
    assert Browser.signed_in(other.port, "linlan", DEMO_PASSWORD).page("/customers").status == 200
    assert other.command("audit", "verify")["faults"] == []
    assert other.row("SELECT count(*) FROM audit_entry WHERE name = 'ops:backup:restored'") == (1,)
    # Nothing from before builds on: the start asked for a full one by itself.
    made = "SELECT EXISTS (SELECT FROM ops_backuprun WHERE what = 'full' AND state = 'done' AND NOT is_by_hand)"
    until(lambda: other.row(made)[0], seconds=120, pause=0.5)
    code, found = tried(other, "backup", "verify")
    assert (code, found["findings"], found["amcheck"]) == (0, [], True)
    assert found["foreign_keys"] > 50
