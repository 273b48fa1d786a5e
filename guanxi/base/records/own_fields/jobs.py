"""The worker builds and drops the indexes of searchable own fields, beside the running work."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from procrastinate.contrib.django import app

from guanxi.base.kernel.actor import Actor

from .indexing import build, drop, note_index
from .models import OwnField

log = logging.getLogger("guanxi.own_fields")


@app.task(name="records:tend_own_index", queue="upkeep", pass_context=False)
def tend_index(field_id: int) -> None:
    """Brings about what the row says now; can run twice."""
    row = OwnField.objects.get(id=field_id)
    wanted = row.is_searchable and row.is_active
    try:
        build(row) if wanted else drop(row)
        state = OwnField.IndexState.READY if wanted else OwnField.IndexState.NONE
    except DatabaseError as failure:
        log.error("index %s could not be tended: %s", row.index_name, type(failure).__name__)
        state = OwnField.IndexState.FAILED
    note_index(field_id, str(state), actor=Actor.system("own fields"))
