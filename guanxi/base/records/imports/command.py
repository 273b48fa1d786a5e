"""A file imported, tried or undone from the command line, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing
from guanxi.base.kernel.names import name_key

from . import mappings
from .actions import choose_columns, discard, start_import, upload_file
from .decoding import unreadable
from .kinds import KINDS
from .models import ImportRun
from .running import carry_out
from .undoing import carry_out_undo, undo_import


def run_import_file(
    path: Path | str,
    kind: str,
    *,
    actor: Actor,
    answers: Mapping[str, str] | None = None,
    choices: Mapping[str, str] | None = None,
    encoding: str = "",
    saved: str = "",
    is_trial: bool = False,
) -> dict[str, Any]:
    """`answers`: a name in the file to a staff id or "refuse". `saved`: the name of saved columns.

    Raises NotReadable, Missing when nothing is saved under that name, or Invalid when names stay open.
    """
    path = Path(path)
    with path.open("rb") as file:
        size, of = path.stat().st_size, KINDS.get(kind)
        run = upload_file(file, name=path.name, size=size, kind=of, encoding=encoding, actor=actor)
    if run.is_doubtful:
        discard(ImportRun.objects.filter(id=run.pk))
        raise unreadable("encoding_doubtful")
    run = choose_columns(run.pk, _columns(run, saved), actor=actor)
    given = {name_key(name): str(answer) for name, answer in (answers or {}).items()}
    run = start_import(run.pk, answers=given, choices=choices or {}, is_trial=is_trial, actor=actor, wait=True)
    run = carry_out(run.pk)
    if run.trial and not is_trial:
        # Nobody is there to be asked: known records stay as they are.
        run = start_import(run.pk, answers=given, choices=run.choices, actor=actor, wait=True)
        run = carry_out(run.pk)
    result = result_of(run)
    if is_trial:
        # A trial leaves nothing behind, not even the file.
        discard(ImportRun.objects.filter(id=run.pk))
    return result


def _columns(run: ImportRun, saved: str) -> dict[str, int]:
    if not saved:
        return run.mapping
    found = mappings.named(KINDS.get(run.kind)).filter(name=saved).first()
    if found is None:
        raise Missing(_("No columns are saved under this name."))
    return mappings.applied(KINDS.get(run.kind), run.headers, found.columns)


def undo_run(run_id: int, *, actor: Actor) -> dict[str, Any]:
    undo_import(run_id, actor=actor, wait=True)
    run = carry_out_undo(run_id)
    problem = problem_text_of(run.undo.get("problem"))
    return {"run": run.pk, "state": run.state, "counts": run.undo.get("counts", {}), "problem": problem}


def result_of(run: ImportRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "state": run.state,
        "file": run.file_name,
        "encoding": run.encoding,
        "counts": run.counts or run.trial,
        "left_out": [row for table in run.tables if table["index"] == run.table for row in table["left_out"]],
        "problem": problem_text(run),
        "questions": [question["written"] for question in run.questions],
    }


def problem_text(run: ImportRun) -> str:
    return problem_text_of(run.problem)


def problem_text_of(problem: Mapping[str, Any] | None) -> str:
    return translated(problem["text"]) % problem["details"] if problem else ""
