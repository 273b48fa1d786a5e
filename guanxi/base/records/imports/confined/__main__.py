"""The reading process: the file is its input, messages are its output (see wire.py)."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import sys
from typing import BinaryIO

from .encodings import CODECS
from .formats import read_any
from .handover import Output
from .limits import Unfit, confine
from .wire import send


def main() -> int:
    asked = json.loads(sys.argv[1])
    file, pipe = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    # Looked up now: nothing can be opened later.
    for name in (*CODECS.values(), "gb2312", "cp437", "latin-1"):
        codecs.lookup(name)
    confine()
    # Whoever waits for the rows went away: nobody is left to be told.
    with contextlib.suppress(BrokenPipeError):
        _read(file, pipe, set(asked["known"]), asked["encoding"])
    return 0


def _read(file: BinaryIO, pipe: BinaryIO, known: set[str], encoding: str) -> None:
    try:
        read_any(file, Output(pipe), known=known, asked=encoding)
    except Unfit as unfit:
        send(pipe, {"do": "unfit", "key": unfit.key, "details": unfit.details})
    except MemoryError:
        send(pipe, {"do": "unfit", "key": "memory", "details": {}})


if __name__ == "__main__":
    # At once: nothing needs tidying up, and a file in its limits may have left much.
    os._exit(main())
