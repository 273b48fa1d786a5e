"""Colours: both themes name the same tokens, and every text can be read on its ground."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.ROOT) / "guanxi/base/ui/static/ui/tokens.css").read_text()
COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\b")
PAIRS = [
    *((text, ground) for text in ("ink", "ink-2", "ink-3") for ground in ("surface", "paper", "sunken")),
    *((text, ground) for text in ("primary", "late", "done") for ground in ("surface", "paper")),
    ("primary", "primary-soft"),
    ("late", "late-soft"),
    ("done", "done-soft"),
    ("ink", "hover"),
    ("ink", "primary-soft"),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
]


def block(opening: str) -> dict[str, str]:
    start = CSS.index(opening)
    return dict(COLOUR.findall(CSS[start : CSS.index("}", start)]))


LIGHT = block(":root {")
DARK = LIGHT | block(':root[data-theme="dark"] {')


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_dark_theme_is_the_same_chosen_or_followed():
    assert block(':root[data-theme="dark"] {') == block(':root[data-theme="auto"] {')
    assert set(block(':root[data-theme="dark"] {')) == set(LIGHT)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(theme: dict[str, str], text: str, ground: str):
    assert contrast(theme[text], theme[ground]) >= 4.5


def test_contrast_is_counted_as_the_guideline_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
