"""`guanxi move`: from the embedded server to one's own PostgreSQL."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from urllib.parse import urlsplit

from guanxi.edge.ops import dumps, moving
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.command.registry import COMMANDS, DONE, Command, answer, complain
from guanxi.edge.ops.installation import Installation
from guanxi.edge.ops.postgres import Unavailable

# Where the address is looked for when the command line says "-".
VARIABLE = "MOVE_TO"
AFTER = """
The database is now in {place}
({rows} rows in {tables} tables and sequences, compared one by one).

guanxi up uses it from now on: its address stands in {note}.
Give it a backup of its own, or run guanxi backup as before.
The embedded database stays in {old} as it is now. To return to this moment, stop Guanxi and remove {note}.
"""


def move(arguments: Namespace) -> int:
    hide_password(arguments)
    to = os.environ.get(VARIABLE) or sys.stdin.readline().strip() if arguments.to == "-" else arguments.to
    if urlsplit(to).scheme not in ("postgresql", "postgres"):
        return complain(arguments, "Give the address as postgresql://USER@HOST:PORT/DATABASE.", code="address")
    here = Installation.from_environment()
    try:
        moved = moving.move(here, to, say=tell, only_check=arguments.check)
    except (moving.CannotMove, dumps.Failed, Failed, Unavailable) as problem:
        return complain(arguments, str(problem), code="cannot_move")
    answer(arguments, asdict(moved), text=told(moved, here, only_check=arguments.check))
    return DONE


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def hide_password(arguments: Namespace) -> None:
    """The list of processes shows the words of a command, but not its environment: begin again without them."""
    if arguments.to == "-" or not dumps.password_of(arguments.to):
        return
    os.environ[VARIABLE] = arguments.to
    more = [f"--{name}" for name in ("json", "check") if getattr(arguments, name)]
    run = "import sys; from guanxi.edge.ops.command import main; sys.exit(main())"
    os.execv(sys.executable, [sys.executable, "-c", run, "move", "--to", "-", *more])  # noqa: S606 (our own Python)


def told(moved: moving.Moved, here: Installation, *, only_check: bool) -> str:
    notes = [f"Note: {check.text}" for check in moved.checks if not check.is_fine]
    if only_check:
        return "\n".join([*notes, f"Nothing speaks against moving to {moved.place}."])
    place = {"place": moved.place, "rows": moved.rows, "tables": moved.tables}
    return "\n".join([*notes, AFTER.format(**place, note=here.address_file, old=here.data / "postgres").strip()])


def _arguments(parser: ArgumentParser) -> None:
    where = "postgresql://..., or - to read it from MOVE_TO or the input"
    parser.add_argument("--to", metavar="ADDRESS", required=True, help=where)
    parser.add_argument("--check", action="store_true", help="look whether it could be done, and change nothing")


def register() -> None:
    COMMANDS.add(
        Command("move", "move from the embedded server to your own PostgreSQL", move, _arguments, needs_database=False)
    )
