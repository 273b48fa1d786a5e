"""The program itself is kept (OPS-14): one archive per content, written when it came up well, the newest few stay.

So after an upgrade that failed the program of before is at hand, also where nobody thought of its folder or tag.
What belongs to it is listed here, and nothing else goes in: no setting, no key, no data.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from guanxi.edge.ops.backups.release import RELEASE
from guanxi.edge.ops.installation import ROOT, Installation

KEPT = 3
FOLDERS = ("guanxi", "config", "locale", "tools", "requirements", "build/vendor")
FILES = (
    "Makefile", "manage.py", "pyproject.toml", "package.json", "package-lock.json", "README.md", "LICENSE", "NOTICE",
)  # fmt: skip
SORTS = (
    ".py", ".html", ".js", ".css", ".svg", ".png", ".yaml", ".toml", ".json", ".txt", ".in", ".po", ".md",
    ".xlsx", ".csv",
)  # fmt: skip
NO_SORT = ("build/vendor/.stamp", "build/vendor/*LICENSE*", "*/py.typed")  # known by name
# What somebody may have laid among ours: settings and keys, by their sort and name.
SETTINGS = (".yaml", ".toml", ".json", ".txt", ".csv", ".xlsx")
SECRET = ("*secret*", "*credential*", "*token*", "*password*", "*key*", "*.local.*")
LIBRARIES = Path("requirements/app.txt")
SIGN = ".tar.gz"


class Failed(Exception):
    """In words for an operator."""


@dataclass(frozen=True)
class Kept:
    path: Path

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(SIGN)

    @property
    def digest(self) -> str:
        return self.name.rpartition("-")[2]


# --- what belongs to it ---


def files(root: Path = ROOT) -> Iterator[Path]:
    for name in FILES:
        if (root / name).is_file() and not (root / name).is_symlink():
            yield root / name
    for folder in FOLDERS:
        yield from _below(root, root / folder)


def _below(root: Path, folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name[0] != "." and name != "__pycache__"]
        for path in (Path(here, name) for name in names):
            if belongs(path.relative_to(root).as_posix()) and not path.is_symlink():
                yield path


def belongs(name: str) -> bool:
    if any(fnmatch(name, known) for known in NO_SORT):
        return True
    own = name.rpartition("/")[2].lower()
    sort = os.path.splitext(own)[1]
    is_secret = sort in SETTINGS and any(fnmatch(own, secret) for secret in SECRET)
    return own[0] != "." and sort in SORTS and not is_secret


def digest(root: Path = ROOT) -> str:
    """Of names and contents, so that it is the same wherever the program lies."""
    parts = [(path.relative_to(root).as_posix(), _digest(path)) for path in files(root)]
    return hashlib.sha256(repr(sorted(parts)).encode()).hexdigest()[:16]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _look(root: Path) -> str:
    """Costs no reading: with the same look the content is taken to be the same."""
    stats = sorted((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files(root))
    return hashlib.sha256(repr(stats).encode()).hexdigest()


# --- keeping it ---


def keep(here: Installation, *, root: Path = ROOT) -> Kept:
    """Whatever came up last is the newest, also after going back."""
    folder = _folder(here)
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = Kept(folder / f"{RELEASE}-{_digest_of_this(here, root)}{SIGN}")
    if kept.path.exists():
        os.utime(kept.path)
    else:
        _pack(root, kept.path)
    for old in newest_first(here)[KEPT:]:
        old.path.unlink(missing_ok=True)
    return kept


def _digest_of_this(here: Installation, root: Path) -> str:
    note, look = _folder(here) / "last.json", _look(root)
    with_it = _noted(note)
    if with_it.get("look") != look:
        with_it = {"look": look, "digest": digest(root)}
        note.write_text(json.dumps(with_it))
    return with_it["digest"]


def _noted(note: Path) -> dict[str, str]:
    try:
        return dict(json.loads(note.read_text()))
    except (OSError, ValueError):
        return {}


def _pack(root: Path, path: Path) -> None:
    """It appears under its name when it is whole."""
    draft = path.with_name("draft.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz", compresslevel=4) as archive:
        for one in files(root):
            archive.add(one, one.relative_to(root).as_posix(), recursive=False, filter=_nobodys)
    draft.rename(path)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _folder(here: Installation) -> Path:
    return here.data / "programs"


# --- finding and unpacking it ---


def newest_first(here: Installation) -> list[Kept]:
    found = list(_folder(here).glob(f"*{SIGN}"))
    return [Kept(path) for path in sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)]


def before(here: Installation) -> Kept | None:
    """The one that came up last and is not this one."""
    this = digest()
    return next((kept for kept in newest_first(here) if kept.digest != this), None)


def unpack(kept: Kept, folder: Path) -> None:
    """Into a folder that is new or empty; an archive that is not what it was is refused."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Failed(f"{folder} is there already. Name a folder that is new or empty.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as draft:
        try:
            with tarfile.open(kept.path) as archive:
                archive.extractall(draft, filter="data")
        except (tarfile.TarError, OSError, EOFError, ValueError, zlib.error) as problem:
            raise Failed(f"{kept.path} cannot be read: {type(problem).__name__}.") from None
        if digest(Path(draft)) != kept.digest:
            raise Failed(f"{kept.path} is damaged: its content is not what was kept.")
        _move(Path(draft), folder)


def _move(draft: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for one in draft.iterdir():
        shutil.move(one, folder / one.name)


def has_our_libraries(folder: Path, *, root: Path = ROOT) -> bool:
    """The same lock: it runs with the Python of this program, without fetching anything."""
    return (folder / LIBRARIES).read_bytes() == (root / LIBRARIES).read_bytes()
