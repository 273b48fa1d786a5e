"""What this room keeps about people: files on their records. Erasing takes the bytes from the disk as well."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from guanxi.base.kernel import statements
from guanxi.base.kernel.personal import (
    ERASERS,
    About,
    Eraser,
    Held,
    Persons,
    Sort,
    Table,
    declare,
    of_record,
)

from .models import Document, DocumentVersion
from .storage import store

FILE = Held(Sort.FILES)
OF_ITS_DOCUMENT = f"""document_id IN (
  SELECT d.id FROM documents_document d WHERE {of_record("d.record_kind", "d.record_id")})"""  # noqa: S608 (constants only)
FILES = f"""
SELECT v.stored FROM documents_documentversion v JOIN documents_document d ON d.id = v.document_id
WHERE v.stored <> '' AND {of_record("d.record_kind", "d.record_id")}
"""  # noqa: S608 (constants only)
VERSIONS = f"""
WITH gone AS (DELETE FROM documents_documentversion v USING documents_document d
WHERE d.id = v.document_id AND {of_record("d.record_kind", "d.record_id")} RETURNING v.id) SELECT count(*) FROM gone
"""  # noqa: S608 (constants only)
DOCUMENTS = f"""
WITH gone AS (DELETE FROM documents_document d WHERE {of_record("d.record_kind", "d.record_id")} RETURNING d.id)
SELECT count(*) FROM gone
"""  # noqa: S608 (constants only)


def register() -> None:
    declare(
        Table(
            Document,
            About.CUSTOMER,
            {"title": FILE, "why": FILE},
            plain="record_kind",
            kind=Document.KIND,
            of=of_record(),
            by_hand=True,
        ),
        Table(
            DocumentVersion,
            About.CUSTOMER,
            {"name": FILE, "stored": FILE, "sha256": FILE},
            plain="detected found",
            of=OF_ITS_DOCUMENT,
            by_hand=True,
        ),
    )
    ERASERS.add(Eraser("documents", erase_documents))


def erase_documents(persons: Persons) -> Mapping[str, int]:
    """The rows first; the files once they are gone for good, so that a rollback loses nothing."""
    names = [row[0] for row in statements.rows(FILES, persons.given)]
    versions = int(statements.value(VERSIONS, persons.given))
    count = int(statements.value(DOCUMENTS, persons.given))
    # The erasing is done by then, whatever the disk says; the nightly sweep takes what was left.
    transaction.on_commit(lambda: drop_files(names), robust=True)
    return {
        Document._meta.db_table: count,
        DocumentVersion._meta.db_table: versions,
        "files": len(names),
    }


def drop_files(names: list[str]) -> None:
    folder = store()
    for name in names:
        folder.drop(name)
