from .duty import Duty, State, Withdrawn
from .rulebook import CatchUp, Clause, Rule, Rulebook, Version, VersionState
from .run import PastSkipped, Run

__all__ = [
    "CatchUp",
    "Clause",
    "Duty",
    "PastSkipped",
    "Rule",
    "Rulebook",
    "Run",
    "State",
    "Version",
    "VersionState",
    "Withdrawn",
]
