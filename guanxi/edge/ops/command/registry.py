"""What a subcommand is, and how it answers."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from guanxi.base.kernel.registry import Registry

DONE, FAILED, USAGE = 0, 1, 2


@dataclass(frozen=True)
class Command:
    """`run` answers with the exit code. `key` may be two words: "user token"."""

    key: str
    help: str
    run: Callable[[Namespace], int]
    arguments: Callable[[ArgumentParser], None] = lambda parser: None
    needs_database: bool = True


COMMANDS: Registry[Command] = Registry("commands")


def answer(arguments: Namespace, value: Any, *, text: str) -> None:
    """The value as JSON where a program asked, the text where a person did."""
    print(json.dumps(value, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder) if arguments.json else text)


def complain(arguments: Namespace, message: str, *, code: str = "failed") -> int:
    if arguments.json:
        answer(arguments, {"error": code, "message": message}, text="")
    else:
        print(message, file=sys.stderr)
    return FAILED
