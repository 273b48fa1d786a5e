"""Whether a text that decodes also reads: nonsense keeps to no common characters."""

from __future__ import annotations

LEAST_COMMON_SHARE = 0.85


def is_doubtful(sample: str, *, is_recognised: bool) -> bool:
    """Many rare characters: perhaps an encoding we don't know, such as Big5. The preview decides."""
    han = [char for char in sample if is_han(char)]
    common = sum(char.encode("gb2312", "ignore") != b"" for char in han)
    return len(han) > 20 and common / len(han) < LEAST_COMMON_SHARE


def is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char >= "\U00020000" or char == "〇"
