"""Putting a database together from a set in a place of its own, until it runs and answers. Nothing that is in use is
touched; a place that was cut off is cleared and begun anew."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from guanxi.base.kernel import clock
from guanxi.edge.ops import processes
from guanxi.edge.ops.postgres import Server

from . import chains, logical, release, wal
from .packing import own, unpack, unzipped
from .servers import Failed, Scratch, major_of, run
from .sets import BackupSet, Damaged, Method, Store

# Beside the files themselves: the log written while recovering, and what a running server needs.
ELBOW_ROOM = 512 * 1024 * 1024
FORWARD = "SELECT pg_current_wal_lsn()::text, (SELECT timeline_id FROM pg_control_checkpoint())"
Say = Callable[[str], None]
NO_SET = "There is no set to restore from. Sets are looked for in BACKUP_TARGET; without it, in DATA_DIR/backups."


def local(moment: str) -> str:
    """The company's time, which --at takes too; the answers in JSON name the zone. What is no time stays as it is."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return moment


@dataclass(frozen=True)
class Until:
    """To which moment: the end of the set, a time, or the last that was kept."""

    at: datetime | None = None
    is_latest: bool = False

    @property
    def goes_beyond(self) -> bool:
        return self.is_latest or self.at is not None

    def settings(self) -> dict[str, str]:
        own = {"recovery_target_action": "promote", "recovery_target_timeline": "current"}
        if self.at:
            # Everything that committed at or before this moment is there, nothing after it.
            moment = self.at.astimezone(UTC).isoformat(sep=" ")
            return own | {"recovery_target_time": moment, "recovery_target_inclusive": "on"}
        return own if self.is_latest else own | {"recovery_target": "immediate"}


def judged(store: Store, set_id: str, until: Until) -> list[BackupSet]:
    """The chain, as far as its manifests tell. Raises Damaged or Failed before anything is read or written."""
    if set_id not in chains.ids(store):
        raise Failed(f"There is no set {set_id}. The sets there are: guanxi backup list")
    links = chains.chain(store, chains.read(store, set_id))
    for link in links:
        if not store.knows_key(link.key_check):
            raise Damaged(
                f"{link.id} was sealed with the key {link.key_check}, which is not here. "
                "Set BACKUP_KEY to the copy of it that was kept apart."
            )
    last = links[-1]
    if release.newer(last.release):
        raise Failed(f"{last.id} is of release {last.release}, here is {release.RELEASE}. Install that one first.")
    if until.goes_beyond and last.method is Method.LOGICAL:
        raise Failed(
            f"{last.id} is a dump: it can be restored as it was at {local(last.finished_at)}, to no other moment."
        )
    if until.at and until.at < datetime.fromisoformat(last.finished_at):
        raise Failed(
            f"{last.id} ended at {local(last.finished_at)}, after the moment asked for. Choose an earlier set."
        )
    return links


def set_for(store: Store, until: Until) -> str:
    """The newest; for a moment, the newest of files that ended before it."""
    sets = [one for one in chains.readable(store) if one.method is Method.PHYSICAL or not until.goes_beyond]
    if until.at:
        sets = [one for one in sets if datetime.fromisoformat(one.finished_at) <= until.at]
    if not sets:
        raise Failed("There is no set from before that moment." if until.at else NO_SET)
    return max(sets, key=lambda one: one.finished_at).id


@contextmanager
def staged(
    store: Store, links: list[BackupSet], home: Path, *, until: Until, throwaway: bool = False, say: Say
) -> Iterator[Scratch]:
    """The database of the set, running. It is stopped afterwards, and its files stay unless something went wrong."""
    discard(home)
    home.mkdir(mode=0o755, parents=True)
    scratch = Scratch(home, until={}, throwaway=throwaway)
    _refuse_without_room(links, scratch.data)
    put = logical_database if links[-1].method is Method.LOGICAL else physical_database
    try:
        put(store, links, scratch, until, say)
        yield scratch
    except BaseException:
        scratch.close()
        discard(home)
        raise
    finally:
        scratch.close()
        for folder in (_wal_folder(scratch), *_link_folders(scratch, links)):
            shutil.rmtree(folder, ignore_errors=True)


def discard(home: Path) -> None:
    """With the cluster it points to, and whatever still runs there."""
    if not home.exists():
        return
    cluster = Server(home).data
    processes.end(processes.working_in(cluster), gently=signal.SIGQUIT, seconds=5)
    for path in [cluster, *cluster.parent.glob(f"{cluster.name}.*")]:
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(home)


