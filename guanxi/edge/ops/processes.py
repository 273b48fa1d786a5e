"""Finding and ending processes of this installation. Linux; where /proc is missing nothing is found."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
# Every process we start carries this variable with the folder of its installation.
MARK = "GUANXI_INSTANCE"


def ends_with_parent(number: int) -> Callable[[], None]:
    """For `preexec_fn`: the child gets the signal when its parent dies, even by kill -9."""
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arrange() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), number)

    return arrange


def pids() -> Iterator[int]:
    if PROC.is_dir():
        yield from (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def is_alive(pid: int) -> bool:
    """A process that ended and waits for its parent to notice (zombie) is not alive."""
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def working_in(folder: Path) -> list[int]:
    """PostgreSQL's processes work inside their data directory, orphans of a killed postmaster too."""
    return [pid for pid in pids() if _points_to(PROC / str(pid) / "cwd", folder) and is_alive(pid)]


def marked(folder: Path) -> list[int]:
    wanted = f"{MARK}={folder}".encode()
    return [pid for pid in pids() if pid != os.getpid() and wanted in _environment(pid) and is_alive(pid)]


def _points_to(link: Path, folder: Path) -> bool:
    try:
        return Path(os.readlink(link)) == folder
    except OSError:  # gone meanwhile, or another person's: not ours
        return False


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def send(targets: list[int], number: int) -> None:
    for pid in targets:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def wait_gone(targets: list[int], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in targets):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(targets: list[int], *, gently: int = signal.SIGTERM, seconds: float = 10) -> None:
    send(targets, gently)
    if not wait_gone(targets, seconds=seconds):
        send(targets, signal.SIGKILL)
        wait_gone(targets, seconds=5)
