"""One step for many records: choose, look at what would happen, carry it out, take it back."""

from .steps import BULK, BulkStep, Done, Reason, steps_for

__all__ = ["BULK", "BulkStep", "Done", "Reason", "steps_for"]
