"""The search vector of a record, from our own tokens."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, TextField, Value


def tokens_vector(words: Iterable[str]) -> Func:
    """`array_to_tsvector`: our own tokens, no parser in between."""
    return Func(
        Value(list(words), output_field=ArrayField(TextField())),
        function="array_to_tsvector",
        output_field=SearchVectorField(),
    )
