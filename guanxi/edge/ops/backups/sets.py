"""What a backup set is: everything needed to come back, listed with digests in one manifest (OPS-11, OPS-12).

On the store: `sets/<id>/manifest.json`, `sets/<id>/<part>`, and `objects/<sha256>`, the attached files, which never
change and are therefore kept once for all sets that list them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    FULL = "full"
    INCREMENTAL = "incremental"  # since the set before, whatever its kind
    DIFFERENTIAL = "differential"  # since the last full


class Method(StrEnum):
    PHYSICAL = "physical"  # the cluster's files; chains and points in time
    LOGICAL = "logical"  # a dump; full only, restorable into any server from 15 on


class Part(StrEnum):
    DATABASE = "database"
    FILES = "files"
    CONFIGURATION = "configuration"


class Damaged(Exception):
    """The set, or what it stands on, is not what was written; the text says which object and what to do."""


@dataclass(frozen=True)
class Stored:
    """One object on the store. `sha256` and `size` are of the content before sealing."""

    name: str
    size: int
    sha256: str
    part: Part


@dataclass(frozen=True)
class BackupSet:
    """The manifest. `parent`: the set an incremental or differential one stands on. Times are ISO, UTC."""

    id: str
    kind: Kind
    method: Method
    started_at: str
    finished_at: str
    release: str
    server_version: int
    system_identifier: str
    timeline: int
    start_lsn: str
    stop_lsn: str
    # Without the key itself: proves before a restore that the key at hand is the right one.
    key_check: str
    parent: str | None = None
    # Digest of the parent's own manifest: a chain put together from other links is found out.
    parent_digest: str = ""
    # Bytes of the database when unpacked: what a restore needs room for.
    unpacked: int = 0
    # What was made otherwise than asked, and why; empty when all went as asked.
    remark: str = ""
    objects: list[Stored] = field(default_factory=list)
    # Table to its number of rows and the digest of its content, when they could be read at the same point.
    tables: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(stored.size for stored in self.objects)

    @property
    def digest(self) -> str:
        return hashlib.sha256(_canonical(asdict(self))).hexdigest()

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"digest": self.digest}, indent=1, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> BackupSet:
        """Raises Damaged for what is no manifest of ours."""
        try:
            data = json.loads(text)
            digest = data.pop("digest")
            objects = [Stored(**{**one, "part": Part(one["part"])}) for one in data.pop("objects")]
            made = cls(**{**data, "kind": Kind(data["kind"]), "method": Method(data["method"]), "objects": objects})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged("The manifest cannot be read.") from error
        if made.digest != digest:
            raise Damaged("The manifest was altered: it does not have the digest written in it.")
        return made


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Store(Protocol):
    """Where sets lie. An object appears whole or not at all; names are ours (letters, digits, `-_./`)."""

    @property
    def key_check(self) -> str:
        """A value that only the key at hand gives; empty when nothing is sealed."""
        ...

    def knows_key(self, check: str) -> bool:
        """Whether what was sealed under that key can be opened here."""
        ...

    def put(self, name: str, content: Iterable[bytes], *, part: Part) -> Stored: ...

    def get(self, name: str) -> Iterator[bytes]:
        """Raises Damaged when it is missing or does not open."""
        ...

    def names(self, prefix: str = "") -> list[str]: ...

    def delete(self, name: str) -> None: ...
