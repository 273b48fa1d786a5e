"""The release before: its code out of the repository's history, and what its demo company was."""

from __future__ import annotations

import lzma
import os
import shutil
import signal
import subprocess
import tomllib
from pathlib import Path

from guanxi.edge.ops import postgres, processes

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
# One program works for many people here.
BUSY = {"API_CALLS_A_MINUTE": "1000000"}
GIT, TAR = shutil.which("git") or "/usr/bin/git", shutil.which("tar") or "/usr/bin/tar"
# As long as the product asks for.
SECRET = "of-this-test-only-and-nowhere-else"
COMMIT = tomllib.loads((HERE / "previous.toml").read_text())["commit"]


def is_known() -> bool:
    """Not in an archive without history, nor where only the newest commit was fetched."""
    asked = [GIT, "cat-file", "-e", f"{COMMIT}^{{commit}}"]
    return Path(GIT).exists() and subprocess.run(asked, cwd=ROOT, capture_output=True).returncode == 0


def check_out(commit: str, folder: Path) -> Path:
    """Its code, with the front-end files of today, which a release brings along."""
    folder.mkdir(parents=True)
    archive = subprocess.run([GIT, "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run([TAR, "x", "-C", str(folder)], input=archive, check=True)
    if (ROOT / "build/vendor").exists():
        shutil.copytree(ROOT / "build/vendor", folder / "build/vendor")
    return folder


def load(server: postgres.Server, name: str) -> None:
    """Its data, as a database of that name."""
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {postgres.APP_ROLE}")
    script = lzma.decompress((HERE / "previous.sql.xz").read_bytes())
    url = server.url(database=name)
    command = [str(server.programs / "psql"), "-d", url, "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction"]
    subprocess.run(command, input=script, check=True, stdout=subprocess.DEVNULL)


def drop(server: postgres.Server) -> None:
    """A server nobody needs any more: without the checkpoint that a stop in peace writes."""
    processes.end(processes.working_in(server.data), gently=signal.SIGQUIT, seconds=5)
    server.stop()


def environment(data: Path, url: str, code: Path = ROOT, **more: str) -> dict[str, str]:
    """Of one process of either release."""
    unwanted = {"DJANGO_SETTINGS_MODULE", "TEST_DB_SUFFIX", "DEBUG", "SECRET_KEY"}
    kept = {key: value for key, value in os.environ.items() if key not in unwanted}
    own = {"DATA_DIR": str(data), "DATABASE_URL": url, "SECRET_KEY": SECRET, "PYTHONPATH": str(code)}
    return kept | own | {"PYTHONUNBUFFERED": "1", "SPACE_LEAST_PERCENT": "0", "SPACE_LEAST_MB": "0", **BUSY} | more
