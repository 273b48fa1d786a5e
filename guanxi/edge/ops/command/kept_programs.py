"""`guanxi program`: the programs that came up well, and one of them into a folder of its own."""

from __future__ import annotations

import shlex
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from guanxi.edge.ops import programs
from guanxi.edge.ops.command.registry import COMMANDS, DONE, Command, answer, complain
from guanxi.edge.ops.installation import Installation


def show(arguments: Namespace) -> int:
    rows = [_row(kept) for kept in programs.newest_first(Installation.from_environment())]
    lines = [f"{row['name']}  last came up {row['came_up']}{'  (this one)' * bool(row['is_this'])}" for row in rows]
    answer(arguments, rows, text="\n".join(lines) or "No program was kept yet: one is when it has come up.")
    return DONE


def _row(kept: programs.Kept) -> dict[str, object]:
    moment = datetime.fromtimestamp(kept.path.stat().st_mtime, UTC)
    is_this = kept.digest == programs.digest()
    return {"name": kept.name, "came_up": f"{moment:%Y-%m-%d %H:%M} UTC", "path": str(kept.path), "is_this": is_this}


def unpack(arguments: Namespace) -> int:
    here, folder = Installation.from_environment(), Path(arguments.to).resolve()
    kept = _named(here, arguments.name)
    if kept is None:
        return complain(arguments, "There is no such program. What there is: guanxi program list", code="not_kept")
    try:
        programs.unpack(kept, folder)
    except programs.Failed as problem:
        return complain(arguments, str(problem), code="cannot_unpack")
    value = {"name": kept.name, "folder": str(folder), "start": _start(here, folder)}
    answer(arguments, value, text=f"{kept.name} is in {folder}. With the same settings as always:\n\n{value['start']}")
    return DONE


def _named(here: Installation, name: str) -> programs.Kept | None:
    """Without a name the one of before."""
    if not name:
        return programs.before(here)
    return next((kept for kept in programs.newest_first(here) if kept.name == name), None)


def _start(here: Installation, folder: Path) -> str:
    """With the same libraries the Python at hand will do; else `make up` fetches those of its lock."""
    python = f"{shlex.quote(sys.executable)} -m guanxi.edge.ops.command up"
    up = python if programs.has_our_libraries(folder) else "make up"
    return f"cd {shlex.quote(str(folder))} && DATA_DIR={shlex.quote(str(here.data))} {up}"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", default="", help="which one (default: the one of before)")
    parser.add_argument("--to", metavar="FOLDER", required=True, help="a folder that is new or empty")


def register() -> None:
    told = "the programs that came up well, the newest first"
    COMMANDS.add(Command("program list", told, show, needs_database=False))
    into = "lay a kept program into a folder and say how to start it"
    COMMANDS.add(Command("program unpack", into, unpack, _arguments, needs_database=False))
