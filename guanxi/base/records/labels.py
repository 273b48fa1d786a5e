"""How secret records are: a word on their files and papers. Who keeps the words provides them (edge/ops)."""

from __future__ import annotations

from collections.abc import Callable


class Labels:
    def __init__(self) -> None:
        self._provider: Callable[[str, int | None], str] = lambda kind, record_id: ""

    def provide(self, provider: Callable[[str, int | None], str]) -> None:
        """Called once. `provider(kind, id)` gives the word in the reader's language, empty for none."""
        self._provider = provider

    def of(self, kind: str, record_id: int | None = None) -> str:
        return self._provider(kind, record_id)


LABELS = Labels()
