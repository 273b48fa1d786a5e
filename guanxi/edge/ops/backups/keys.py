"""The key that seals backups. It lies beside the data and not beside the backups: keep a second copy elsewhere
(`guanxi backup key`), or nothing comes back after the machine is gone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from .sets import Damaged

KEY_BYTES = 32
CHECK_LENGTH = 16


class BadKey(Exception):
    """What was given as a key is none."""


@dataclass(frozen=True, repr=False)
class Key:
    secret: bytes

    @classmethod
    def new(cls) -> Key:
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str) -> Key:
        """Raises BadKey; the text never stands in a message."""
        try:
            secret = base64.urlsafe_b64decode(text.strip().encode("ascii"))
        except (ValueError, binascii.Error) as problem:
            raise BadKey("A backup key is 44 letters, digits, - and _; check what was copied.") from problem
        if len(secret) != KEY_BYTES:
            raise BadKey(f"A backup key has {KEY_BYTES} bytes, this one has {len(secret)}; check what was copied.")
        return cls(secret)

    @property
    def text(self) -> str:
        return base64.urlsafe_b64encode(self.secret).decode()

    @property
    def check(self) -> str:
        """Tells keys apart without giving anything away."""
        return hmac.new(self.secret, b"guanxi backup key check", hashlib.sha256).hexdigest()[:CHECK_LENGTH]


@dataclass(frozen=True)
class KeyRing:
    """The first key seals; all of them open."""

    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        return self.keys[0]

    def find(self, check: str) -> Key | None:
        return next((key for key in self.keys if key.check == check), None)

    def named(self, check: str, *, of: str) -> Key:
        if found := self.find(check):
            return found
        have = ", ".join(key.check for key in self.keys) or "none"
        raise Damaged(
            f"{of} was sealed with the key {check}, which is not here (here: {have}). "
            "Set BACKUP_KEY or BACKUP_KEY_FALLBACKS to the copy that was kept apart."
        )


def key_file(data: Path) -> Path:
    return data / "backup_key"


def key_ring(data: Path, *, make: bool = False) -> KeyRing:
    """From BACKUP_KEY and BACKUP_KEY_FALLBACKS, and the file with one key a line, the newest first."""
    path = key_file(data)
    given = [os.environ.get("BACKUP_KEY", ""), *os.environ.get("BACKUP_KEY_FALLBACKS", "").split(",")]
    if make and not given[0].strip():
        write_first(path)
    lines = path.read_text().split() if path.exists() else []
    return KeyRing(tuple(Key.from_text(text) for text in dict.fromkeys([*given, *lines]) if text.strip()))


def write_first(path: Path) -> None:
    """Whole or not at all, and never over one that is there: two processes may come at once."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _written(path, Key.new().text + "\n")
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
    _keep_folder(path.parent)


def rotate(data: Path) -> Key:
    """A new key seals from now on; those before it go on opening what they sealed."""
    path = key_file(data)
    write_first(path)
    new = Key.new()
    _written(path, f"{new.text}\n{path.read_text()}").replace(path)
    _keep_folder(data)
    return new


def _written(path: Path, text: str) -> Path:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _keep_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
