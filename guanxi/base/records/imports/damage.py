"""What a spreadsheet did to a cell, in words. The confined process marks it; who reads such a cell refuses the row."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .confined import figures, text

DAMAGES: dict[str, str | Promise] = {
    figures.DIGITS: _(
        "A spreadsheet keeps 15 digits of a figure and changed the last ones. Format the column as text, "
        "enter the number again."
    ),
    figures.ERROR: _("This cell holds an error of the spreadsheet, not a value."),
    figures.FORMULA: _(
        "This formula has no result yet. Open the workbook, let it calculate, save it and upload it again."
    ),
    figures.DAY: _("This cell is formatted as a date, but holds no day of the calendar."),
    figures.LOST: _("The value of this cell cannot be read from the workbook."),
    figures.LONG: _("This text is too long."),
    text.REPLACED: _("Some characters of this text were lost before the file was made."),
}


def sentence_of(damage: str) -> str | Promise:
    return DAMAGES.get(damage, DAMAGES[figures.LOST])
