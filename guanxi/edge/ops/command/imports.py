"""import FILE."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer, complain

STATES_WELL = {"done"}


def import_file(arguments: Namespace) -> int:
    from guanxi.base.records.imports.command import run_import_file
    from guanxi.base.records.imports.kinds import KINDS

    if not arguments.file.is_file():
        return complain(arguments, f"There is no file {arguments.file}.", code="missing")
    if KINDS.find(arguments.kind) is None:
        return complain(arguments, f"Unknown kind; known are: {', '.join(KINDS.keys())}", code="unknown_kind")
    result = run_import_file(
        arguments.file,
        arguments.kind,
        actor=_actor(arguments.user),
        answers=dict(arguments.staff),
        choices=dict(arguments.choose),
    )
    answer(arguments, result, text=_told(result))
    return DONE if result["state"] in STATES_WELL else FAILED


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
        [f"{result['file']} ({result['encoding']}): {result['state']}", *lines, result["problem"]]
    ).rstrip()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(text)
    return name, value


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--kind", default="file-forms", help="what the rows are (default: file-forms)")
    parser.add_argument("--user", default="", metavar="NAME", help="the account to import as, with its rights")
    parser.add_argument(
        "--staff",
        type=_pair,
        action="append",
        default=[],
        metavar="NAME=ID",
        help="whom a name in the file means; a staff id, or refuse",
    )
    parser.add_argument(
        "--choose", type=_pair, action="append", default=[], metavar="KEY=VALUE", help="decide a choice of this kind"
    )


def register() -> None:
    COMMANDS.add(Command("import", "import a file of customers or forms", import_file, _arguments))
