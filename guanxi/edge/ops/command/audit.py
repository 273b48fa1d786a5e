"""audit verify."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from guanxi.edge.ops.command.registry import COMMANDS, DONE, FAILED, Command, answer

if TYPE_CHECKING:
    from guanxi.base.audit.verifying import Verdict


def verify(arguments: Namespace) -> int:
    from guanxi.base.audit.heads import Heads
    from guanxi.base.audit.verifying import verify as look

    verdict = look([Heads(), *(Heads(path) for path in arguments.heads)])
    faults = [asdict(fault) | {"text": fault.text} for fault in verdict.faults]
    value = {
        "whole": verdict.is_whole,
        "entries": verdict.entries,
        "seals": verdict.seals,
        "waiting": verdict.waiting,
        "faults": faults,
    }
    answer(arguments, value, text=told(verdict))
    return DONE if verdict.is_whole else FAILED


def told(verdict: Verdict) -> str:
    scope = f"{verdict.entries} entries under {verdict.seals} seals, {verdict.waiting} waiting for theirs"
    if verdict.is_whole:
        return f"The trail is what was written: {scope}."
    return "\n".join(
        [f"The trail is NOT what was written ({scope}):", *(f"  {fault.text}" for fault in verdict.faults)]
    )


def _arguments(parser: ArgumentParser) -> None:
    text = "further files of heads, of other machines or kept earlier"
    parser.add_argument("--heads", type=Path, action="append", default=[], metavar="FILE", help=text)


def register() -> None:
    COMMANDS.add(Command("audit verify", "compare the trail with its seals and their heads", verify, _arguments))
