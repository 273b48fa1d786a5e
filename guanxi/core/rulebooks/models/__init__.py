from .check import DayCheck, Guidance
from .duty import Duty, State, Withdrawn
from .measure import FIGURES, DayEnd, Tally
from .proposal import Appeal, ClosedMonth, Proposal, ProposalKind, ProposalState, Review
from .rulebook import CatchUp, Clause, OnReplace, Reading, Rule, Rulebook, Version, VersionState
from .run import PastSkipped, Run

__all__ = [
    "FIGURES",
    "Appeal",
    "CatchUp",
    "Clause",
    "ClosedMonth",
    "DayCheck",
    "DayEnd",
    "Duty",
    "Guidance",
    "OnReplace",
    "PastSkipped",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Reading",
    "Review",
    "Rule",
    "Rulebook",
    "Run",
    "State",
    "Tally",
    "Version",
    "VersionState",
    "Withdrawn",
]
