"""What this room keeps about people: files on their way in and out, how lists are read, what was changed for many."""

from __future__ import annotations

from guanxi.base.kernel.personal import (
    ERASERS,
    About,
    Basis,
    Eraser,
    Held,
    Kept,
    Purpose,
    Sort,
    Table,
    declare,
    of_record,
)

from .erasing import erase_files
from .models import (
    BulkItem,
    BulkRun,
    DefaultView,
    ExportPart,
    ExportRun,
    ImportChange,
    ImportMark,
    ImportPart,
    ImportRow,
    ImportRun,
    ListHabit,
    Opened,
    OwnField,
    SavedMapping,
    SavedView,
    Searched,
    Segment,
)

MOVED = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.SHORT)
# Who moved what, and why, stays with the run; the files and the values go.
RUN = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.PROOF)
FILE = Held(Sort.FILES, Purpose.MOVING, Basis.CONTRACT, Kept.SHORT)
TYPED = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.RELATION)
NAMED = Held(Sort.WORDS, Purpose.MOVING, Basis.CONTRACT, Kept.RELATION, left="—")
GIVEN = Held(Sort.WORDS, Purpose.SECURITY, Basis.LAW, Kept.PROOF)
ACTED = Held(Sort.TRACES, Purpose.SECURITY, Basis.LABOUR, Kept.TRAIL, stays=True)
OF_ITS_RECORD = f"""run_id IN (
  SELECT b.id FROM records_bulkrun b WHERE {of_record("b.kind", "records_bulkitem.record_id")})"""  # noqa: S608 (constants only)


def register() -> None:
    _declare_imports()
    _declare_exports()
    _declare_reading()
    ERASERS.add(Eraser("records-files", erase_files))


def _declare_imports() -> None:
    run = {"file_name": RUN, "trial": MOVED, "pairs": MOVED, "questions": RUN, "answers": RUN, "tables": RUN}
    declare(
        Table(
            ImportRun,
            About.CUSTOMER,
            run | {"headers": RUN, "decisions": MOVED, "also": RUN, "problem": RUN, "actor_label": ACTED},
            plain="kind encoding delimiter notes state mapping choices stage counts made undo actor_via",
            by_hand=True,
        ),
        Table(ImportPart, About.CUSTOMER, {"content": FILE}, by_hand=True),
        Table(ImportRow, About.CUSTOMER, {"cells": MOVED, "reasons": MOVED}, plain="sheet"),
        Table(
            ImportChange,
            About.CUSTOMER,
            {"before": MOVED},
            plain="kind",
            of=of_record("kind", "record_id"),
            is_removed=True,
        ),
        Table(ImportMark, About.NOBODY),
        Table(SavedMapping, About.NOBODY, plain="kind name headers columns"),
    )


def _declare_exports() -> None:
    words = {"words": RUN, "purpose": RUN, "file_name": RUN, "answer": RUN, "problem": RUN}
    declare(
        Table(
            ExportRun,
            About.CUSTOMER,
            words | {"recipient_name": GIVEN, "actor_label": ACTED},
            plain="kind format audience encoding recipient heard state language rights actor_via",
        ),
        Table(ExportPart, About.CUSTOMER, {"content": FILE}, by_hand=True),
        Table(
            BulkRun,
            About.CUSTOMER,
            {"asked": RUN, "typed": RUN, "actor_label": ACTED},
            plain="kind step state problem actor_via",
        ),
        Table(
            BulkItem,
            About.CUSTOMER,
            {"before": MOVED, "reason": MOVED},
            plain="outcome",
            of=OF_ITS_RECORD,
        ),
    )


def _declare_reading() -> None:
    declare(
        Table(SavedView, About.CUSTOMER, {"words": TYPED, "name": NAMED}, plain="kind"),
        # Without its condition it would hold everybody.
        Table(
            Segment,
            About.CUSTOMER,
            {"criteria": TYPED, "name": TYPED, "purpose": TYPED},
            plain="kind",
            is_removed=True,
        ),
        Table(ListHabit, About.CUSTOMER, {"words": TYPED}, plain="kind"),
        Table(Searched, About.CUSTOMER, {"text": TYPED}, is_removed=True),
        Table(Opened, About.STAFF, plain="kind", of=of_record("kind", "record_id"), is_removed=True),
        Table(DefaultView, About.NOBODY, plain="kind"),
        Table(OwnField, About.NOBODY, plain="kind label label_en help help_en section group group_en choices"),
    )
