"""Values for the columns a set-based INSERT does not name: Django keeps defaults in Python, SQL has to be told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.fields import NOT_PROVIDED


def column_defaults(model: type[Model], *, given: Collection[str]) -> dict[str, Any]:
    """Column name to value, for every column that is neither in `given` nor filled by the database or with NULL."""
    wanted = (
        field
        for field in model._meta.concrete_fields
        if field.column not in given and not field.primary_key and not field.null and field.db_default is NOT_PROVIDED
        if not field.generated
    )
    return {field.column: field.get_db_prep_save(field.get_default(), connection) for field in wanted}
