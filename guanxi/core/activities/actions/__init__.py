from .activity import change_activity, log_activity, remove_activity

__all__ = ["change_activity", "log_activity", "remove_activity"]
