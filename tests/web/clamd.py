"""A scanner on this machine that speaks clamd's INSTREAM and knows one virus: the test string of EICAR."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Put together here, so that scanners leave this file alone.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


@dataclass
class Clamd:
    """`mood`: "well", or how it fails: "silent", "rubbish", "hangs up", "limit"."""

    place: str
    mood: str = "well"
    seen: list[bytes] = field(default_factory=list)


@contextmanager
def scanning(unix: Path | None = None) -> Iterator[Clamd]:
    listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    listener.bind(str(unix) if unix else ("127.0.0.1", 0))
    listener.listen()
    clamd = Clamd(f"unix:{unix}" if unix else f"127.0.0.1:{listener.getsockname()[1]}")
    threading.Thread(target=_serve, args=(listener, clamd), daemon=True).start()
    try:
        yield clamd
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _serve(listener: socket.socket, clamd: Clamd) -> None:
    while True:
        try:
            connection, _peer = listener.accept()
        except OSError:
            return
        threading.Thread(target=_speak, args=(connection, clamd), daemon=True).start()


def _speak(connection: socket.socket, clamd: Clamd) -> None:
    with connection, connection.makefile("rb") as asked:
        command = _until_nul(asked)
        if command == b"zPING":
            connection.sendall(b"PONG\0")
        if command != b"zINSTREAM":
            return
        body = b""
        while size := struct.unpack(">I", asked.read(4))[0]:
            body += asked.read(size)
            if clamd.mood == "hangs up":
                return
            if clamd.mood == "limit":
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        clamd.seen.append(body)
        _answer(connection, clamd, body)


def _answer(connection: socket.socket, clamd: Clamd, body: bytes) -> None:
    if clamd.mood == "rubbish":
        connection.sendall(b"stream: OK maybe\0")
    elif clamd.mood == "silent":
        connection.recv(1)
    else:
        connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0")


def _until_nul(asked: object) -> bytes:
    word = b""
    while (sign := asked.read(1)) not in (b"\0", b""):  # type: ignore[attr-defined]  # a file of the connection
        word += sign
    return word
