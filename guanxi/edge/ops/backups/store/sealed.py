"""The store that the rest of the product sees: everything it takes is sealed, everything it gives was opened."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from ..keys import KeyRing
from ..sealing import seal, sealed_size, unseal
from ..sets import Damaged, Part, Stored
from .shelf import Entry, Shelf, Unreachable

OBJECTS = "objects/"


class SealedStore:
    """A `Store`. One that only reads needs no key of its own until it opens something."""

    def __init__(self, shelf: Shelf, ring: KeyRing) -> None:
        self.shelf, self.ring = shelf, ring

    @property
    def key_check(self) -> str:
        """For manifests: tells before a restore whether the key at hand is the right one."""
        return self.ring.current.check

    def knows_key(self, check: str) -> bool:
        return self.ring.find(check) is not None

    def put(self, name: str, content: Iterable[bytes], *, part: Part) -> Stored:
        """Looks afterwards whether it is there: a place may say yes and keep nothing."""
        measured = _Measured(content)
        try:
            self.shelf.write(name, seal(measured, name=name, key=self.ring.current))
        except OSError:
            # What could not be read is no fault of the place.
            if measured.problem:
                raise measured.problem from None
            raise
        found, wanted = self.shelf.size(name), sealed_size(measured.size)
        if found != wanted:
            kept = "nothing" if found is None else f"{found} bytes"
            raise Unreachable(f"{self.shelf.label} took {name} with {wanted} bytes and kept {kept}.")
        return Stored(name, measured.size, measured.digest.hexdigest(), part)

    def get(self, name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for chunk in unseal(self.shelf.read(name), name=name, ring=self.ring):
            digest.update(chunk)
            yield chunk
        if name.startswith(OBJECTS) and name != OBJECTS + digest.hexdigest():
            raise Damaged(f"{name} does not hold what its name says.")

    def names(self, prefix: str = "") -> list[str]:
        return [entry.name for entry in self.shelf.entries(prefix)]

    def entries(self, prefix: str = "") -> list[Entry]:
        return self.shelf.entries(prefix)

    def delete(self, name: str) -> None:
        self.shelf.delete(name)


class _Measured:
    """The content as it passes by."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._content = content
        self.size, self.digest = 0, hashlib.sha256()
        self.problem: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        pieces = iter(self._content)
        while (chunk := self._next(pieces)) is not None:
            self.size += len(chunk)
            self.digest.update(chunk)
            yield chunk

    def _next(self, pieces: Iterator[bytes]) -> bytes | None:
        try:
            return next(pieces, None)
        except Exception as problem:
            self.problem = problem
            raise
