"""How secret records are: a word on their files and papers. Who keeps the words provides them (edge/ops)."""

from __future__ import annotations

from collections.abc import Callable

Provider = Callable[[str, int | None], str]


def _nothing(kind: str, record_id: int | None) -> str:
    return ""


class Labels:
    def __init__(self) -> None:
        self._provider: Provider = _nothing
        self._on_copies: Provider = _nothing

    def provide(self, provider: Provider, on_copies: Provider) -> None:
        """Called once. `provider(kind, id)` gives the word in the reader's language, empty for none; `on_copies` the
        word for the mark on a copy that leaves, in Latin letters, empty for what is not that secret."""
        self._provider = provider
        self._on_copies = on_copies

    def of(self, kind: str, record_id: int | None = None) -> str:
        return self._provider(kind, record_id)

    def on_copies(self, kind: str, record_id: int | None = None) -> str:
        return self._on_copies(kind, record_id)


LABELS = Labels()
