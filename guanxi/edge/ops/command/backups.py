"""backup, backup list, backup verify, restore."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guanxi.base.kernel import clock
from guanxi.edge.ops.backups import chains, making, reach, reports, restoring, verifying, wal
from guanxi.edge.ops.backups.keys import BadKey
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.backups.sets import BackupSet, Damaged, Kind
from guanxi.edge.ops.backups.staging import Until, local, set_for
from guanxi.edge.ops.backups.store import Unreachable, open_store
from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer, complain
from guanxi.edge.ops.installation import ROOT, Installation, module
from guanxi.edge.ops.postgres import Unavailable

if TYPE_CHECKING:
    from guanxi.edge.ops.backups.restoring import Report

LATEST = "latest"
NO_REASON = (
    "Give the code of the restore that was approved on the page of backups (--approval), or say why nobody could "
    "approve it (--reason): it stands on that page afterwards."
)


def honest(run: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """What cannot be done is said in one sentence."""

    def carried_out(arguments: Namespace) -> int:
        try:
            return run(arguments)
        except Damaged as problem:
            return complain(arguments, str(problem), code="damaged")
        except Unreachable as problem:
            return complain(arguments, str(problem), code="unreachable")
        except BadKey as problem:
            return complain(arguments, str(problem), code="bad_key")
        except (Failed, Unavailable) as problem:
            return complain(arguments, str(problem), code="failed")

    return carried_out


@honest
def make(arguments: Namespace) -> int:
    here, say = Installation.from_environment(), _say(arguments)
    made = making.make_backup(Kind(arguments.kind), open_store(), here=here, say=say)
    answer(arguments, _row(made), text=f"{made.id}: {_size(made.size)}. {made.remark}".rstrip())
    return DONE


@honest
def show(arguments: Namespace) -> int:
    store = open_store()
    sets, rows = chains.readable(store), []
    for made in sets:
        verified = verifying.read(store, made.id)
        is_good = verified.is_good if verified else None
        rows.append(_row(made) | {"verified_at": verified.at if verified and is_good else None, "is_good": is_good})
    unreadable = sorted(set(chains.ids(store)) - {made.id for made in sets})
    lines = [f"{row['id']:40} {row['kind']:12} {_size(row['size']):>10}  {_verdict(row)}" for row in rows]
    lines += [f"{set_id:40} DAMAGED: its manifest cannot be read" for set_id in unreadable]
    log = reach.reach_of(store.entries(wal.PREFIX))
    value = {"sets": rows, "unreadable": unreadable, "log": asdict(log)}
    answer(arguments, value, text="\n".join(lines + _told_of_log(log)) or "There are no backups yet.")
    return FAILED if unreadable else DONE


def _verdict(row: dict[str, Any]) -> str:
    if row["is_good"] is None:
        return "not verified yet"
    return f"verified {local(row['verified_at'])}" if row["is_good"] else "BAD: it does not bring everything back"


def _told_of_log(log: reach.Reach) -> list[str]:
    newest = [f"The newest part of the log arrived at {local(log.newest_at)}."] if log.newest_at else []
    return newest + [
        f"No moment from {local(start)} until a set made after {local(end)} can be restored."
        for start, end in log.holes
    ]


@honest
def verify(arguments: Namespace) -> int:
    here, store = Installation.from_environment(), open_store()
    set_id = arguments.set or _newest(store)
    found = verifying.verify(set_id, store, here=here, say=_say(arguments))
    told = f"{found.set}: {len(found.tables)} tables and sequences, {found.rows} rows, {found.files} files"
    text = "\n".join([f"{told} in {found.seconds} s", *(f"  BAD {one}" for one in found.findings)])
    answer(arguments, asdict(found), text=text if found.findings else f"{text}. Everything came back.")
    return DONE if found.is_good else FAILED


def _newest(store: Any) -> str:
    sets = chains.readable(store)
    if not sets:
        raise Failed("There are no backups yet. Make one with: guanxi backup")
    return max(sets, key=lambda made: made.finished_at).id


@honest
def restore(arguments: Namespace) -> int:
    here, store = Installation.from_environment(), open_store()
    until = Until(is_latest=True) if arguments.at == LATEST else Until(at=arguments.at)
    set_id = arguments.set or set_for(store, until)
    if not (arguments.check or arguments.approval or arguments.reason.strip()):
        return complain(arguments, NO_REASON, code="no_reason")
    plan = _plan(arguments, set_id, until, here)
    if not (arguments.check or arguments.yes or _is_confirmed(set_id, here)):
        return complain(arguments, "Nothing was changed.", code="not_confirmed")
    report = restoring.restore(
        store,
        set_id,
        here=here,
        until=until,
        is_check=arguments.check,
        without_ledger=arguments.without_ledger,
        say=_say(arguments),
    )
    if not arguments.check:
        reports.close(plan, asdict(report), data=here.data)
    if not arguments.check and not _is_ready(here):
        return complain(
            arguments,
            "The database is restored, but the steps after it failed; the next start tries them again before it opens."
            + (f" To go back, rename {here.data}/{report.former} to postgres." if report.former else ""),
            code="steps_failed",
        )
    answer(arguments, asdict(report), text=_told(report))
    return DONE


def _plan(arguments: Namespace, set_id: str, until: Until, here: Installation) -> dict[str, Any]:
    """Who wanted it and why; it stands on the page of backups afterwards."""
    if arguments.approval:
        return reports.approved(arguments.approval, set_id, until=until, data=here.data)
    return reports.unapproved(arguments.reason.strip(), set_id)


def _is_confirmed(set_id: str, here: Installation) -> bool:
    print(
        f"{here.data} will be as it was in {set_id}; what was entered since is no longer in it.\n"
        "A database that is there now is kept beside it. See first what comes back with: guanxi restore --check",
        file=sys.stderr,
    )
    try:
        return input("Type the name of the set to go on: ").strip() == set_id
    except EOFError:
        return False


def _is_ready(here: Installation) -> bool:
    """The steps after a restore need the database and this release's tables: the same preparation as before a start."""
    here.server.start(tied=True)
    try:
        done = subprocess.run(
            module("guanxi.edge.ops.prepare"), cwd=ROOT, env=here.environment(), stdout=sys.stderr, check=False
        )
    finally:
        here.server.stop()
    return done.returncode == 0 and restoring.pending(here) is None


