"""A file imported from the command line, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as translated

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.names import name_key

from .actions import choose_columns, discard, start_import, upload_file
from .decoding import unreadable
from .kinds import KINDS
from .models import ImportRun
from .running import carry_out


def run_import_file(
    path: Path | str,
    kind: str,
    *,
    actor: Actor,
    answers: Mapping[str, str] | None = None,
    choices: Mapping[str, str] | None = None,
    encoding: str = "",
) -> dict[str, Any]:
    """`answers`: a name in the file to a staff id or "refuse". Raises NotReadable, or Invalid when names stay open."""
    path = Path(path)
    with path.open("rb") as file:
        size, of = path.stat().st_size, KINDS.get(kind)
        run = upload_file(file, name=path.name, size=size, kind=of, encoding=encoding, actor=actor)
    if run.is_doubtful:
        discard(ImportRun.objects.filter(id=run.pk))
        raise unreadable("encoding_doubtful")
    run = choose_columns(run.pk, run.mapping, actor=actor)
    given = {name_key(name): str(answer) for name, answer in (answers or {}).items()}
    run = start_import(run.pk, answers=given, choices=choices or {}, actor=actor, wait=True)
    return result_of(carry_out(run.pk))


def result_of(run: ImportRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "state": run.state,
        "file": run.file_name,
        "encoding": run.encoding,
        "counts": run.counts,
        "left_out": [row for table in run.tables if table["index"] == run.table for row in table["left_out"]],
        "problem": problem_text(run),
        "questions": [question["written"] for question in run.questions],
    }


def problem_text(run: ImportRun) -> str:
    return problem_text_of(run.problem)


def problem_text_of(problem: Mapping[str, Any] | None) -> str:
    return translated(problem["text"]) % problem["details"] if problem else ""
