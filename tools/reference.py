#!/usr/bin/env python3
"""Write what the reference says about commands, roles, tables and the form of rulebooks from the code itself.

tools/reference.py          rewrite the parts between the marks
tools/reference.py --check  only say which pages are out of date
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs/reference"
BEGIN, END = "<!-- written by tools/reference.py -->", "<!-- end -->"


def main() -> int:
    parser = argparse.ArgumentParser(description="Write reference pages from the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is out of date")
    is_check = parser.parse_args().check
    late = list(outdated())
    for path, text in late:
        print(f"{path.relative_to(ROOT)} {'is out of date' if is_check else 'written'}")
        if not is_check:
            path.write_text(text, "utf-8")
    return 1 if late and is_check else 0


def outdated() -> Iterator[tuple[Path, str]]:
    """Pages whose written part differs from the code, with their text as it should be."""
    written = {"commands.md": commands(), "roles-and-scopes.md": roles(), "data-model.md": tables()}
    for name, part in written.items():
        path = PAGES / name
        text = path.read_text("utf-8")
        head, _, rest = text.partition(BEGIN)
        tail = rest.partition(END)[2]
        wanted = f"{head}{BEGIN}\n\n{part}\n{END}{tail}"
        if text != wanted:
            yield path, wanted
    path = PAGES / "rulebook.schema.json"
    if not path.exists() or path.read_text("utf-8") != rulebook_schema():
        yield path, rulebook_schema()


def rulebook_schema() -> str:
    from guanxi.core.rulebooks.catalogue import shipped_catalogue
    from guanxi.core.rulebooks.engine.schema import schema_text

    return schema_text(shipped_catalogue())


def commands() -> str:
    from guanxi.edge.ops.command.main import GROUPS
    from guanxi.edge.ops.command.registry import COMMANDS

    parts = []
    for command in COMMANDS:
        parser = argparse.ArgumentParser(prog=f"guanxi {command.key}", add_help=False)
        command.arguments(parser)
        lines = [_argument(action) for action in parser._actions]
        parts.append(
            "\n".join([f"## guanxi {command.key}", "", _sentence(command.help), *([""] if lines else []), *lines])
        )
    groups = ", ".join(f"`{name}` ({about})" for name, about in GROUPS.items())
    return f"Groups: {groups}.\n\n" + "\n\n".join(parts) + "\n"


def _argument(action: argparse.Action) -> str:
    default = str(action.metavar or action.dest.upper())
    name = (
        default
        if not action.option_strings
        else " ".join([*action.option_strings, *([default] if action.nargs != 0 else [])])
    )
    return f"- `{name}`: {_sentence(action.help or action.dest)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def roles() -> str:
    from guanxi.edge.ops.roles import ROLES

    kinds = sorted({kind for role in ROLES for kind in role.rights})
    parts = []
    for role in ROLES:
        rows = [f"| {kind} | {_verbs(role.rights[kind])} |" for kind in kinds if role.rights.get(kind)]
        parts.append(
            "\n".join([f"### {role.name_en} ({role.name}) `{role.key}`", "", "| record | may |", "|---|---|", *rows])
        )
    return "\n\n".join(parts) + "\n"


def _verbs(verbs: dict[str, str]) -> str:
    """`read, create: own · import: all`"""
    by_scope: dict[str, list[str]] = {}
    for verb, scope in verbs.items():
        by_scope.setdefault(scope, []).append(verb)
    return " · ".join(f"{', '.join(names)}: **{scope}**" for scope, names in by_scope.items())


def tables() -> str:
    from django.apps import apps

    parts = []
    for room in apps.get_app_configs():
        models = [model for model in room.get_models() if room.name.startswith("guanxi.")]
        if models:
            parts.append("\n".join([f"## {room.label}", "", *(_table(model) for model in models)]))
    return "\n\n".join(parts) + "\n"


def _table(model: Any) -> str:
    doc = (model.__doc__ or "").strip()
    about = "" if doc.startswith(f"{model.__name__}(") else " " + _first_sentence(doc)
    columns = ", ".join(_column(field) for field in model._meta.concrete_fields)
    return f"- **{model._meta.db_table}**{about}\n  {columns}"


def _column(field: Any) -> str:
    target = f" → {field.related_model._meta.db_table}" if field.related_model else ""
    return f"`{field.column}`{target}"


def _first_sentence(doc: str) -> str:
    found = re.match(r".*?\.(?=\s|$)", " ".join(doc.split()))
    return found.group() if found else " ".join(doc.split())


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "no-secret: nothing is served or signed")
    import django

    django.setup()
    sys.exit(main())
