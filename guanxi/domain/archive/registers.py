"""The register of copies: what leaves the archive as paper or file has a row (FIL-11)."""

from __future__ import annotations

from dataclasses import dataclass

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import posts_of

from .models import CopyEntry


@dataclass(frozen=True)
class Copied:
    """Without an id it is a whole list, of `rows` forms."""

    what: object
    kind: str
    subject_id: int | None = None
    label: str = ""
    number: str = ""
    copies: int = 1
    rows: int = 1
    purpose: str = ""


def register_copy(copied: Copied, actor: Actor) -> CopyEntry:
    """Part of the action that copies, which writes the trail."""
    posts = posts_of(actor) if actor.staff_id else []
    return CopyEntry.objects.create(
        subject_kind=copied.kind,
        subject_id=copied.subject_id,
        subject_label=copied.label[:40],
        copied=str(copied.what),
        number=copied.number[:20],
        copies=copied.copies,
        rows=copied.rows,
        purpose=copied.purpose[:200],
        staff_id=actor.staff_id,
        unit_id=posts[0].unit_id if posts else None,
        at=clock.now(),
    )
