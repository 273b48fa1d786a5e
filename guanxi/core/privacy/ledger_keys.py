"""The keys of the ledger, from the secret of the installation. Works without Django: restoring does."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHECK_LENGTH = 16


def keys_from(secrets: Iterable[str]) -> list[bytes]:
    return [
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"guanxi erased persons").derive(one.encode())
        for one in secrets
    ]


def check_of(key: bytes) -> str:
    """Stands in each line: tells keys apart without giving anything away."""
    return hmac.new(key, b"guanxi ledger key check", hashlib.sha256).hexdigest()[:CHECK_LENGTH]
