"""What has to be done after a backup was restored, before anybody comes in: the rooms register it here.

The database is of an earlier moment then, while the world went on: what was noted outside of it (erased persons, heads
of the trail) is applied again. A step may run twice, for a restore that was cut off is finished from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guanxi.base.kernel.registry import Registry


@dataclass(frozen=True)
class Restored:
    """From which set, to which moment (ISO, UTC), and when."""

    set: str
    moment: str
    at: str


@dataclass(frozen=True)
class Step:
    """`run` answers a line for the report; empty when there was nothing to do."""

    key: str
    run: Callable[[Restored], str]


AFTER_RESTORE: Registry[Step] = Registry("steps after a restore")
