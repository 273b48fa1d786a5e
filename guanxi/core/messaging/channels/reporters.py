"""What rooms above have to report. They register; the channels ask, each for the units it speaks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from guanxi.base.kernel.registry import Registry

from .models import Channel
from .papers import Section

Sections = list[Section]


@dataclass(frozen=True)
class Reporter:
    """Texts come in the language that is active, and never name a customer.

    `day(unit_ids)`: for a group, of these units and below (none: of all). `day_of_each(unit_ids, staff_ids)`: by
    person, for those who have something. `climbed(channel, staff_ids)`: what went up a ladder since it was last
    asked, by person; it notes in the same transaction that this channel was told. `begin(channel)`: notes all that
    has climbed before, without telling.
    """

    key: str
    day: Callable[[Sequence[int]], Sections]
    day_of_each: Callable[[Sequence[int], Sequence[int]], Mapping[int, Sections]]
    climbed: Callable[[Channel], Mapping[int, Sections]]
    begin: Callable[[Channel], None]


REPORTERS: Registry[Reporter] = Registry("reporters")
