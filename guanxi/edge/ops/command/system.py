"""up, demo, doctor."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from guanxi.edge.ops import demo
from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer, complain
from guanxi.edge.ops.installation import Installation


def up(arguments: Namespace) -> int:
    from guanxi.edge.ops.supervisor.main import Supervisor

    return Supervisor(Installation.from_environment()).run()


def show_demo(arguments: Namespace) -> int:
    rows = demo.sign_ins()
    if not rows:
        return complain(arguments, "This installation has no demo company.", code="no_demo")
    here = Installation.from_environment()
    value = {"address": here.address, "sign_ins": [asdict(row) for row in rows]}
    answer(arguments, value, text=f"{here.address}\n\n{demo.table(rows)}")
    return DONE


def doctor(arguments: Namespace) -> int:
    from guanxi.edge.ops import doctor as examination

    findings = examination.examine(Installation.from_environment())
    answer(arguments, [asdict(finding) for finding in findings], text=examination.told(findings))
    return DONE if all(finding.is_fine for finding in findings) else FAILED


def _no_arguments(_parser: ArgumentParser) -> None:
    return None


def register() -> None:
    COMMANDS.add(
        Command(
            "up",
            "start everything and stay until Ctrl-C (PORT, DATA_DIR, DATABASE_URL, DEMO)",
            up,
            needs_database=False,
        )
    )
    COMMANDS.add(Command("demo", "the demo company's sign-ins by role", show_demo))
    COMMANDS.add(Command("doctor", "look for what is wrong with this installation", doctor))
