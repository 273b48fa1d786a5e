"""Templates trust nothing: no text is declared safe, nothing is written into scripts or style attributes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .rooms import built

FORBIDDEN = {
    "a text declared safe": re.compile(r"\|\s*safe\b"),
    "escaping switched off": re.compile(r"autoescape\s+false", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "an inline script": re.compile(r"<script(?![^>]*(?:\bsrc\s*=|application/json))[^>]*>", re.IGNORECASE),
    "hx-on or an htmx expression": re.compile(r"\bhx-on\b|hx-vals\s*=\s*['\"]js:"),
    "another site": re.compile(r"(?:src|href)\s*=\s*['\"]https?://"),
}


def templates() -> list[Path]:
    return sorted(path for room in built() for path in (room / "templates").rglob("*.html"))


def faults_in(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


def test_there_are_templates():
    assert len(templates()) > 30


@pytest.mark.parametrize("template", templates(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_trusts_nothing(template: Path):
    assert faults_in(template.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ name | safe }}",
        "{% autoescape false %}",
        '<p style="color: red">',
        '<a onclick="go()">',
        "<script>alert(1)</script>",
        '<div hx-on:click="x">',
        '<img src="https://example.org/x.png">',
    ],
)
def test_a_fault_is_found(text: str):
    assert faults_in(text)
