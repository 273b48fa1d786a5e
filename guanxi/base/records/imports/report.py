"""The refused rows as a file: the original columns, the row number and the reasons, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext as translated

from ..cells import harmless
from .kinds import KINDS, ImportKind
from .models import ImportRow, ImportRun
from .reading import Reason

BOM = "\ufeff"


def refused_csv(run: ImportRun) -> Iterator[str]:
    kind = KINDS.get(run.kind)
    kinds = [kind, *(KINDS.get(key) for key in kind.beside)]
    yield BOM + _line([*run.headers, _("Row in the file"), _("Reason")])
    for row in ImportRow.objects.filter(run=run).order_by("line", "id").iterator(chunk_size=2000):
        width = len(run.headers)
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        place = " ".join(filter(None, [row.sheet, str(row.line)]))
        yield _line([*cells[:width], place, sentences_of(kinds, row)])


def sentences_of(kinds: Sequence[ImportKind], row: ImportRow) -> str:
    """Rows of another sheet speak of the columns of its kind."""
    named = {reason["column"] for reason in row.reasons} - {""}
    fitting = [kind for kind in kinds if named <= {column.key for column in kind.columns}]
    of_sheet = [kind for kind in fitting if (kind is not kinds[0]) == bool(row.sheet)]
    return sentences((of_sheet or fitting or list(kinds))[0], row.reasons)


def sentences(kind: ImportKind, reasons: Sequence[Reason]) -> str:
    return " ".join(sentence(kind, reason) for reason in reasons)


def sentence(kind: ImportKind, reason: Reason) -> str:
    text = translated(reason["text"])
    if not reason["column"]:
        return text
    return _("%(column)s: %(sentence)s") % {"column": kind.column(reason["column"]).label, "sentence": text}


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
