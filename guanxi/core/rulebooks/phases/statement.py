"""A statement put together from named parts (common table expressions) and named parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Statement:
    params: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)

    def part(self, name: str, sql: str, **params: Any) -> str:
        """Adds a part once; returns its name."""
        self.parts.setdefault(name, sql)
        self.params.update(params)
        return name

    def text(self, body: str) -> str:
        if not self.parts:
            return body
        parts = ",\n".join(f"{name} AS ({sql})" for name, sql in self.parts.items())
        return f"WITH RECURSIVE {parts}\n{body}"

    def run(self, body: str) -> dict[str, int]:
        """Executes; the body answers one row of counts."""
        with connection.cursor() as cursor:
            cursor.execute(self.text(body), self.params)
            row = cursor.fetchone()
            names = [column[0] for column in cursor.description or ()]
        return {name: int(value) for name, value in zip(names, row or (), strict=False) if value}