def _told(report: Report) -> str:
    lost = f", {report.lost_entries} entries of the trail" if report.lost_entries is not None else ""
    lines = [
        f"{'Could be restored' if report.is_check else 'Restored'}: {report.set}",
        f"  as of          {local(report.moment)} (the company's time)",
        f"  put together   {' + '.join(report.chain)}",
        f"  database       {report.tables} tables, {report.rows} rows",
        f"  files          {report.files}, {report.files_written} of them written anew",
        f"  no longer in   the last {report.lost_seconds} seconds{lost}",
        f"  took           {report.seconds} s",
    ]
    former = [f"  kept beside    {report.former} (remove it when all is well)"] if report.former else []
    return "\n".join([*lines, *former])


def _row(made: BackupSet) -> dict[str, Any]:
    names = ("id", "kind", "method", "started_at", "finished_at", "release", "parent", "size", "remark")
    return {name: getattr(made, name) for name in names}


def _size(size: int) -> str:
    return f"{size / 1024**2:.1f} MB"


def _say(arguments: Namespace) -> Callable[[str], None]:
    return lambda text: None if arguments.json else print(text, file=sys.stderr, flush=True)


def moment(text: str) -> datetime | str:
    """Without a zone it is the company's own time."""
    if text == LATEST:
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time such as 2026-11-22T15:30:00, nor 'latest'") from None
    return found if found.tzinfo else found.replace(tzinfo=clock.ZONE)


def _kind(parser: ArgumentParser) -> None:
    text = "full (default); incremental: since the last set; differential: since the last full one"
    parser.add_argument("--kind", choices=[kind.value for kind in Kind], default=Kind.FULL.value, help=text)


def _set(parser: ArgumentParser) -> None:
    parser.add_argument("set", nargs="?", default="", metavar="SET", help="name of a set (default: the newest)")


def _restore(parser: ArgumentParser) -> None:
    _set(parser)
    text = "to this moment, from the log kept since the set before it; 'latest': to the last that was kept"
    parser.add_argument("--at", type=moment, metavar="TIME", help=text)
    parser.add_argument("--check", action="store_true", help="restore beside the installation, report, and remove it")
    parser.add_argument("--approval", default="", metavar="CODE", help="the code of a restore approved on the page")
    text = "why, when nobody could approve it; one of the two is needed"
    parser.add_argument("--reason", default="", metavar="TEXT", help=text)
    parser.add_argument(
        "--without-ledger", action="store_true", help="although persons erased since come back: their key is lost"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def register() -> None:
    COMMANDS.add(Command("backup", "make a backup now; list and verify backups", make, _kind))
    COMMANDS.add(Command("backup list", "the sets there are", show, needs_database=False))
    COMMANDS.add(
        Command("backup verify", "restore a set into a scratch server and look through it", verify, _set, False)
    )
    COMMANDS.add(Command("restore", "go back to a backup, with the installation stopped", restore, _restore, False))
