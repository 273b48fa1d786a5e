"""The own fields of a type as the declaration knows fields, kept in memory until their stamp changes."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from django.utils import translation
from django.utils.functional import lazy

from guanxi.base.org import stamps

from ..types import Field
from .models import OwnField

STAMP = "own fields"
LENGTHS = {"text": 200, "longtext": 2000, "phone": 30}
_lock = Lock()
_kept: tuple[str, dict[str, tuple[Field, ...]]] = ("", {})


def fields_of(kind: str) -> Sequence[Field]:
    """Active ones in their order. Asks the database only when something was changed since."""
    global _kept
    stamp = stamps.stamp_of(STAMP)
    known, fields = _kept
    if stamp != known:
        fields = _read() if stamp else {}
        with _lock:
            _kept = (stamp, fields)
    return fields.get(kind, ())


def _read() -> dict[str, tuple[Field, ...]]:
    found: dict[str, tuple[Field, ...]] = {}
    for row in OwnField.objects.filter(is_active=True).order_by("kind", "position", "id"):
        found[row.kind] = (*found.get(row.kind, ()), as_field(row))
    return found


def as_field(row: OwnField) -> Field:
    return Field(
        row.key,
        said(row.label, row.label_en),
        row.field_kind,
        choices=[(str(option["key"]), said(option["label"], option.get("label_en", ""))) for option in row.choices],
        retired=frozenset(str(option["key"]) for option in row.choices if not option.get("is_active", True)),
        required=row.is_required,
        help=said(row.help, row.help_en) if row.help else "",
        is_personal=row.is_personal,
        max_length=LENGTHS.get(row.field_kind, 200),
        is_own=True,
        is_indexed=row.index_state == OwnField.IndexState.READY,
        section=row.section or (said(row.group, row.group_en) if row.group else ""),
    )


def _said(text: str, english: str) -> str:
    is_chinese = (translation.get_language() or "zh").startswith("zh")
    return text if is_chinese else english or text


# In the language of who reads; companies with one language leave the other empty (FLD-07).
said = lazy(_said, str)
