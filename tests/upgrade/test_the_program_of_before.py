"""The program that came up is kept, and after an upgrade that failed it is at hand and starts (OPS-14)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from guanxi.edge.ops import programs
from guanxi.edge.ops.installation import Installation
from tests import installation

from . import previous
from .conftest import Base

pytestmark = pytest.mark.req("OPS-14")
CANARY = "canary-4711-of-the-vault"
# Where somebody may have laid what must not leave: beside the program, in its folders, in what it makes.
SECRETS = (
    ".env", "config/.env", "config/.env.production", "config/settings.local.json", "guanxi/credentials.json",
    "config/db_password.txt", "config/server.pem", "config/server.key", "config/id_rsa", "guanxi/edge/ops/backup.dump",
    "data/secret_key", "data/backup_key", "data/logs/web.log", "secret_key", ".git/config", ".venv/pip.conf", ".npmrc",
    "node_modules/a/index.js", "tests/test_a.py", "build/static/a.js", "guanxi/__pycache__/a.py", "notes.txt",
    "config/api_token.yaml", "guanxi/.cache/a.json",
)  # fmt: skip
OWN = ("guanxi/base/org/tokens.py", "guanxi/base/ui/static/ui/tokens.css", "config/settings.py", "Makefile")
UP = [sys.executable, "-m", "guanxi.edge.ops.command", "up"]
FAILS = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ops", "{last}")]
    operations = [migrations.RunSQL("CREATE TABLE half_done (id int)"), migrations.RunSQL("SELECT 1/0")]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A program of a few files."""
    root = tmp_path / "tree"
    for name in (*OWN, "requirements/app.txt", "build/vendor/.stamp"):
        lay(root / name, f"# {name}\n")
    return root


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    data = tmp_path / "installation"
    data.mkdir(mode=0o700)
    return Installation(data, 0, "", demo=False)


