"""What the pages tell people to type is what the product takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guanxi.core.rulebooks.checking import check

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.django_db


def texts(page: str) -> list[str]:
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    return [block for block in blocks if block.startswith("rulebook:")]


def test_the_tutorial_has_the_one_mistake_it_speaks_of():
    (text,) = texts("tutorial/your-first-rulebook.md")
    (problem,) = check(text)
    assert (problem.line, problem.params["nearest"]) == (13, "completed")
    assert check(text.replace("when: complete\n", "when: completed\n")) == []


def test_the_guide_shows_a_whole_rulebook_that_is_in_order():
    (text,) = texts("how-to/write-a-rulebook.md")
    assert check(text) == []
