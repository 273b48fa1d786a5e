from .duty import hand_over_duty, postpone_duty, withdraw_duty
from .rulebook import approve_version, save_draft
from .task import complete_task, create_task

__all__ = [
    "approve_version",
    "complete_task",
    "create_task",
    "hand_over_duty",
    "postpone_duty",
    "save_draft",
    "withdraw_duty",
]
