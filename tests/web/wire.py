"""Requests as no library would send them, piece by piece, and whatever comes back."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.installation import Installation

PIECE = b"x" * 65536
BOUNDARY = b"b"
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
END = b"\r\n--b--\r\n"


@dataclass
class Answer:
    """`whole`: everything that was to be sent could be sent. Status 0: the connection ended without a word."""

    status: int = 0
    head: str = ""
    body: str = ""
    whole: bool = True
    headers: dict[str, str] = field(default_factory=dict)


def exchange(place: Installation, pieces: Iterable[bytes], *, seconds: float = 30) -> Answer:
    with socket.create_connection(("127.0.0.1", place.port), timeout=seconds) as connection:
        whole, data = True, b""
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            whole = False
        try:
            while chunk := connection.recv(65536):
                data += chunk
        except OSError:
            pass
    return read(data, whole=whole)


def read(data: bytes, *, whole: bool) -> Answer:
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    found = re.match(r"HTTP/1\.1 (\d+)", head)
    pairs = (line.partition(":") for line in head.split("\r\n")[1:])
    headers = {name.strip().title(): value.strip() for name, _, value in pairs}
    return Answer(int(found[1]) if found else 0, head, body, whole, headers)


def head(method: str, path: str, *lines: str, host: str = "localhost") -> bytes:
    usual = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    return ("\r\n".join([*usual, *lines]) + "\r\n\r\n").encode("latin-1")


FORM = "Content-Type: multipart/form-data; boundary=b"


def announced(path: str, size: int, *lines: str) -> Iterator[bytes]:
    """A form with one file of about this size."""
    count = size // len(PIECE)
    yield head("POST", path, FORM, f"Content-Length: {count * len(PIECE) + len(FILE) + len(END)}", *lines)
    yield FILE
    for _number in range(count):
        yield PIECE
    yield END


def chunked(path: str, size: int, *lines: str) -> Iterator[bytes]:
    """The same without a length."""
    yield head("POST", path, FORM, "Transfer-Encoding: chunked", *lines)
    for piece in [FILE, *([PIECE] * (size // len(PIECE))), END]:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
