"""What was passed over, repeated or read for better or worse, told wherever the file is looked at. Never in silence."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from guanxi.base.ui.formats import number as figure

from .decoding import NOTES
from .models import ImportRun
from .tables import Table, tables_of

MOST_SAID = 3


def notices_of(run: ImportRun) -> list[str]:
    """Whole sentences about the file and the table that is taken in."""
    said = [str(NOTES[note]) for note in run.notes if note in NOTES]
    for table in tables_of(run):
        if table.index == run.table:
            said += _about(table)
    return said


def _about(table: Table) -> Iterator[str]:
    if table.above:
        yield _("Passed over above the header: %(text)s.") % {"text": _few(table.above, len(table.above))}
    if table.left_out_count:
        rows = [
            _("row %(number)s (%(text)s)") % {"number": left["row"], "text": left["text"]} for left in table.left_out
        ]
        yield _("Totals and signatures are left out: %(rows)s.") % {"rows": _few(rows, table.left_out_count)}
    if table.merged:
        yield _("Merged cells: their value stands in each of their rows. Cells filled: %(count)s.") % {
            "count": figure(table.merged)
        }
    if table.hidden_rows:
        yield _("Hidden rows are read like all others. There are: %(count)s.") % {"count": figure(table.hidden_rows)}


def _few(texts: list[str], count: int) -> str:
    shown = _(", ").join(texts[:MOST_SAID])
    return shown if count <= MOST_SAID else _("%(shown)s and more, %(count)s in all") % {"shown": shown, "count": count}
