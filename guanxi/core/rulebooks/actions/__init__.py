from .duty import hand_over_duty, postpone_duty, withdraw_duty
from .rulebook import approve_version, confirm_reading, fill_in_values, save_draft, switch_off
from .task import complete_task, create_task

__all__ = [
    "approve_version",
    "complete_task",
    "confirm_reading",
    "create_task",
    "fill_in_values",
    "hand_over_duty",
    "postpone_duty",
    "save_draft",
    "switch_off",
    "withdraw_duty",
]
