from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from guanxi.edge.ops.backups import restoring
from guanxi.edge.ops.command import audit, backup_key, backups, imports, kept_programs, moving, rulebooks, system, users
from guanxi.edge.ops.command.registry import COMMANDS, Command, complain
from guanxi.edge.ops.installation import Installation
from guanxi.edge.ops.postgres import Unavailable

GROUPS = {
    "audit": "the trail: is it what was written",
    "backup": "make a backup now; list and verify backups",
    "program": "the programs that came up well, kept for going back",
    "user": "accounts and their API tokens",
    "rulebook": "check, try and approve rulebooks",
}

for room in (system, users, imports, audit, backups, backup_key, moving, rulebooks, kept_programs):
    room.register()


def main(words: list[str] | None = None) -> int:
    arguments = parser().parse_args(words)
    command: Command = arguments.command
    if not command.needs_database:
        return command.run(arguments)
    try:
        with database(Installation.from_environment()):
            return run_with_django(command, arguments)
    except Unavailable as problem:
        return complain(arguments, str(problem), code="unavailable")


def run_with_django(command: Command, arguments: argparse.Namespace) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()

    from django.db import OperationalError
    from django.utils import translation

    from guanxi.base.kernel.errors import Refused

    translation.activate(_language())
    try:
        return command.run(arguments)
    except Refused as refusal:
        return complain(arguments, _words_of(refusal), code=refusal.code)
    except OperationalError as problem:
        return complain(arguments, f"The database does not answer: {problem}", code="unavailable")


def _words_of(refusal: Exception) -> str:
    errors = getattr(refusal, "errors", {})
    lines = [f"{name}: {text}" if name else str(text) for name, texts in errors.items() for text in texts]
    return "\n".join([str(getattr(refusal, "message", "")), *lines])


def _language() -> str:
    """The terminal's, since its owner set it; Chinese for Chinese, English for all others."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if wanted.startswith("zh") else "en"


@contextmanager
def database(here: Installation) -> Iterator[None]:
    """The running installation's database, or its server for as long as the command lasts."""
    restoring.finish(here)
    if not here.database_url and not (here.data / "postgres/pg.password").exists():
        raise Unavailable(f"There is no installation in {here.data} yet. Start one with: make up")
    server = here.server
    is_ours = not here.database_url and server.postmaster() is None
    if is_ours:
        server.start(tied=True)
    os.environ.update({"DATABASE_URL": here.url, "DATA_DIR": str(here.data)})
    try:
        yield
    finally:
        if is_ours:
            server.stop()


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="guanxi", description="Guanxi (关系): customer maintenance by the rulebook.")
    verbs = top.add_subparsers(metavar="COMMAND", required=True)
    groups: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in COMMANDS:
        group, _, verb = command.key.rpartition(" ")
        if group and group not in groups:
            groups[group] = _group(verbs, group)
        made = _subparser(groups[group] if group else verbs, verb, command)
        if command.key in GROUPS:  # does something by itself, and has commands below it
            groups[command.key] = made.add_subparsers(metavar="COMMAND")
    return top


def _group(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    parser = verbs.add_parser(name, help=GROUPS.get(name, ""), description=GROUPS.get(name, ""))
    return parser.add_subparsers(metavar="COMMAND", required=True)


def _subparser(
    place: argparse._SubParsersAction[argparse.ArgumentParser], verb: str, command: Command
) -> argparse.ArgumentParser:
    parser = place.add_parser(verb, help=command.help, description=command.help)
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    command.arguments(parser)
    parser.set_defaults(command=command)
    return parser
