"""What the reference says about commands, roles, tables and settings is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guanxi.base.org.scopes import SCOPES
from tools.reference import outdated

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""(?:environ\.get\(|env\.flag\(|env\.number\()\s*"([A-Z_]+)\"""")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])
# Set by ourselves for our own processes, or by the system.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "LC_ALL", "LC_MESSAGES", "LANG"}


def test_pages_are_as_the_code_is() -> None:
    assert not [str(path) for path, _text in outdated()], "run: .venv/bin/python tools/reference.py"


def test_every_setting_is_explained() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    files = [
        *(ROOT / "config").glob("*.py"),
        ROOT / "guanxi/edge/ops/installation.py",
        ROOT / "guanxi/base/kernel/clock.py",
    ]
    read = {name for path in files for name in READ.findall(path.read_text("utf-8"))}
    assert len(read) > 8
    assert not [name for name in sorted(read - NOT_OURS) if f"`{name}`" not in page]


def test_every_scope_is_explained() -> None:
    page = (ROOT / "docs/reference/roles-and-scopes.md").read_text("utf-8")
    assert not [scope for scope in SCOPES if f"\n| {scope} |" not in page]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    wrong = [link for link in LINK.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]
    assert not wrong
