"""A command carried through all deaths, and how it ends when nobody dies."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .commands import Command, Stage
from .dying import Died, Ground, Moment
from .pictures import Picture, picture_of


@dataclass
class House:
    """`start` is the world that every hit begins with."""

    start: Ground
    stage: Stage
    known: dict[str, Picture] = field(default_factory=dict)

    def begun(self, command: Command) -> tuple[Ground, Any]:
        ground = self.start.copied(f"{self.start.name}_hit")
        return ground, self.perform(ground, command, command.before)

    def perform(
        self, ground: Ground, command: Command, step: Any, given: Any = None, *, moment: Moment | None = None
    ) -> Any:
        return ground.perform(partial(step, self.stage, given), moment=moment, days=command.days)

    def ended(self, ground: Ground, command: Command, given: Any) -> Picture:
        self.perform(ground, command, command.run, given)
        self.perform(ground, command, command.afterwards, given)
        return picture_of(ground)

    def without_death(self, name: str, command: Command) -> Picture:
        """How it has to end; it is seen to have an effect, and its row in the trail."""
        if name not in self.known:
            ground, given = self.begun(command)
            before = picture_of(ground)
            self.known[name] = self.ended(ground, command, given)
            assert before.differences(self.known[name]), f"{name} has no effect"
            assert entries(self.known[name]) >= entries(before) + command.entries, f"{name} leaves no row in the trail"
        return self.known[name]

    def faults(self, name: str, command: Command, moment: Moment, *, deaths: int = 1) -> list[str]:
        """Dies there, and is done again with the same key, until it gets through."""
        wanted = self.without_death(name, command)
        ground, given = self.begun(command)
        for death in range(deaths):
            has_died = self.dies(ground, command, given, moment)
            # What was committed is not done a second time: there the moment comes only once.
            assert has_died or death, f"{name} never came to {moment}"
        return wanted.differences(self.ended(ground, command, given))

    def dies(self, ground: Ground, command: Command, given: Any, moment: Moment) -> bool:
        try:
            self.perform(ground, command, command.run, given, moment=moment)
        except Died:
            return True
        return False


def entries(picture: Picture) -> int:
    return sum(count for (table, _row), count in picture.rows.items() if table == "audit_entry")
