"""Record numbers given by the database: short, in order, holes allowed (a counter row would cap creation)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, Func, GeneratedField

WIDTH = 8


class NextNumber(Func):
    """`prefix` and the next value of a sequence, eight digits wide. The sequence is made by a migration."""

    template = "('%(prefix)s' || lpad(nextval('%(sequence)s'::regclass)::text, 8, '0'))"
    output_field = CharField()

    def __init__(self, sequence: str, prefix: str, **extra: Any) -> None:
        super().__init__(sequence=sequence, prefix=prefix, **extra)


class PaddedId(Func):
    """The id itself as a number people read out."""

    template = (
        "('%(prefix)s' || lpad((%(expressions)s)::text, greatest(%(width)s, length((%(expressions)s)::text)), '0'))"
    )
    output_field = CharField()


def numbered(prefix: str) -> GeneratedField:
    """The column `number` of a stored record: nothing to count beside the id, so nothing to migrate."""
    number = PaddedId(F("id"), prefix=prefix, width=WIDTH)
    return GeneratedField(expression=number, output_field=CharField(max_length=20), db_persist=True, unique=True)
