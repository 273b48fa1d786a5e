from .gift import Gift

__all__ = ["Gift"]
