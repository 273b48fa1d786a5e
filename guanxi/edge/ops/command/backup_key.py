"""backup key: what has to be kept apart from the backups and from this machine."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path

from guanxi.edge.ops.backups import keys
from guanxi.edge.ops.backups.alone import Busy, alone
from guanxi.edge.ops.command.registry import COMMANDS, DONE, Command, answer, complain
from guanxi.edge.ops.installation import Installation

WARNING = """The key that opens the backups of {data}:

  {key}

Its check value is {check}; the list of backups shows which key each needs.
Write it down or put it into a safe, apart from this machine and apart from the backups. Whoever has it and the backups
can read everything; without it nothing comes back. On another machine, set BACKUP_KEY to it before restoring."""


def show(arguments: Namespace) -> int:
    data = Installation.from_environment().data
    if arguments.new and os.environ.get("BACKUP_KEY", "").strip():
        return complain(arguments, "BACKUP_KEY is set and comes first. Put the new key there.", code="from_environment")
    try:
        ring = keys.key_ring(data, make=True)
        key = renewed(data) if arguments.new else ring.current
    except keys.BadKey as problem:
        return complain(arguments, str(problem), code="bad_key")
    except Busy as problem:
        return complain(arguments, str(problem), code="busy")
    value = {"key": key.text, "check": key.check, "file": str(keys.key_file(data))}
    answer(arguments, value, text=WARNING.format(data=data, key=key.text, check=key.check))
    return DONE


def renewed(data: Path) -> keys.Key:
    """Not while something is sealed, nor twice at once: of two new keys one would be lost."""
    with alone(data, doing="A change of the key"):
        return keys.rotate(data)


def _arguments(parser: ArgumentParser) -> None:
    text = "make a new key for the backups to come; the ones before stay in the file and open what they sealed"
    parser.add_argument("--new", action="store_true", help=text)


def register() -> None:
    text = "show the key that opens the backups, to be kept apart"
    COMMANDS.add(Command("backup key", text, show, _arguments, needs_database=False))
