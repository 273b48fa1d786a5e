"""In the log that was kept since the set."""

from __future__ import annotations

import struct

from guanxi.edge.ops.backups import wal
from tests.backup.damage import LATEST, Kept, planted
from tests.backup.forging import Forger, inside, unzip, zip_up


def segment(kept: Kept, number: int) -> str:
    return wal.place(kept.identifier, kept.segments[number])


def relabelled(content: bytes, **changes: int) -> bytes:
    names = ("magic", "info", "line", "start", "rest", "identifier", "size", "block")
    values = dict(zip(names, wal.HEAD.unpack_from(content), strict=True)) | changes
    out = bytearray(content)
    struct.Struct(wal.HEAD.format).pack_into(out, 0, *values.values())
    return bytes(out)


@planted("a missing segment", "is missing, later ones are there", until=LATEST)
def _(kept: Kept, forger: Forger) -> str:
    forger.remove(segment(kept, 2))
    return kept.other.id


@planted("a flipped bit in a segment", "wal/.*was altered", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.flip(segment(kept, 2))
    return kept.other.id


@planted("segments exchanged", "wal/.*was altered", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.exchange(segment(kept, 1), segment(kept, 2))
    return kept.other.id


@planted("a segment of another place in the log", "holds another part of the log", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), forger.read(segment(kept, 1)))
    return kept.other.id


@planted("a segment of another timeline", "holds another part of the log than its name says .timeline 7.", until=LATEST)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(relabelled(unzip(forger.read(segment(kept, 2))), line=7)))
    return kept.other.id


@planted("a segment of another database", "is of another database", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(relabelled(unzip(forger.read(segment(kept, 2))), identifier=5)))
    return kept.other.id


@planted("half a segment", "is no whole segment", until=LATEST, is_long=True)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(unzip(forger.read(segment(kept, 2)))[: 8 * 1024 * 1024]))
    return kept.other.id


@planted("a record that is not what was written", "broke off before the end", until=LATEST)
def _(kept: Kept, forger: Forger) -> str:
    forger.put(segment(kept, 2), zip_up(inside(unzip(forger.read(segment(kept, 2))), at=60)))
    return kept.other.id
