"""The one way a request leaves this installation (trust: outgoing requests). No other module opens an HTTP client.

It connects to the address it has judged (destinations.py), with the name for SNI and certificate. It follows no
redirect, asks no proxy, unpacks nothing, and reads an answer up to a limit and a deadline. What comes back is for
machines: it is never shown to people.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import certifi
import httpcore
from django.conf import settings

from .destinations import Blocked, Destination, Resolve, Unresolved, destination, read_allowed, resolve

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
MOST_BYTES = 1_000_000
LOST = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)
__all__ = ["Answer", "Blocked", "Unanswered", "Unreached", "post_json"]


class Unreached(Exception):
    """Nothing was sent: trying again is safe."""


class Unanswered(Exception):
    """It was sent, or part of it, and no whole answer came: it may have arrived."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        """None for what is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def post_json(url: str, payload: Mapping[str, Any], *, resolve: Resolve = resolve) -> Answer:
    """Raises Blocked, Unreached or Unanswered."""
    try:
        place = destination(url, allow=read_allowed(settings.OUTGOING_ALLOW), resolve=resolve)
    except Unresolved as unknown:
        raise Unreached("name") from unknown
    body = json.dumps(payload, ensure_ascii=False).encode()
    return Request(place, body).send()


class Request:
    def __init__(self, place: Destination, body: bytes) -> None:
        self.place, self.body = place, body
        self.backend = Pinned(place.address)

    def send(self) -> Answer:
        try:
            with httpcore.ConnectionPool(ssl_context=_trust(), network_backend=self.backend, retries=0) as pool:
                return self._ask(pool)
        except (
            httpcore.NetworkError,
            httpcore.TimeoutException,
            httpcore.ProtocolError,
            ssl.SSLError,
            OSError,
        ) as lost:
            # Before the first byte of the request nothing can have happened at the other side.
            raise (Unanswered if self.backend.has_sent else Unreached)(type(lost).__name__) from lost

    def _ask(self, pool: httpcore.ConnectionPool) -> Answer:
        place = self.place
        url = httpcore.URL(
            scheme=place.scheme.encode(), host=place.host.encode(), port=place.port, target=place.target.encode()
        )
        times = {"connect": CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": CONNECT_SECONDS, "pool": CONNECT_SECONDS}
        self.backend.begin()
        with pool.stream("POST", url, headers=self._headers(), content=self.body, extensions={"timeout": times}) as got:
            return Answer(got.status, _limited(got.iter_stream()))

    def _headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"accept", b"application/json"),
            (b"accept-encoding", b"identity"),
            (b"user-agent", b"guanxi"),
            (b"connection", b"close"),
        ]


def _limited(pieces: Iterable[bytes]) -> bytes:
    """As it came over the wire: a packed answer stays packed, so nothing can swell in memory."""
    body = b""
    for piece in pieces:
        body += piece
        if len(body) > MOST_BYTES:
            raise Unanswered("too long")
    return body


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if settings.OUTGOING_CA:
        context.load_verify_locations(cafile=settings.OUTGOING_CA)
    return context


class Pinned(httpcore.NetworkBackend):
    """Connects to one address, whatever the name says now, and gives up when the time for the whole is over."""

    def __init__(self, address: str) -> None:
        self.address, self.has_sent, self.ends = address, False, 0.0
        self.plain = httpcore.SyncBackend()

    def begin(self) -> None:
        self.ends = time.monotonic() + CONNECT_SECONDS + ANSWER_SECONDS

    def left(self, seconds: float | None) -> float:
        """An answer that drips in keeps each reading short; together they may not last."""
        rest = self.ends - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return min(rest, seconds or rest)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        return Watched(self.plain.connect_tcp(self.address, port, timeout=self.left(timeout)), self)


class Watched(httpcore.NetworkStream):
    """Knows whether a byte of the request has left."""

    def __init__(self, stream: httpcore.NetworkStream, backend: Pinned) -> None:
        self.stream, self.backend = stream, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.backend.has_sent = self.backend.has_sent or bool(buffer)
        self.stream.write(buffer, self.backend.left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The handshake goes through the stream below, so what it writes does not count as sent."""
        return Watched(self.stream.start_tls(ssl_context, server_hostname, self.backend.left(timeout)), self.backend)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
