"""What the reading process may use, and what a file may hold. The numbers are told in
docs/how-to/import-a-spreadsheet.md."""

from __future__ import annotations

import contextlib
import os
import resource

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 60
WALL_SECONDS = 60
NICER = 10

MOST_COLUMNS = 200
MOST_ROWS = 300_000
MOST_WORKBOOK_ROWS = 100_000
# With the blank ones: as many as a spreadsheet holds.
MOST_LINES = 1_048_576
MOST_TABLES = 50
LONGEST_CELL = 32_767
# Of rows handed over; texts that a workbook holds once may stand in many cells.
MOST_HANDED_OVER = 192 * 1024 * 1024

PACKED = 20 * 1024 * 1024
UNPACKED = 200 * 1024 * 1024
RATIO = 100
# Small members compress well without harm.
RATIO_FROM = 1024 * 1024
MEMBERS = 1000


class Unfit(Exception):
    """The whole file is refused. `key` names the sentence (decoding.SENTENCES), `details` fill it."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key)
        self.key = key
        self.details = details


def confine(memory: int = MEMORY) -> None:
    """From here on: no new files, sockets or processes, nothing written but to the pipe, memory and time bounded."""
    with contextlib.suppress(OSError):
        os.nice(NICER)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    # Input, output and errors are open already.
    _limit(resource.RLIMIT_NOFILE, 3)


def _limit(what: int, most: int) -> None:
    # Systems that know no such limit still have the others, and the clock of the process that waits.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (most, most))
