"""Where backups go, as the environment says (docs/reference/settings.md). Works without Django: restoring does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from config import env

from ..keys import key_ring
from .bucket import Bucket, BucketShelf
from .folder import FolderShelf
from .sealed import SealedStore
from .shelf import Misplaced, Shelf, Unreachable

S3 = "s3://"


@dataclass(frozen=True)
class Place:
    """`target`: empty, a folder, or s3://bucket/prefix."""

    data: Path
    target: str = ""

    @classmethod
    def from_environment(cls) -> Place:
        return cls(env.data_dir(), os.environ.get("BACKUP_TARGET", "").strip())

    @property
    def is_bucket(self) -> bool:
        return self.target.startswith(S3)

    @property
    def folder(self) -> Path:
        return Path(self.target) if self.target else self.data / "backups"

    @property
    def is_same_disk(self) -> bool:
        """Such backups help against mistakes and not against the loss of the machine."""
        if self.is_bucket:
            return False
        return _device(self.folder) == _device(self.data)

    def shelf(self) -> Shelf:
        if self.is_bucket:
            return BucketShelf(_bucket(self.target))
        if self.target and not self.folder.is_absolute():
            raise Misplaced("BACKUP_TARGET must be a whole path such as /mnt/backups, or s3://bucket/prefix.")
        return FolderShelf(self.folder, apart_from=self.data / "postgres")


def open_store(place: Place | None = None) -> SealedStore:
    """Raises Misplaced when the settings cannot be used. Makes the key on first use."""
    place = place or Place.from_environment()
    return SealedStore(place.shelf(), key_ring(place.data, make=True))


def _device(path: Path) -> int:
    """Raises Unreachable for what cannot even be looked at, such as the mount of a server that went away."""
    try:
        while not path.exists():
            path = path.parent
        return path.stat().st_dev
    except OSError as problem:
        raise Unreachable(f"The folder {path} cannot be looked at: {problem.strerror}.") from problem


def _bucket(target: str) -> Bucket:
    name, _, prefix = target.removeprefix(S3).strip("/").partition("/")
    given = {key: os.environ.get(f"BACKUP_S3_{key}", "").strip() for key in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY")}
    if missing := [f"BACKUP_S3_{key}" for key, value in given.items() if not value]:
        raise Misplaced(f"For {target} also set {', '.join(missing)}.")
    return Bucket(
        endpoint=_host(given["ENDPOINT"]),
        name=name,
        prefix=prefix,
        access_key=given["ACCESS_KEY"],
        secret_key=given["SECRET_KEY"],
        region=os.environ.get("BACKUP_S3_REGION", ""),
        is_plain=_is_plain(given["ENDPOINT"]),
        authorities=os.environ.get("BACKUP_S3_CA") or None,
    )


def _host(endpoint: str) -> str:
    parts = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise Misplaced("BACKUP_S3_ENDPOINT must be an address such as https://s3.example.com without a path.")
    return parts.netloc.rpartition("@")[2]


def _is_plain(endpoint: str) -> bool:
    """Only when it is said twice: without TLS the objects are still sealed, their names and sizes are not."""
    if not endpoint.startswith("http://"):
        return False
    if not env.flag("BACKUP_S3_PLAIN"):
        raise Misplaced("BACKUP_S3_ENDPOINT is http. Use https, or set BACKUP_S3_PLAIN=1 for a server in your network.")
    return True
