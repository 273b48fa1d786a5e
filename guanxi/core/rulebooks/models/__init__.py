from .duty import Duty, State, Withdrawn
from .proposal import Appeal, ClosedMonth, Proposal, ProposalKind, ProposalState
from .rulebook import CatchUp, Clause, OnReplace, Reading, Rule, Rulebook, Version, VersionState
from .run import PastSkipped, Run

__all__ = [
    "Appeal",
    "CatchUp",
    "Clause",
    "ClosedMonth",
    "Duty",
    "OnReplace",
    "PastSkipped",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Reading",
    "Rule",
    "Rulebook",
    "Run",
    "State",
    "Version",
    "VersionState",
    "Withdrawn",
]
