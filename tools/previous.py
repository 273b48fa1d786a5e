#!/usr/bin/env python3
"""Keeps what the tests of an upgrade start from: the release before, as data and as a commit.

tools/previous.py COMMIT     founds its demo company and writes tests/upgrade/previous.{sql.xz,toml}
"""

import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from guanxi.edge.ops import postgres  # noqa: E402  (after the path)
from tests.upgrade import previous  # noqa: E402

PLACE = ROOT / "tests/upgrade"


def main() -> int:
    asked = [previous.GIT, "rev-parse", "--verify", "--end-of-options", sys.argv[1]]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="gx-") as folder:
        Path(folder).chmod(0o711)
        script = founded(commit, Path(folder))
    (PLACE / "previous.sql.xz").write_bytes(lzma.compress(script, preset=9))
    (PLACE / "previous.toml").write_text(f'# The release the tests of an upgrade come from.\ncommit = "{commit}"\n')
    print(f"{commit}: {len(script)} bytes, {(PLACE / 'previous.sql.xz').stat().st_size} kept")
    return 0


def founded(commit: str, folder: Path) -> bytes:
    """Its data as SQL."""
    release, data = previous.check_out(commit, folder / "release"), folder / "data"
    data.mkdir()
    server = postgres.Server(folder / "pg")
    server.start()
    try:
        own = {"DATA_DIR": str(data), "DATABASE_URL": server.url(), "SECRET_KEY": "x", "PYTHONPATH": str(release)}
        found = [sys.executable, "-m", "guanxi.edge.ops.prepare"]
        subprocess.run(found, cwd=release, env=os.environ | own, check=True)
        dump = [str(server.programs / "pg_dump"), "-d", server.url(), "--no-owner", "--no-privileges", "--no-comments"]
        return subprocess.run(dump, capture_output=True, check=True).stdout
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
