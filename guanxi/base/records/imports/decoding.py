"""What can be wrong with a whole file, in words. The confined process finds it and says which by its key."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Refused

from .confined.encodings import BIG5, GB18030, UTF8, UTF16_BE, UTF16_LE

ENCODINGS = (UTF8, GB18030, BIG5, UTF16_LE, UTF16_BE)
NAMES = {UTF8: "UTF-8", GB18030: "GB18030", BIG5: "Big5", UTF16_LE: "UTF-16 LE", UTF16_BE: "UTF-16 BE"}
MEGABYTE = 1024 * 1024

# Key to the stable code and the sentence.
SENTENCES: dict[str, tuple[str, str | Promise]] = {
    "empty": ("file_empty", _("The file is empty.")),
    "no_rows": ("file_no_rows", _("The file holds the names of columns but no rows.")),
    "rows": ("file_rows", _("The file has more than %(most)s rows. Split it into several files.")),
    "columns": ("file_columns", _("The file has more than %(most)s columns. Leave out those that are not needed.")),
    "header_missing": (
        "header_missing",
        _("The first row holds data, not the names of the columns. Add a row with the names on top."),
    ),
    "header_double": (
        "header_double",
        _("Two columns are called %(name)s. Rename one of them, then upload the file again."),
    ),
    "delimiter": ("file_delimiter", _("The cells of this file are not separated by commas. Save it again as CSV.")),
    "quotes": ("file_quotes", _("A quotation mark that is opened in row %(at)s is not closed.")),
    "binary": ("file_binary", _("Row %(at)s holds zero bytes; this is not a text file.")),
    "encoding_unknown": (
        "encoding_unknown",
        _("Row %(at)s can be read neither as UTF-8 nor as GB18030. Save the file again as CSV (UTF-8)."),
    ),
    "encoding_mixed": (
        "encoding_mixed",
        _("The encoding changes in row %(at)s: this file is partly UTF-8 and partly GB18030. Save it again whole."),
    ),
    "encoding_wrong": ("encoding_wrong", _("The file cannot be read in this encoding.")),
    "packed": ("file_large", _("A workbook may be %(most)s MB large at most. Split it into several files.")),
    "unpacked": ("file_memory", _("The workbook unpacks to more than %(most)s MB. Split it into several files.")),
    "bomb": (
        "file_bomb",
        _("The workbook unpacks to far more than it holds. Copy the filled rows to a new workbook and upload that."),
    ),
    "members": ("file_damaged", _("The workbook has more than %(most)s parts. Copy the rows to a new one.")),
    "names": ("file_damaged", _("The workbook has parts that point outside of it. Save it again in Excel or WPS.")),
    "damaged": (
        "file_damaged",
        _("The workbook is damaged or incomplete. Open it in Excel or WPS, save it again and upload that."),
    ),
    "doctype": (
        "file_damaged",
        _("The workbook holds instructions that no spreadsheet writes. Save it again in Excel or WPS."),
    ),
    "sheets": ("file_sheets", _("The workbook has more than %(most)s sheets. Split it into several files.")),
    "encoding_doubtful": (
        "encoding_doubtful",
        _("The text looks unusual: perhaps its encoding was not recognised. Say which it is, or save it as UTF-8."),
    ),
    "password": (
        "file_password",
        _("This file is protected by a password. Save it without the password, then upload it again."),
    ),
    "old_workbook": (
        "file_format",
        _("This is an old Excel workbook (.xls). Open it, save it as .xlsx, then upload that file."),
    ),
    "binary_workbook": (
        "file_format",
        _("This is a binary Excel workbook (.xlsb). Open it, save it as .xlsx, then upload that file."),
    ),
    "ods": ("file_format", _("This is an OpenDocument spreadsheet. Open it, save it as .xlsx, then upload that file.")),
    "pdf": ("file_format", _("This is a PDF document. Upload an Excel workbook (.xlsx) or a CSV file.")),
    "compressed": ("file_format", _("This file is compressed. Unpack it and upload the table inside.")),
    "picture": ("file_format", _("This is a picture. Upload an Excel workbook (.xlsx) or a CSV file.")),
    "document": (
        "file_format",
        _("This is a text document. Copy its table to a spreadsheet, save it as .xlsx, then upload that file."),
    ),
    "web_page": (
        "file_format",
        _("This is a web page, whatever its name says. Open it in Excel or WPS, save it as .xlsx, then upload that."),
    ),
    "memory": ("file_memory", _("The file needs too much memory to be read. Split it into several files.")),
    "time": ("file_time", _("Reading the file takes too long. Split it into several files.")),
    "too_much": ("file_memory", _("The file needs too much memory to be read. Split it into several files.")),
    "busy": ("file_busy", _("Other files are being read just now. Try again in a minute.")),
    "gone": ("file_gone", _("The rows of this file are no longer here. Upload it again.")),
    "unread": ("file_unread", _("The file cannot be read. Open it in a spreadsheet, save it again and upload that.")),
}


# About a whole file that is read all the same.
NOTES: dict[str, str | Promise] = {
    "macros": _("The workbook holds macros. They were not run; the values are as they were saved."),
    "links": _("The workbook takes values from other files. These were not opened; the values are as they were saved."),
    "since_1904": _("The workbook counts its days from 1904; its dates were read that way."),
}


class NotReadable(Refused):
    """The whole file is refused. `details` fill the placeholders of the sentence (`at`: the row in question)."""

    status = 422

    def __init__(self, template: str | Promise, *, code: str, **details: object) -> None:
        super().__init__(lazy(lambda: str(template) % details, str)(), code=code, **details)
        self.template = template


def unreadable(key: str, details: Mapping[str, object] | None = None) -> NotReadable:
    """By the key of its sentence; one that nobody knows is an unread file all the same."""
    code, sentence = SENTENCES.get(key, SENTENCES["unread"])
    return NotReadable(sentence, code=code, **{name: _plain(value) for name, value in (details or {}).items()})


def _plain(value: object) -> object:
    return value if isinstance(value, int) else str(value)[:60]
