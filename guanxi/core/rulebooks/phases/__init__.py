"""The phases of a rule: one set-based statement each, the same for one subject just changed and for all at night.

Order: correct, raise, settle, climb, conclude. Every statement may be repeated and then changes nothing.
"""
