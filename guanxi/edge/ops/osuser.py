"""PostgreSQL refuses to run as root. Started by root, we hand it to a system user of its own.

That user must reach the programs and the data. Below a private home it cannot, and we do not
widen anybody's permissions: the programs are copied to, and the cluster is kept in, /var/lib/guanxi.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

NAME = "guanxi"
SHELTER = Path("/var/lib/guanxi")


def needed() -> pwd.struct_passwd | None:
    """The user to run the server as; None when we are an ordinary user ourselves."""
    return _user() if os.geteuid() == 0 else None


def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
        # Two first starts at once may both try; what counts is that the user is there afterwards.
        subprocess.run(command, check=False, capture_output=True)
        return pwd.getpwnam(NAME)


def reaches(user: pwd.struct_passwd, path: Path) -> bool:
    test = ["/usr/bin/test", "-x", str(path)]
    return subprocess.run(test, user=user.pw_uid, group=user.pw_gid, extra_groups=[]).returncode == 0


def programs(package: Path, *, user: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs in that package, copied where the user can run them if need be."""
    inside = Path("pginstall/bin")
    if user is None or reaches(user, package / inside / "postgres"):
        return package / inside
    stamp = hashlib.sha256(f"{package}{(package / inside / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = _shelter() / f"postgresql-{stamp}"
    if not target.exists():
        _copy(package, target)
    return target / package.name / inside


def _copy(package: Path, target: Path) -> None:
    """With the libraries, which the programs look for beside their package."""
    draft = target.with_suffix(f".{os.getpid()}")
    for folder in package.parent.glob(f"{package.name}*"):
        if not folder.name.endswith("-info"):
            shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    subprocess.run(["/bin/chmod", "-R", "a+rX", str(draft)], check=True)
    draft.rename(target)


def cluster(home: Path, *, user: pwd.struct_passwd | None) -> Path:
    """Where the database files live: in `home`, or sheltered with a pointer left in `home`."""
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    pointer = home / "pg.path"
    if pointer.exists():
        return Path(pointer.read_text().strip())
    if user is None or reaches(user, home):
        return home / "pg"
    place = _shelter() / f"pg-{os.urandom(6).hex()}"
    pointer.write_text(f"{place}\n")
    return place


def _shelter() -> Path:
    SHELTER.mkdir(mode=0o755, parents=True, exist_ok=True)
    return SHELTER
