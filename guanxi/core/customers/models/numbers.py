"""Record numbers given by the database: short, in order, holes allowed (a counter row would cap creation)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func


class NextNumber(Func):
    """`prefix` and the next value of a sequence, eight digits wide. The sequence is made by a migration."""

    template = "('%(prefix)s' || lpad(nextval('%(sequence)s'::regclass)::text, 8, '0'))"
    output_field = CharField()

    def __init__(self, sequence: str, prefix: str, **extra: Any) -> None:
        super().__init__(sequence=sequence, prefix=prefix, **extra)
