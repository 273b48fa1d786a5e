"""One link of the chain: what its digest is made of."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

FIRST = "0" * 64
# Of an entry that was gone before it could be sealed.
GONE = b"\0" * 32


@dataclass(frozen=True)
class Link:
    """A row of `Seal`, in the order of its columns."""

    number: int
    at: datetime
    first_id: int
    last_id: int
    count: int
    total: int
    ids: Sequence[int]
    leaves: Sequence[bytes]
    previous: str
    digest: str
    anchor: str
    emptied: bool
    let_go_to: int | None
    let_go_digest: str
    let_go_count: int

    def closed(self) -> Link:
        return replace(self, digest=digest_of(self))


COLUMNS = ", ".join(Link.__dataclass_fields__)


def digest_of(link: Link) -> str:
    at = int(link.at.timestamp() * 1_000_000)
    head = [
        link.number, at, link.first_id, link.last_id, link.count, link.total, link.previous, link.anchor,
        link.emptied, link.let_go_to, link.let_go_digest, link.let_go_count,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(head).encode())
    digest.update(struct.pack(f">{len(link.ids)}q", *link.ids))
    for leaf in link.leaves:
        digest.update(leaf)
    return digest.hexdigest()


def agrees(link: Link) -> bool:
    """The row says of itself what it holds."""
    is_whole = len(link.ids) == len(link.leaves) == link.count
    ends = (min(link.ids), max(link.ids)) if link.ids else (0, 0)
    return is_whole and ends == (link.first_id, link.last_id) and digest_of(link) == link.digest
