"""rulebook check, dry-run, approve."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer, complain

if TYPE_CHECKING:
    from guanxi.core.rulebooks.checking import WouldRaise


def check(arguments: Namespace) -> int:
    from guanxi.core.rulebooks.checking import check as problems_of
    from guanxi.core.rulebooks.checking import located

    if (text := _text(arguments.file)) is None:
        return _nothing_there(arguments)
    problems = problems_of(text)
    value = [
        {"line": problem.line, "column": problem.column, "code": problem.code, "message": located(problem)}
        for problem in problems
    ]
    told = "\n".join(f"{arguments.file}: {located(problem)}" for problem in problems)
    answer(arguments, {"problems": value}, text=told or "No problems.")
    return FAILED if problems else DONE


def dry_run(arguments: Namespace) -> int:
    from guanxi.core.rulebooks.checking import dry_run as would_raise

    if (text := _text(arguments.file)) is None:
        return _nothing_there(arguments)
    rows = would_raise(text, anchors_from=arguments.since, skips_past=arguments.skip_past)
    answer(arguments, [asdict(row) for row in rows], text="\n".join(_line(row) for row in rows))
    return DONE


def approve(arguments: Namespace) -> int:
    from guanxi.base.kernel import clock
    from guanxi.base.kernel.actor import Actor
    from guanxi.core.rulebooks.actions.rulebook import approve_version, save_draft
    from guanxi.core.rulebooks.jobs import run_rules

    if (text := _text(arguments.file)) is None:
        return _nothing_there(arguments)
    actor = Actor.system("guanxi rulebook approve")
    version = approve_version(
        save_draft(text.decode(), actor=actor).pk,
        actor=actor,
        effective_on=arguments.effective or clock.today(),
        anchors_from=arguments.since,
        catch_up="skip" if arguments.skip_past else "fold",
    )
    run_rules()
    told = {"rulebook": version.rulebook.key, "version": version.number, "effective_on": version.effective_on}
    answer(arguments, told, text="{rulebook} version {version} holds from {effective_on}.".format(**told))
    return DONE


def _text(file: Path) -> bytes | None:
    """A file, or the key of a rulebook that comes with the product."""
    from guanxi.core.rulebooks import packs

    if file.is_file():
        return file.read_bytes()
    return packs.pack_text(str(file)).encode() if str(file) in packs.pack_keys() else None


def _nothing_there(arguments: Namespace) -> int:
    from guanxi.core.rulebooks import packs

    message = f"{arguments.file} is neither a file nor a shipped rulebook ({', '.join(packs.pack_keys())})."
    return complain(arguments, message, code="missing")


def _line(row: WouldRaise) -> str:
    if row.waits_for:
        return f"{row.clause}: waits for {row.waits_for}"
    return f"{row.clause}: " + (", ".join(f"{name} {count}" for name, count in row.counts.items()) or "nothing new")


def _file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a rulebook in YAML, or the key of a shipped one")


def _past(parser: ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="occurrences from this day count too")
    parser.add_argument("--skip-past", action="store_true", help="raise nothing that would be late already")


def _approval(parser: ArgumentParser) -> None:
    _past(parser)
    parser.add_argument("--effective", type=date.fromisoformat, metavar="DAY", help="in force from (default: today)")


def register() -> None:
    COMMANDS.add(Command("rulebook check", "find what is wrong with a rulebook, by line and column", check, _file))
    COMMANDS.add(Command("rulebook dry-run", "count what a rulebook would raise, storing nothing", dry_run, _past))
    COMMANDS.add(Command("rulebook approve", "put a rulebook in force", approve, _approval))
