"""The whole way, as people go it: commands on an installation with the demo company, restored, started, signed in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.crash.browser import Browser
from tests.installation import DEMO_PASSWORD, GUANXI, ROOT, Installation, installed

pytestmark = pytest.mark.req("OPS-11", "OPS-12", "OPS-13", "OPS-14")


def tried(made: Installation, *words: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [*GUANXI, *words, "--json"], cwd=ROOT, env=made.environment(), capture_output=True, text=True, timeout=300
    )
    return done.returncode, json.loads(done.stdout)


def test_a_backup_of_the_product_comes_back_and_opens(tmp_path: Path) -> None:
    with installed() as made:
        code, full = tried(made, "backup")
        assert (code, full["kind"], full["method"]) == (0, "full", "physical")
        made.command("user", "create", "between", "--name", "之间")
        code, increment = tried(made, "backup", "--kind", "incremental")
        assert (code, increment["parent"]) == (0, full["id"])
        made.command("user", "create", "afterwards", "--name", "之后")
        assert [row["id"] for row in made.command("backup", "list")["sets"]] == [full["id"], increment["id"]]
        code, refused = tried(made, "restore", "--yes")
        assert (code, refused["error"]) == (1, "failed")
        assert "Stop it first" in refused["message"]
        code, checked = tried(made, "restore", "--check")
        assert (code, checked["is_check"], checked["chain"]) == (0, True, [full["id"], increment["id"]])
        assert checked["lost_entries"] > 0
        made.stop()
        code, report = tried(made, "restore", increment["id"], "--yes")
        assert (code, report["set"]) == (0, increment["id"])
        made.start()
        logins = {row[0] for row in _rows(made, "SELECT login FROM org_account")}
        assert "between" in logins
        assert "afterwards" not in logins
        assert Browser.signed_in(made.port, "linlan", DEMO_PASSWORD).page("/customers").status == 200
        assert made.command("audit", "verify")["faults"] == []
        assert made.row("SELECT count(*) FROM audit_entry WHERE name = 'ops:backup:restored'") == (1,)
        code, found = tried(made, "backup", "verify", full["id"])
        assert (code, found["findings"], found["amcheck"]) == (0, [], True)
        assert found["foreign_keys"] > 50


def _rows(made: Installation, query: str) -> list[Any]:
    with made.database() as db:
        return db.execute(query.encode()).fetchall()
