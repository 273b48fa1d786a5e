"""rulebook check, dry-run, approve."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer, complain

if TYPE_CHECKING:
    from guanxi.core.rulebooks.checking import Faulty, WouldRaise
    from guanxi.core.rulebooks.models import Version


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
    from guanxi.core.rulebooks.checking import Faulty
    from guanxi.core.rulebooks.checking import dry_run as would_raise

    if (text := _text(arguments.file)) is None:
        return _nothing_there(arguments)
    if (units := _units(arguments)) is None:
        return _no_such_unit(arguments)
    try:
        rows = would_raise(
            text,
            anchors_from=arguments.since,
            until_on=arguments.until,
            unit_ids=units,
            skips_past=arguments.skip_past,
        )
    except Faulty as faulty:
        return _faulty(arguments, faulty)
    answer(arguments, [asdict(row) for row in rows], text="\n".join([*map(_line, rows), _together(rows)]))
    return DONE


def approve(arguments: Namespace) -> int:
    from guanxi.base.kernel import clock
    from guanxi.base.kernel.actor import Actor
    from guanxi.base.kernel.errors import Invalid
    from guanxi.core.rulebooks.actions.rulebook import approve_version, save_draft
    from guanxi.core.rulebooks.checking import Faulty
    from guanxi.core.rulebooks.jobs import run_rules

    if (text := _text(arguments.file)) is None:
        return _nothing_there(arguments)
    if (units := _units(arguments)) is None:
        return _no_such_unit(arguments)
    actor = Actor.system("guanxi rulebook approve")
    try:
        version = _approved(
            lambda: approve_version(
                save_draft(_decoded(text), actor=actor).pk,
                actor=actor,
                effective_on=arguments.effective or clock.today(),
                anchors_from=arguments.since,
                until_on=arguments.until,
                catch_up="skip" if arguments.skip_past else "fold",
                on_replace="renew" if arguments.renew else "keep",
                is_trial=arguments.trial,
                unit_ids=units,
            )
        )
    except Faulty as faulty:
        return _faulty(arguments, faulty)
    except Invalid as problem:
        messages = [str(text) for texts in problem.errors.values() for text in texts]
        return complain(arguments, " ".join(messages), code="invalid")
    run_rules()
    told = {
        "rulebook": version.rulebook.key,
        "version": version.number,
        "effective_on": version.effective_on,
        "until_on": version.until_on,
        "is_trial": version.is_trial,
        "unit_ids": version.unit_ids,
    }
    answer(arguments, told, text="{rulebook} version {version} holds from {effective_on}.".format(**told))
    return DONE


def _approved(perform: Callable[[], Version]) -> Version:
    """All or nothing: a text that cannot be approved leaves no draft behind."""
    from django.db import transaction

    with transaction.atomic():
        return perform()


def _decoded(text: bytes) -> str:
    """Raises Faulty for what is not UTF-8."""
    from guanxi.core.rulebooks.checking import Faulty
    from guanxi.core.rulebooks.checking import check as problems_of

    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Faulty(problems_of(text)) from error


def _faulty(arguments: Namespace, faulty: Faulty) -> int:
    return complain(
        arguments, "\n".join(f"{arguments.file}: {text}" for text in faulty.errors["text"]), code=faulty.code
    )


def _units(arguments: Namespace) -> list[int] | None:
    """By code; None when one of them is not there."""
    from guanxi.base.org.models import Unit

    wanted = set(arguments.unit or [])
    found = dict(Unit.objects.filter(code__in=wanted, closed_on=None).values_list("code", "id"))
    return sorted(found.values()) if wanted == set(found) else None


def _no_such_unit(arguments: Namespace) -> int:
    return complain(arguments, f"One of these is no code of a unit: {', '.join(arguments.unit)}.", code="no_unit")


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
    if row.lacks:
        return f"{row.clause}: to be filled in first: {', '.join(row.lacks)}"
    if row.forbids:
        return f"{row.clause}: forbids {', '.join(row.forbids)}"
    return f"{row.clause}: " + (", ".join(f"{name} {count}" for name, count in row.counts.items()) or "nothing new")


def _together(rows: list[WouldRaise]) -> str:
    names = ("raised", "caught_up", "without_assignee", "proposed")
    return "together: " + ", ".join(f"{name} {sum(row.counts.get(name, 0) for row in rows)}" for name in names)


def _file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a rulebook in YAML, or the key of a shipped one")


def _past(parser: ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="occurrences from this day count too")
    parser.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="the last day it holds")
    parser.add_argument("--unit", action="append", metavar="CODE", help="only for this unit and below; may be repeated")
    parser.add_argument("--skip-past", action="store_true", help="raise nothing that would be late already")


def _approval(parser: ArgumentParser) -> None:
    _past(parser)
    parser.add_argument("--effective", type=date.fromisoformat, metavar="DAY", help="in force from (default: today)")
    parser.add_argument("--trial", action="store_true", help="on trial: nothing is proposed against anybody")
    parser.add_argument("--renew", action="store_true", help="raise open duties of the version before anew")


def register() -> None:
    COMMANDS.add(Command("rulebook check", "find what is wrong with a rulebook, by line and column", check, _file))
    COMMANDS.add(
        Command("rulebook dry-run", "count what a rulebook would raise and propose, storing nothing", dry_run, _past)
    )
    COMMANDS.add(Command("rulebook approve", "put a rulebook in force", approve, _approval))
