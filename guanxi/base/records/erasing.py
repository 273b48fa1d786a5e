"""Files on their way in or out that hold somebody who is to be erased: they go whole, nothing is cut out of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.personal import Persons

from .exports.models import ExportPart, ExportRun
from .imports.models import ImportPart, ImportRun

# In the language of the catalogue, as running.py keeps what was in the way.
CHANGED = {"code": "list_changed", "text": gettext_noop("The list has changed since. Ask for the file again.")}
# As files of the country are written.
ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
# Runs that speak of the person, and runs whose rows wait to be taken in.
RUNS = """
SELECT id FROM records_importrun r WHERE concat_ws(' ', r.file_name, r.trial, r.pairs, r.questions, r.answers,
  r.tables, r.headers, r.decisions, r.also, r.problem) LIKE ANY(%(words)s)
"""
EMPTY_RUNS = """
UPDATE records_importrun SET file_name = '', trial = '{}', pairs = '[]', questions = '[]', answers = '{}',
  tables = '[]', headers = '[]', decisions = '{}', also = '[]', problem = '{}',
  state = CASE WHEN state IN ('uploaded', 'mapped', 'queued') THEN 'cancelled' ELSE state END
WHERE id = ANY(%(runs)s)
"""


def erase_files(persons: Persons) -> Mapping[str, int]:
    if not persons.words:
        return {}
    marks = [mark for word in persons.words for mark in marks_of(word)]
    # Once more when it is done: a file that was begun meanwhile read the person still.
    transaction.on_commit(lambda: erase_exports(marks), robust=True)
    return erase_imports(persons, marks) | erase_exports(marks)


def marks_of(word: str) -> set[bytes]:
    """How the word may stand in a file."""
    texts = {word, escape(word), word.encode("unicode_escape").decode("ascii")}
    return {text.encode(encoding, "ignore") for text in texts for encoding in ENCODINGS} - {b""}


def erase_imports(persons: Persons, marks: list[bytes]) -> dict[str, int]:
    spoken = {row[0] for row in statements.rows(RUNS, persons.given)}
    held = {run for run in _runs_with_parts(ImportPart.objects.all()) if _holds(_import_bytes(run), marks)}
    statements.rows(EMPTY_RUNS, {"runs": sorted(spoken | held)})
    parts, _each = ImportPart.objects.filter(run_id__in=spoken | held).delete()
    return {ImportRun._meta.db_table: len(spoken | held), ImportPart._meta.db_table: parts}


def erase_exports(marks: list[bytes]) -> dict[str, int]:
    """What is being written may have read the person already; its end is refused (running._deliver)."""
    under_way = ExportRun.objects.filter(state=ExportRun.RUNNING)
    under_way.update(state=ExportRun.FAILED, problem=CHANGED, finished_at=clock.now())
    held = [run for run in _runs_with_parts(ExportPart.objects.all()) if _holds(_export_bytes(run), marks)]
    parts, _each = ExportPart.objects.filter(run_id__in=held).delete()
    done = ExportRun.objects.filter(id__in=held, state=ExportRun.DONE)
    done.update(state=ExportRun.EXPIRED, expires_at=clock.now())
    return {ExportPart._meta.db_table: parts}


def _runs_with_parts(parts: QuerySet[Any]) -> list[int]:
    return list(parts.order_by("run_id").values_list("run_id", flat=True).distinct())


def _import_bytes(run_id: int) -> Iterator[bytes]:
    """Each table whole: a name may lie across two parts."""
    rows = ImportPart.objects.filter(run_id=run_id).order_by("table", "position")
    tables: dict[int, list[bytes]] = {}
    for table, content in rows.values_list("table", "content"):
        tables.setdefault(table, []).append(bytes(content))
    yield from (b"".join(parts) for parts in tables.values())


def _export_bytes(run_id: int) -> Iterator[bytes]:
    rows = ExportPart.objects.filter(run_id=run_id).order_by("position").values_list("content", flat=True)
    whole = b"".join(bytes(content) for content in rows)
    if not zipfile.is_zipfile(io.BytesIO(whole)):
        yield whole
        return
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        yield from (archive.read(name) for name in archive.namelist())


def _holds(texts: Iterator[bytes], marks: list[bytes]) -> bool:
    return any(mark in text for text in texts for mark in marks)
