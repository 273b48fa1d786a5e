"""The confined process from outside: started for one file, listened to for a bounded time, never left behind."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, BinaryIO

from .confined import wire
from .confined.limits import MOST_HANDED_OVER, WALL_SECONDS
from .decoding import NotReadable, unreadable

MODULE = "guanxi.base.records.imports.confined"
ROOT = Path(__file__).parents[4]
MOST_MESSAGES = 100_000
AT_ONCE = 1024 * 1024


class Reading:
    """`with Reading(...) as reading: for head, block in reading.messages(): ...`. Raises NotReadable."""

    def __init__(self, file: BinaryIO, known: Collection[str], encoding: str, *, seconds: float = WALL_SECONDS) -> None:
        self.until = monotonic() + seconds
        self.received = 0
        asked = json.dumps({"known": sorted(known), "encoding": encoding})
        source = _as_input(file)
        try:
            # Our interpreter and our module, an empty environment, and nothing of ours but the file.
            self.process = subprocess.Popen(  # noqa: S603  (our own program, no words of the file)
                [sys.executable, "-E", "-s", "-B", "-X", "utf8", "-m", MODULE, asked],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd=ROOT,
                close_fds=True,
            )
        finally:
            os.close(source)

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def messages(self) -> Iterator[tuple[dict[str, Any], bytes]]:
        for _count in range(MOST_MESSAGES):
            head, block = self._message()
            if head["do"] == "unfit":
                raise unreadable(str(head["key"]), head["details"])
            yield head, block
            if head["do"] == "end":
                return
        raise unreadable("unread")

    def _message(self) -> tuple[dict[str, Any], bytes]:
        head_size, block_size = wire.SIZES.unpack(self._exactly(wire.SIZES.size))
        self.received += block_size
        if head_size > wire.MOST_HEAD or block_size > wire.MOST_BLOCK or self.received > MOST_HANDED_OVER:
            raise unreadable("unread")
        return json.loads(self._exactly(head_size)), self._exactly(block_size)

    def _exactly(self, size: int) -> bytes:
        taken = bytearray()
        while len(taken) < size:
            taken += self._some(size - len(taken))
        return bytes(taken)

    def _some(self, size: int) -> bytes:
        pipe = self.process.stdout
        assert pipe is not None
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        if not poll.poll(max(0, self.until - monotonic()) * 1000):
            raise unreadable("time")
        return os.read(pipe.fileno(), min(size, AT_ONCE)) or self._ended()

    def _ended(self) -> bytes:
        """The process ended before its file did."""
        raise _why(self.process.wait())


def _why(code: int) -> NotReadable:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return unreadable("time")
    return unreadable("memory" if code in (-signal.SIGABRT, -signal.SIGSEGV) else "unread")


def _as_input(file: BinaryIO) -> int:
    """A descriptor that can only be read, with a position of its own."""
    file.seek(0)
    try:
        return os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            return os.dup(copy.fileno())
