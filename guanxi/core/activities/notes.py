"""What a note is worth as evidence: detailed, too short, or the same text as before (CAR-07)."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from guanxi.base.kernel import clock

from .models import Activity
from .models.activity import NoteState

# Shorter than this many letters, figures or characters says nothing about a conversation.
LEAST = 8
COPY_WINDOW = timedelta(days=180)
_MEANING = re.compile(r"[^\w]+", re.UNICODE)


def essence_of(note: str) -> str:
    """Without spaces, punctuation and case, so that a full stop more does not make a new record."""
    return _MEANING.sub("", note).replace("_", "").casefold()


def digest_of(note: str) -> str:
    essence = essence_of(note)
    return hashlib.blake2b(essence.encode(), digest_size=16).hexdigest() if essence else ""


def state_of(note: str, *, staff_id: int | None, besides: int | None = None) -> str:
    """One index look-up. `besides` is the activity being changed, which is no copy of itself."""
    essence = essence_of(note)
    if not essence:
        return str(NoteState.EMPTY)
    if len(essence) < LEAST or len(set(essence)) < 4:
        return str(NoteState.SHORT)
    since = clock.now() - COPY_WINDOW
    same = Activity.objects.kept().filter(staff_id=staff_id, note_digest=digest_of(note), recorded_at__gt=since)
    return str(NoteState.COPIED if same.exclude(id=besides).exists() else NoteState.DETAILED)
