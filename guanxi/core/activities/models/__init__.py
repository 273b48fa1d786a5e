from .activity import Activity
from .coming import Coming, Meal

__all__ = ["Activity", "Coming", "Meal"]
