"""Every template of every room compiles and keeps to the content security policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

ROOT = Path(settings.ROOT)
FILES = sorted((ROOT / "guanxi").glob("*/*/templates/**/*.html"))
STYLES = sorted((ROOT / "guanxi").glob("*/*/static/**/*.css"))
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\b(data-)?hx-on\b", re.IGNORECASE),
    "values that are run": re.compile(r"\b(js|javascript):", re.IGNORECASE),
    "an address elsewhere": re.compile(r"""(src|href|action)=["']?(https?:)?//""", re.IGNORECASE),
    "text taken as markup": re.compile(r"\|\s*safe\b"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "guanxi"))


def faults_of(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_it_compiles(path: Path):
    folder = next(parent for parent in path.parents if parent.name == "templates")
    engines["jinja2"].env.get_template(str(path.relative_to(folder)))  # type: ignore[attr-defined]  # Jinja2 backend


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_it_says_its_inputs_and_holds_nothing_inline(path: Path):
    text = path.read_text()
    assert text.startswith("{#"), "a template starts with a comment that lists its inputs"
    assert faults_of(text) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>run()</script>",
        '<button onclick="run()">',
        '<div hx-on:click="run()">',
        '<a href="javascript:run()">',
        '<img src="//elsewhere.example/x.png">',
        "{{ note|safe }}",
    ],
)
def test_the_scan_finds(html: str):
    assert faults_of(html)


def test_the_scan_lets_pass_what_is_allowed():
    assert not faults_of('<script src="/static/x.js" defer></script><script type="application/json">{}</script>')


def test_every_class_has_a_style():
    defined = set(re.findall(r"\.([a-zA-Z][\w-]*)", " ".join(path.read_text() for path in STYLES)))
    assert {f"{name_of(path)}: {name}" for path in FILES for name in classes_of(path.read_text()) - defined} == set()


def classes_of(text: str) -> set[str]:
    """Names written out in class attributes; those put together from variables are left out."""
    found = " ".join(re.findall(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', text))
    # {{ " is-small" if small }} is a name of its own; is-{{ kind }} is not known here.
    written_out = re.sub(r'\{\{ " ([\w-]+)" if [^}]*\}\}', r" \1 ", found)
    marked = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "?", written_out)
    return {name for name in marked.split() if re.fullmatch(r"[a-zA-Z][\w-]*", name)}
