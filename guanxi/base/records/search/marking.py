"""Which part of a name was meant by what was typed, whether in characters, by sound, initials or digits."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

from guanxi.base.kernel import pinyin

PARTS = re.compile(r"[\s,，、;；]+")
MARK = Markup("<mark>{}</mark>")


def marked(text: str, query: str) -> Markup:
    spans = sorted(span for part in _parts(query) if (span := _span(text, part)))
    shown, at = Markup(""), 0
    for start, end in spans:
        if start >= at:
            shown += escape(text[at:start]) + MARK.format(text[start:end])
            at = end
    return shown + escape(text[at:])


def _parts(query: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", query).strip().casefold()
    parts = [part for part in PARTS.split(plain) if part]
    joined = "".join(parts)
    return [joined] if len(parts) > 1 and joined.isascii() and joined.isalpha() else parts


def _span(text: str, part: str) -> tuple[int, int] | None:
    plain = text.casefold()
    if len(plain) == len(text) and (at := plain.find(part)) >= 0:
        return at, at + len(part)
    if part.isdigit():
        return (len(text) - 4, len(text)) if len(part) >= 4 and text[-4:] == part[-4:] else None
    return _by_sound(text, part) if part.isascii() and part.isalpha() else None


def _by_sound(text: str, part: str) -> tuple[int, int] | None:
    """From one character on, its sound and those after it, or their first letters."""
    for is_person in (True, False):
        sounds = pinyin.syllables(text, is_person=is_person)
        if len(sounds) != len(text):
            continue
        for start in range(len(sounds)):
            if end := _end_of(sounds, start, part):
                return start, end
    return None


def _end_of(sounds: list[str], start: int, part: str) -> int:
    """Where the part ends that begins at `start`; 0 when it does not."""
    if "".join(sounds[start:]).startswith(part):
        length, end = 0, start
        while length < len(part):
            length += len(sounds[end])
            end += 1
        return end
    firsts = "".join(sound[0] for sound in sounds[start:])
    return start + len(part) if firsts.startswith(part) else 0
