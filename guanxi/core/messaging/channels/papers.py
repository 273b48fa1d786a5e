"""What goes out, before it has the form of any provider: counts, names of staff, clauses and one link."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Section:
    heading: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    title: str
    sections: tuple[Section, ...]
    # An address within the product; it becomes a link when PUBLIC_ADDRESS is set.
    place: str = "/"

    @property
    def link(self) -> str:
        return f"{settings.PUBLIC_ADDRESS}{self.place}" if settings.PUBLIC_ADDRESS else ""

    def written(self) -> dict[str, Any]:
        sections = [[section.heading, list(section.lines)] for section in self.sections]
        return {"title": self.title, "sections": sections, "place": self.place}

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.written(), sort_keys=True).encode()).hexdigest()


def read_paper(body: dict[str, Any]) -> Paper:
    sections = tuple(Section(heading, tuple(lines)) for heading, lines in body["sections"])
    return Paper(body["title"], sections, body["place"])


# Names and clauses are text: nothing in them may become a link, a mention or an emphasis in somebody's group.
HARMLESS = str.maketrans(
    {
        "<": "〈",
        ">": "〉",
        "[": "［",
        "]": "］",
        "(": "（",
        ")": "）",
        "*": "＊",
        "_": "＿",
        "#": "＃",
        "`": "｀",
        "~": "～",
        "|": "｜",
        "\\": "＼",
        "@": "＠",
        "!": "！",
        "&": "＆",
    }
)


def plain(text: str) -> str:
    """One line, without signs that any of the providers reads as markup."""
    return "".join(char if char.isprintable() else " " for char in text).translate(HARMLESS).strip()


def markdown_lines(paper: Paper, *, heading: str = "**{}**", line: str = "> {}") -> list[str]:
    lines = [heading.format(plain(paper.title))]
    for section in paper.sections:
        lines.append(plain(section.heading))
        lines += [line.format(plain(text)) for text in section.lines]
    return lines


def plain_lines(paper: Paper) -> list[str]:
    found = []
    for section in paper.sections:
        found += [plain(section.heading), *(f"· {plain(text)}" for text in section.lines)]
    return found


def within_bytes(lines: Sequence[str], most: int, *, last: str = "", joint: str = "\n") -> str:
    """As many whole lines as fit with the last one; what is left out is said."""
    ends = [last] if last else []
    if _size([*lines, *ends], joint) <= most:
        return joint.join([*lines, *ends])
    more = _("There is more; open Guanxi to see all of it.")
    kept = list(lines)
    while kept and _size([*kept, more, *ends], joint) > most:
        kept.pop()
    return joint.join([*kept, more, *ends])


def _size(lines: Iterable[str], joint: str) -> int:
    return len(joint.join(lines).encode())
