"""What the marking process is asked for, and how it ends."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

# Ends of the process: what the reader is told follows from them.
UNFIT, LOCKED, TOO_MUCH = 3, 4, 5
PDF = "application/pdf"
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}


class Locked(Exception):
    """Behind a password."""


class TooMuch(Exception):
    """More pages or pixels than are marked."""


@dataclass(frozen=True)
class Asked:
    """`latin` can be drawn everywhere. `han` is shown beside it where the reader's own system has the letters."""

    detected: str
    latin: str
    han: str = ""

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Asked:
        return cls(**json.loads(text))
