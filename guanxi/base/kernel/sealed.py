"""Secrets kept at rest: readable only with the SECRET_KEY of this installation, or one of its fallbacks."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str) -> str:
    return _ring().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Empty also when the key it was sealed with is lost: then it has to be entered anew."""
    try:
        return _ring().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def _ring() -> MultiFernet:
    return _of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"guanxi secrets at rest").derive(key.encode())