def _refuse_without_room(links: list[BackupSet], target: Path) -> None:
    needed = sum(link.unpacked for link in links) + ELBOW_ROOM
    free = shutil.disk_usage(_existing(target)).free
    if free < needed:
        raise Failed(
            f"There is too little room in {target.parent}: {needed // 1024**2} MB are needed, {free // 1024**2} MB are "
            "free. Make room, or restore into another DATA_DIR."
        )


def _existing(path: Path) -> Path:
    return path if path.exists() else _existing(path.parent)


# --- from files ---


def physical_database(store: Store, links: list[BackupSet], scratch: Scratch, until: Until, say: Say) -> None:
    _refuse_other_version(links[-1], scratch)
    folders = _link_folders(scratch, links)
    for link, folder in zip(links, folders, strict=True):
        say(f"Reading {link.id} ...")
        _unpack_link(store, link, folder, scratch)
    _combine(folders, scratch)
    (scratch.data / "recovery.signal").touch(mode=0o600)
    log = wal.stage(store, links[-1], _wal_folder(scratch), with_segments=until.goes_beyond)
    for folder in (scratch.data, log.folder):
        if scratch.user:
            own(folder, scratch.user.pw_uid, scratch.user.pw_gid)
    scratch.until = until.settings() | log.settings
    if log.hole and until.is_latest:
        raise Damaged(f"{log.hole} is missing, later ones are there: choose a moment before it.")
    say("Recovering the database ...")
    try:
        scratch.recover()
    except Damaged as problem:
        raise Damaged(f"{problem}{f' {log.hole} is missing.' if log.hole else ''}") from problem
    _check_end(scratch, links[-1], log, until)


def _refuse_other_version(made: BackupSet, scratch: Scratch) -> None:
    here = major_of(scratch.programs)
    if made.server_version // 10000 != here:
        raise Failed(
            f"{made.id} holds the files of PostgreSQL {made.server_version // 10000}, here is {here}. "
            "Restore it with that version, or use a set that is a dump."
        )


def _link_folders(scratch: Scratch, links: list[BackupSet]) -> list[Path]:
    return [scratch.data.with_name(f"{scratch.data.name}.link-{number}") for number in range(len(links))]


def _wal_folder(scratch: Scratch) -> Path:
    return scratch.data.with_name(f"{scratch.data.name}.log")


def _unpack_link(store: Store, link: BackupSet, folder: Path, scratch: Scratch) -> None:
    """And compare it, file by file, with what the server said it wrote."""
    shutil.rmtree(folder, ignore_errors=True)
    stored = chains.part(link, chains.DATABASE)
    unpack(unzipped(chains.checked(store, stored), name=stored.name), folder, name=stored.name)
    apart = chains.part(link, chains.SERVER_MANIFEST)
    manifest = b"".join(unzipped(chains.checked(store, apart), name=apart.name))
    inside = folder / "backup_manifest"
    if not inside.exists() or inside.read_bytes() != manifest:
        raise Damaged(f"{apart.name} is not the manifest of {stored.name}.")
    try:
        run([str(scratch.programs / "pg_verifybackup"), "--quiet", str(folder)], of="pg_verifybackup")
    except Failed as problem:
        raise Damaged(f"{stored.name} is not what the server wrote. {problem}") from problem


def _combine(folders: list[Path], scratch: Scratch) -> None:
    if len(folders) == 1:
        folders[0].rename(scratch.data)
        return
    try:
        command = [str(scratch.programs / "pg_combinebackup"), "--link", "-o", str(scratch.data), *map(str, folders)]
        run(command, of="pg_combinebackup")
    except Failed as problem:
        raise Damaged(f"The links do not fit together. {problem}") from problem
    for folder in folders:
        shutil.rmtree(folder)


def _check_end(scratch: Scratch, made: BackupSet, log: wal.Staged, until: Until) -> None:
    """A log that breaks off ends a recovery without a word: it must have come as far as what was given to it."""
    with scratch.connect() as connection:
        row = connection.execute(FORWARD).fetchone()
    assert row is not None
    reached = chains.position(str(row[0]))
    least = wal.start_of(log.last) if until.is_latest and log.last else chains.position(made.stop_lsn)
    if reached < least:
        raise Damaged(f"The recovery broke off before the end of {log.last or made.id}. {scratch.complaint()}")


# --- from a dump ---


def logical_database(store: Store, links: list[BackupSet], scratch: Scratch, until: Until, say: Say) -> None:
    say(f"Reading {links[-1].id} ...")
    scratch.initialise()
    scratch.recover()
    logical.load(store, links[-1], scratch)
