"""Asks a scanner for malicious code about a file: clamd, or any program that speaks its INSTREAM.

VIRUS_SCANNER is `unix:/run/clamav/clamd.ctl` or `host:port`. The scanner stands in the same house, so the rules for
requests that leave it (outgoing.py) do not apply; nobody but the administrator of the machine names the place.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings

CONNECT_SECONDS, WHOLE_SECONDS = 5.0, 120.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
_FOUND = re.compile(r"^stream: (.{1,200}) FOUND$", re.DOTALL)
_NOT_A_SIGN = re.compile(r"[^\w.\-/()]+")


class Unavailable(Exception):
    """Nobody said whether the file is clean: it may be asked again later."""


@dataclass(frozen=True)
class Verdict:
    """`found` is the scanner's name of what it found; empty for a clean file."""

    found: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.found


def is_configured() -> bool:
    return bool(settings.VIRUS_SCANNER)


def scan(file: BinaryIO) -> Verdict:
    """From where the file stands to its end. Raises Unavailable."""
    ends = time.monotonic() + WHOLE_SECONDS
    try:
        with _connected() as connection:
            connection.sendall(b"zINSTREAM\0")
            early = _send(connection, file, ends)
            return _verdict(early or _answer(connection, ends))
    except (OSError, ValueError) as lost:
        raise Unavailable(type(lost).__name__) from lost


def is_answering() -> bool:
    try:
        with _connected() as connection:
            connection.sendall(b"zPING\0")
            return _answer(connection, time.monotonic() + CONNECT_SECONDS) == "PONG"
    except (OSError, ValueError, Unavailable):
        return False


def _connected() -> socket.socket:
    kind, _, place = settings.VIRUS_SCANNER.partition(":")
    if kind == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = settings.VIRUS_SCANNER.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)


def _send(connection: socket.socket, file: BinaryIO, ends: float) -> str:
    """The answer, where it came before the end of the file: a scanner with a limit stops reading there."""
    try:
        while chunk := file.read(CHUNK):
            connection.settimeout(_left(ends))
            connection.sendall(struct.pack(">I", len(chunk)) + chunk)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return _answer(connection, ends)
    return ""


def _answer(connection: socket.socket, ends: float) -> str:
    text = b""
    while b"\0" not in text and len(text) < LONGEST_ANSWER:
        connection.settimeout(_left(ends))
        if not (piece := connection.recv(LONGEST_ANSWER)):
            break
        text += piece
    return text.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(ends: float) -> float:
    rest = ends - time.monotonic()
    if rest <= 0:
        raise Unavailable("the time is over")
    return rest


def _verdict(answer: str) -> Verdict:
    """Only the two answers that are a verdict count as one; everything else leaves the file where it is."""
    if answer == "stream: OK":
        return Verdict()
    if found := _FOUND.fullmatch(answer):
        return Verdict(_NOT_A_SIGN.sub("_", found[1])[:100])
    raise Unavailable("too large for the scanner" if "size limit exceeded" in answer else "no verdict")
