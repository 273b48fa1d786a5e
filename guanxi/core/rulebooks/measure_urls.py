"""Figures, records and the board of the day."""

from django.urls import path

from guanxi.base.org.web import needs

from .screens import board, compliance, compliance_files, record

read, check = needs("duty", "read"), needs("daycheck", "create")

urlpatterns = [
    path("compliance", read(compliance.compliance), name="compliance"),
    path("compliance/days", read(compliance.day_end), name="compliance-days"),
    path("compliance/file", read(compliance_files.file), name="compliance-file"),
    path("compliance/print", read(compliance_files.paper), name="compliance-print"),
    path("record", read(record.own_record), name="own-record"),
    path("record/<int:staff_id>", read(record.record), name="record"),
    path("board", check(board.board), name="board"),
    path("board/check", check(board.close), name="board-check"),
    path("board/checks", needs("daycheck", "read")(board.checks), name="board-checks"),
    path("board/duties/<int:duty_id>", check(board.guidance), name="board-guidance"),
]
