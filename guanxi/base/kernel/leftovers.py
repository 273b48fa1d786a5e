"""Files that stand in folders where other processes write and tidy up at the same time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path


def with_age(paths: Iterable[Path]) -> Iterator[tuple[Path, float]]:
    """Each with its seconds since it was last written. What somebody removes or moves meanwhile is passed over."""
    now = time.time()
    for path in paths:
        try:
            written = path.stat().st_mtime
        except FileNotFoundError:
            continue
        yield path, now - written