def lay(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def names_in(kept: programs.Kept) -> set[str]:
    with tarfile.open(kept.path) as archive:
        return set(archive.getnames())


# --- what is kept ---


def test_the_whole_program_is_in_it(here: Installation) -> None:
    """Every file that git knows below the folders of the program: a new sort of file must be told to it."""
    if not previous.is_known():
        pytest.skip("without the history nothing says which files there are")
    asked = [previous.GIT, "ls-files", "-z", "--", *programs.FOLDERS, *programs.FILES]
    listed = subprocess.run(asked, cwd=programs.ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {name for name in listed.split("\0") if name and (programs.ROOT / name).exists()}
    assert len(tracked) > 1200
    assert tracked - {path.relative_to(programs.ROOT).as_posix() for path in programs.files()} == set()


def test_no_secret_is_in_it_wherever_it_lies(tree: Path, here: Installation, tmp_path: Path) -> None:
    for name in SECRETS:
        lay(tree / name, CANARY)
    lay(tmp_path / "outside.py", CANARY)
    (tree / "guanxi/link.py").symlink_to(tmp_path / "outside.py")
    kept = programs.keep(here, root=tree)
    assert names_in(kept) == {*OWN, "requirements/app.txt", "build/vendor/.stamp"}
    programs.unpack(kept, tmp_path / "out")
    texts = [path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert (len(texts), [text for text in texts if CANARY in text]) == (len(OWN) + 2, [])


def test_a_secret_that_were_in_it_is_found(
    tree: Path, here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted hole: whatever lies in the folders is taken."""
    monkeypatch.setattr(programs, "belongs", lambda name: True)
    with pytest.raises(AssertionError):
        test_no_secret_is_in_it_wherever_it_lies(tree, here, tmp_path)


def test_nobody_else_can_read_it(tree: Path, here: Installation) -> None:
    kept = programs.keep(here, root=tree)
    assert oct(kept.path.stat().st_mode & 0o777) == "0o600"
    assert oct(kept.path.parent.stat().st_mode & 0o777) == "0o700"


def test_it_is_written_once_per_content_and_read_only_when_something_changed(
    tree: Path, here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = programs.keep(here, root=tree)
    written = first.path.stat().st_ino
    read: list[Path] = []
    monkeypatch.setattr(programs, "digest", lambda root: read.append(root) or "another")
    assert programs.keep(here, root=tree) == first
    assert (first.path.stat().st_ino, read) == (written, [])
    lay(tree / "config/settings.py", "# another\n")
    assert (programs.keep(here, root=tree).digest, read) == ("another", [tree])


def test_the_newest_three_stay_and_what_came_up_last_is_the_newest(tree: Path, here: Installation) -> None:
    kept = []
    for number in range(4):
        lay(tree / "config/settings.py", f"# {number}\n")
        kept.append(programs.keep(here, root=tree))
        os.utime(kept[-1].path, ns=(number, number))
    assert programs.newest_first(here) == kept[:0:-1]
    lay(tree / "config/settings.py", "# 1\n")  # went back
    assert programs.keep(here, root=tree) == programs.newest_first(here)[0] == kept[1]


def test_a_write_that_was_cut_off_leaves_nothing_that_counts(tree: Path, here: Installation) -> None:
    lay(here.data / "programs/draft.part", "half")
    assert programs.newest_first(here) == []
    programs.keep(here, root=tree)
    assert not (here.data / "programs/draft.part").exists()


# --- unpacking ---


def test_of_a_damaged_archive_nothing_wrong_comes_out(tree: Path, here: Installation, tmp_path: Path) -> None:
    """Each tenth byte in turn; the padding behind the last file may be what it likes."""
    kept = programs.keep(here, root=tree)
    whole, refused = kept.path.read_bytes(), 0
    for at in range(0, len(whole), 10):
        kept.path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        folder = tmp_path / "out" / str(at)
        try:
            programs.unpack(kept, folder)
        except programs.Failed:
            refused += 1
            assert not folder.exists()
        else:
            assert programs.digest(folder) == kept.digest
    assert refused > 30


def test_another_program_under_its_name_is_refused(tree: Path, here: Installation, tmp_path: Path) -> None:
    kept = programs.keep(here, root=tree)
    lay(tree / "config/settings.py", "import evil\n")
    shutil.copyfile(programs.keep(here, root=tree).path, kept.path)
    with pytest.raises(programs.Failed, match="damaged"):
        programs.unpack(kept, tmp_path / "out")


def test_a_folder_with_something_in_it_is_left_alone(tree: Path, here: Installation, tmp_path: Path) -> None:
    kept = programs.keep(here, root=tree)
    with pytest.raises(programs.Failed, match="there already"):
        programs.unpack(kept, tree)
    (tmp_path / "empty").mkdir()
    programs.unpack(kept, tmp_path / "empty")
    assert programs.digest(tmp_path / "empty") == kept.digest == programs.digest(tree)


# --- the whole way ---


def guanxi(*words: str, data: Path, code: Path = programs.ROOT) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "guanxi.edge.ops.command", *words],
        env=previous.environment(data, "", code), cwd=code, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout or done.stderr


def with_a_mistake(program: Path) -> Path:
    """The next release, one of whose steps fails."""
    steps = program / "guanxi/edge/ops/migrations"
    last = max(path.stem for path in steps.glob("0*.py"))
    (steps / "0999_a_mistake.py").write_text(FAILS.format(last=last))
    return program


@pytest.mark.slow
def test_after_an_upgrade_that_failed_the_program_of_before_is_named_and_starts(now: Base, tmp_path: Path) -> None:
    running = Running(now, installation.free_port())
    running.comes_up()
    (kept,) = programs.newest_first(running.here)
    rows = now.value("SELECT count(*) FROM customers_customer")
    assert rows > 50

    programs.unpack(kept, tmp_path / "next")
    code, said = running.up(with_a_mistake(tmp_path / "next"))
    assert code == 1
    assert "ops.0999_a_mistake" in said
    (dump,) = (now.data / "before-upgrade").glob("*.dump")
    for named in (str(dump), str(kept.path), f"guanxi program unpack {kept.name} --to FOLDER"):
        assert named in said, said
    assert now.value("SELECT to_regclass('half_done')") is None
    assert now.value("SELECT count(*) FROM customers_customer") == rows

    code, said = guanxi("program", "unpack", "--to", str(tmp_path / "old"), "--json", data=now.data,
                        code=tmp_path / "next")  # fmt: skip
    assert code == 0, said
    assert json.loads(said)["name"] == kept.name, "the one that came up last, not the one that failed"
    running.comes_up(json.loads(said)["start"])
    assert programs.newest_first(running.here) == [kept], "it is what came up before"


class Running:
    """`guanxi up` on the database of a test."""

    def __init__(self, base: Base, port: int) -> None:
        self.base, self.port = base, port
        self.here = Installation(base.data, port, base.url, demo=False)
        given = previous.environment(base.data, base.url, PORT=str(port), DEMO="0", PYTHONPATH="")
        self.environment = {name: value for name, value in given.items() if name != "SECRET_KEY"}

    def up(self, code: Path) -> tuple[int, str]:
        process = self._start(UP, cwd=code)
        said, _ = process.communicate(timeout=180)
        return process.returncode, said

    def comes_up(self, words: str = "") -> None:
        """Starts, keeps its program, and ends in peace."""
        process = self._start(["/bin/sh", "-c", words.replace("&& ", "&& exec env ")] if words else UP)
        stamp = max((kept.path.stat().st_mtime_ns for kept in programs.newest_first(self.here)), default=0)
        try:
            installation.until(lambda: self._has_kept(stamp) or process.poll() is not None, seconds=180)
            assert process.poll() is None, process.communicate()[0]
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=60)
        assert (process.returncode, f"running at http://127.0.0.1:{self.port}" in said) == (0, True), said

    def _has_kept(self, since: int) -> bool:
        return any(kept.path.stat().st_mtime_ns > since for kept in programs.newest_first(self.here))

    def _start(self, command: list[str], *, cwd: Path = programs.ROOT) -> subprocess.Popen[str]:
        heard = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, env=self.environment, cwd=cwd, text=True, **heard)
