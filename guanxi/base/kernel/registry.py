"""How a lower room learns what upper rooms bring: they register, it asks. The one mechanism to learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Generic[Entry]):
    """Entries in the order of registration. Keys are unique; a second one is a programming error."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> Entry:
        if entry.key in self._entries:
            raise ValueError(f"{self.name}: {entry.key!r} is registered twice")
        self._entries[entry.key] = entry
        return entry

    def get(self, key: str) -> Entry:
        return self._entries[key]

    def find(self, key: str) -> Entry | None:
        return self._entries.get(key)

    def remove(self, key: str) -> None:
        """For tests that register an entry of their own."""
        self._entries.pop(key, None)

    def keys(self) -> list[str]:
        return list(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)
