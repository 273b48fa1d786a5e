"""How an object is encrypted: a head, then frames of 64 KiB, each AES-256-GCM under a key of its own for this object.

The nonce counts the frames and marks the last, and the name of the object is authenticated with each: what was cut
off, moved, put under another name or altered in one bit does not open.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .keys import CHECK_LENGTH, Key, KeyRing
from .sets import Damaged

MAGIC = b"GXSEAL1\n"
SALT_BYTES = 32
HEAD_BYTES = len(MAGIC) + CHECK_LENGTH + SALT_BYTES
FRAME_BYTES = 64 * 1024
TAG_BYTES = 16


def sealed_size(size: int) -> int:
    """How long an object of this size is on the store; there is always a last frame, be it empty."""
    frames = max(1, -(-size // FRAME_BYTES))
    return HEAD_BYTES + size + frames * TAG_BYTES


def seal(content: Iterable[bytes], *, name: str, key: Key) -> Iterator[bytes]:
    head = MAGIC + key.check.encode() + secrets.token_bytes(SALT_BYTES)
    frame_key = _frame_key(key, head)
    yield head
    waiting, number = b"", 0
    for frame in framed(content, FRAME_BYTES):
        if number:
            yield frame_key.encrypt(_nonce(number, is_last=False), waiting, _bound(head, name))
        waiting, number = frame, number + 1
    yield frame_key.encrypt(_nonce(max(number, 1), is_last=True), waiting, _bound(head, name))


def unseal(content: Iterable[bytes], *, name: str, ring: KeyRing) -> Iterator[bytes]:
    """Raises Damaged at the first frame that is not what was written, and at the end when something is missing."""
    frames = _Frames(content)
    head = frames.take(HEAD_BYTES)
    if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
        raise Damaged(f"{name} is not a sealed object of ours, or its beginning was altered.")
    key = ring.named(head[len(MAGIC) : len(MAGIC) + CHECK_LENGTH].decode("ascii", "replace"), of=name)
    frame_key, number = _frame_key(key, head), 0
    while True:
        number += 1
        frame = frames.take(FRAME_BYTES + TAG_BYTES)
        is_last = frames.is_at_end()
        try:
            yield frame_key.decrypt(_nonce(number, is_last=is_last), frame, _bound(head, name))
        except (InvalidTag, ValueError) as problem:
            raise Damaged(f"{name} was altered or cut off on the store (frame {number}).") from problem
        if is_last:
            return


def framed(content: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of one size; the last is what remains."""
    waiting = bytearray()
    for chunk in content:
        waiting += chunk
        start = 0
        while len(waiting) - start >= size:
            yield bytes(waiting[start : start + size])
            start += size
        del waiting[:start]
    if waiting:
        yield bytes(waiting)


class _Frames:
    """Reads pieces of a length asked for, and knows whether anything follows."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._content = iter(content)
        self._waiting = bytearray()

    def take(self, size: int) -> bytes:
        self._fill(size)
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken

    def is_at_end(self) -> bool:
        self._fill(1)
        return not self._waiting

    def _fill(self, size: int) -> None:
        while len(self._waiting) < size:
            chunk = next(self._content, None)
            if chunk is None:
                return
            self._waiting += chunk


def _frame_key(key: Key, head: bytes) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=head[-SALT_BYTES:], info=b"guanxi backup object")
    return AESGCM(derived.derive(key.secret))


def _nonce(number: int, *, is_last: bool) -> bytes:
    """No two frames share one: the key belongs to this object alone."""
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


def _bound(head: bytes, name: str) -> bytes:
    return head + name.encode()
