"""The rulebooks that come with the product: one folder each under `guanxi/packs`, data only."""

from __future__ import annotations

import re
from pathlib import Path

import guanxi

FOLDER = Path(guanxi.__file__).parent / "packs"


def pack_keys() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml"))


def pack_title(key: str, *, is_english: bool) -> str:
    """As its text says it near the top; the key where it says none."""
    found = re.search(rf"^{'title_en' if is_english else 'title'}: *(.+)$", pack_text(key), re.MULTILINE)
    return found.group(1).strip() if found else key


def pack_text(key: str) -> str:
    if key not in pack_keys():
        raise KeyError(key)
    return (FOLDER / key / "pack.yaml").read_text("utf-8")
