"""How the two processes talk: messages of a small JSON head and, for rows, a block of JSON beside it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any, BinaryIO

SIZES = struct.Struct(">II")
MOST_HEAD = 4 * 1024 * 1024
MOST_BLOCK = 48 * 1024 * 1024
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def pack_rows(rows: Iterable[list[Any]]) -> bytes:
    """Rows as [number, cells] or [number, cells, damage]; cells None where quotation marks don't match."""
    return _encode(rows).encode()


def send(out: BinaryIO, head: dict[str, Any], block: bytes = b"") -> None:
    packed = _encode(head).encode()
    out.write(SIZES.pack(len(packed), len(block)))
    out.write(packed)
    out.write(block)
    out.flush()
