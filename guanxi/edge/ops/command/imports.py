"""import FILE, and import undo RUN."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer, complain

if TYPE_CHECKING:
    from guanxi.base.kernel.errors import Invalid

ENCODINGS = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
STATES_WELL = {"done", "undone"}
# What a choice of the wizard is called on the command line.
CHOICES = {"match": "match", "on_duplicate": "found", "twins": "twins", "empty": "empty"}
ON_DUPLICATE = {"skip": "leave", "fill": "fill", "update": "overwrite", "create": "create"}


def import_file(arguments: Namespace) -> int:
    if str(arguments.file) == "undo" and arguments.run:
        return undo(arguments)
    if arguments.run:
        return complain(arguments, "One file at a time; `undo RUN` takes an import back.", code="invalid")
    return take_in(arguments)


def undo(arguments: Namespace) -> int:
    from guanxi.base.kernel.errors import Refused
    from guanxi.base.records.imports.command import undo_run

    try:
        result = undo_run(arguments.run, actor=_actor(arguments.user))
    except Refused as refused:
        return complain(arguments, str(refused.message), code=refused.code)
    answer(arguments, result, text=_told({"file": f"import {arguments.run}", "encoding": "", **result}))
    return DONE if result["state"] in STATES_WELL else FAILED


def take_in(arguments: Namespace) -> int:
    from guanxi.base.kernel.errors import Invalid
    from guanxi.base.records.imports.command import run_import_file
    from guanxi.base.records.imports.kinds import KINDS

    if not arguments.file.is_file():
        return complain(arguments, f"There is no file {arguments.file}.", code="missing")
    if KINDS.find(arguments.kind) is None:
        return complain(arguments, f"Unknown kind; known are: {', '.join(KINDS.keys())}", code="unknown_kind")
    answers = {name: _staff_id(who) for name, who in arguments.staff}
    try:
        result = run_import_file(
            arguments.file,
            arguments.kind,
            actor=_actor(arguments.user),
            answers=answers,
            encoding=arguments.encoding,
            choices=_choices(arguments),
            saved=arguments.mapping,
            is_trial=arguments.dry_run,
        )
    except Invalid as refused:
        return complain(arguments, _what_is_open(refused), code="invalid")
    if arguments.dry_run and result["state"] == "mapped":
        result["state"] = "tried"
    answer(arguments, result, text=_told(result))
    return DONE if result["state"] in STATES_WELL | {"tried"} else FAILED


def _choices(arguments: Namespace) -> dict[str, str]:
    asked = {key: getattr(arguments, name) for name, key in CHOICES.items()}
    asked["found"] = ON_DUPLICATE.get(asked["found"], "")
    asked["rows"] = "whole" if arguments.all_or_nothing else ""
    return {key: value for key, value in asked.items() if value} | dict(arguments.choose)


def _what_is_open(refused: Invalid) -> str:
    """The form asks about names by their place in the list; here they are named, with what to type."""
    from guanxi.base.records.imports.models import ImportRun

    run = ImportRun.objects.order_by("-id").first()
    asked = {f"answer-{place}": question["written"] for place, question in enumerate(run.questions if run else [])}
    names = [asked[field] for field in refused.errors if field in asked]
    lines = [f"{field}: {text}" for field, texts in refused.errors.items() if field not in asked for text in texts]
    if names:
        lines.append("These names are nobody here. Say who is meant, or refuse their rows:")
        lines += [f"  --staff {name}=LOGIN  or  --staff {name}=refuse" for name in names]
    return "\n".join(lines)


def _staff_id(who: str) -> str:
    """A login name as a staff id; ids and "refuse" stay."""
    from guanxi.base.org.models import Staff

    found = Staff.objects.filter(account__login=who).values_list("id", flat=True).first()
    return str(found) if found else who


def _actor(login: str) -> Any:
    from guanxi.base.kernel.actor import Actor
    from guanxi.base.kernel.errors import Missing
    from guanxi.base.org.models import Account

    if not login:
        return Actor.system("guanxi import")
    account = Account.objects.select_related("staff").filter(login=login, is_active=True).first()
    if account is None:
        raise Missing(f"There is no active account {login}.")
    return Actor(account.staff.name, "command", account_id=account.pk, staff_id=account.staff.pk)


def _told(result: dict[str, Any]) -> str:
    lines = [f"{name}: {count}" for name, count in result["counts"].items()]
    return "\n".join(
        [f"{result['file']} ({result['encoding'] or 'workbook'}): {result['state']}", *lines, result["problem"]]
    ).rstrip()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(text)
    return name, value


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="a workbook or CSV file; or: undo RUN")
    parser.add_argument("run", type=int, nargs="?", metavar="RUN", help="with undo: the number of the import")
    parser.add_argument("--kind", default="file-forms", help="what the rows are (default: file-forms)")
    parser.add_argument("--user", default="", metavar="NAME", help="the account to import as, with its rights")
    parser.add_argument("--mapping", default="", metavar="NAME", help="which columns: those saved under this name")
    parser.add_argument("--match", default="", metavar="KEY", help="recognise records by person, number, phone or name")
    parser.add_argument("--on-duplicate", choices=tuple(ON_DUPLICATE), help="what is done with records known already")
    parser.add_argument("--twins", choices=("first", "merge", "create"), help="rows for one record")
    parser.add_argument("--empty", choices=("keep", "erase"), help="what empty cells do")
    parser.add_argument("--all-or-nothing", action="store_true", help="take nothing in when a row is refused")
    parser.add_argument("--dry-run", action="store_true", help="do everything, write nothing, tell the figures")
    parser.add_argument(
        "--encoding", default="", choices=("", *ENCODINGS), help="of a text file; recognised when left out"
    )
    parser.add_argument(
        "--staff",
        "--answer",
        dest="staff",
        type=_pair,
        action="append",
        default=[],
        metavar="NAME=LOGIN",
        help="whom a name in the file means: a login name, or refuse",
    )
    parser.add_argument(
        "--choose", type=_pair, action="append", default=[], metavar="KEY=VALUE", help="decide a choice of this kind"
    )


def register() -> None:
    COMMANDS.add(
        Command(
            "import", "import a file of customers, forms or other records, or undo an import", import_file, _arguments
        )
    )
