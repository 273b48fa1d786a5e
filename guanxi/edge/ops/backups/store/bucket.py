"""A bucket of any S3-compatible service. Uploads in parts: an object is there when all of it is, or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import RawIOBase
from typing import Any

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from ..sealing import framed
from ..sets import Damaged
from .shelf import CHUNK, Entry, Unreachable, named

# Ten thousand parts at most: objects of up to 320 GB.
PART_BYTES = 32 * 1024 * 1024
GONE = {"NoSuchKey", "NoSuchObject", "ResourceNotFound", "NotFound"}
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0
TIMES = 5
MARK = "x-amz-meta-guanxi-put"
# Longer than any one object takes to upload.
LEFT_BEHIND = timedelta(days=1)


class NotSupported(Exception):
    """This service does not offer it."""


@dataclass(frozen=True)
class Bucket:
    """`prefix` without a slash at its end. `is_plain`: http, for a server in one's own network."""

    endpoint: str
    name: str
    access_key: str
    secret_key: str = field(repr=False)
    prefix: str = ""
    region: str = ""
    is_plain: bool = False
    authorities: str | None = None


class BucketShelf:
    def __init__(self, bucket: Bucket, *, part_bytes: int = PART_BYTES, times: int = TIMES, pause: float = 0.3) -> None:
        self.bucket, self.part_bytes = bucket, part_bytes
        self.client = Minio(
            bucket.endpoint,
            access_key=bucket.access_key,
            secret_key=bucket.secret_key,
            secure=not bucket.is_plain,
            region=bucket.region or "us-east-1",
            http_client=_connections(bucket, times=times, pause=pause),
        )

    @property
    def label(self) -> str:
        return f"s3://{self.bucket.name}/{self.bucket.prefix}".rstrip("/") + f" ({self.bucket.endpoint})"

    def write(self, name: str, content: Iterable[bytes]) -> None:
        mark, counted = secrets.token_hex(12), _Counted(content, self.part_bytes)
        with self._reached():
            try:
                self._put(name, counted, mark)
            except (S3Error, MinioException, urllib3.exceptions.HTTPError, OSError):
                # The answer may be what got lost, not the object.
                if not counted.is_over or not self._is_there(name, mark, counted.given):
                    raise

    def read(self, name: str) -> Iterator[bytes]:
        with self._reached():
            try:
                answer = self.client.get_object(self.bucket.name, self._key(name))
            except S3Error as problem:
                if problem.code in GONE:
                    raise Damaged(f"{name} is missing from the store.") from problem
                raise
            try:
                yield from answer.stream(CHUNK)
            finally:
                answer.close()
                answer.release_conn()

    def size(self, name: str) -> int | None:
        found = self._stat(name)
        return found.size if found else None

    def entries(self, prefix: str = "") -> list[Entry]:
        with self._reached():
            found = self.client.list_objects(self.bucket.name, prefix=self._start() + prefix, recursive=True)
            return [self._entry(one) for one in found if not one.is_dir]

    def delete(self, name: str) -> None:
        with self._reached():
            self.client.remove_object(self.bucket.name, self._key(name))

    def tidy(self) -> None:
        """Parts of uploads that nobody will finish cost space and are listed nowhere. Not every service tells them."""
        with self._reached(), suppress(NotSupported):
            found = self._begun()
            for upload in found.uploads:
                if upload.upload_id and _is_left_behind(upload.initiated_time):
                    self.client._abort_multipart_upload(self.bucket.name, upload.object_name, upload.upload_id)

    def _begun(self) -> Any:
        try:
            return self.client._list_multipart_uploads(self.bucket.name, prefix=self._start())
        except S3Error as problem:
            raise (NotSupported if problem.code == "NotImplemented" else Unreachable)(problem.code) from problem

    def _put(self, name: str, counted: _Counted, mark: str) -> None:
        # minio reads what has a `read`; parts one after the other keep the memory small.
        self.client.put_object(
            self.bucket.name,
            self._key(name),
            counted,  # type: ignore[arg-type]  # asks for BinaryIO and only ever calls read
            length=-1,
            part_size=self.part_bytes,
            num_parallel_uploads=1,
            metadata={MARK: mark},
        )

    def _is_there(self, name: str, mark: str, size: int) -> bool:
        found = self._stat(name)
        return bool(found and found.size == size and (found.metadata or {}).get(MARK) == mark)

    def _stat(self, name: str) -> Any:
        with self._reached():
            try:
                return self.client.stat_object(self.bucket.name, self._key(name))
            except S3Error as problem:
                if problem.code in GONE:
                    return None
                raise

    def _entry(self, found: Any) -> Entry:
        return Entry(found.object_name[len(self._start()) :], found.size or 0, found.last_modified or datetime.now(UTC))

    def _key(self, name: str) -> str:
        return self._start() + named(name)

    def _start(self) -> str:
        return f"{self.bucket.prefix}/" if self.bucket.prefix else ""

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What services answer may repeat keys and headers: only its code is told."""
        try:
            yield
        except S3Error as problem:
            raise Unreachable(f"{self.label} refused: {problem.code}.") from problem
        except (MinioException, urllib3.exceptions.HTTPError) as problem:
            raise Unreachable(f"{self.label} does not answer: {type(problem).__name__}.") from problem


class _Counted(RawIOBase):
    """Lets an upload read what comes in pieces, and knows how much it gave and whether that was all."""

    def __init__(self, content: Iterable[bytes], size: int) -> None:
        self._pieces = framed(content, size)
        self._waiting = b""
        self.given, self.is_over = 0, False

    def read(self, size: int = -1, /) -> bytes:
        if not self._waiting:
            self._waiting = next(self._pieces, b"")
            self.is_over = not self._waiting
        taken, self._waiting = (self._waiting, b"") if size < 0 else (self._waiting[:size], self._waiting[size:])
        self.given += len(taken)
        return taken


def _is_left_behind(since: datetime | None) -> bool:
    return since is not None and since < datetime.now(UTC) - LEFT_BEHIND


def _connections(bucket: Bucket, *, times: int, pause: float) -> urllib3.PoolManager:
    # All methods: an upload begun twice is tidied away, one completed twice is recognised by its mark.
    retry = urllib3.Retry(
        total=times,
        backoff_factor=pause,
        status_forcelist=(500, 502, 503, 504),
        allowed_methods=None,
        respect_retry_after_header=False,
    )
    return urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        retries=retry,
        cert_reqs="CERT_REQUIRED",
        ca_certs=bucket.authorities,
        maxsize=4,
    )
