"""Where migrations look for it; it lives in records now."""

from guanxi.base.records.numbers import NextNumber

__all__ = ["NextNumber"]
