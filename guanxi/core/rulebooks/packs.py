"""The rulebooks that come with the product: one folder each under `guanxi/packs`, data only."""

from __future__ import annotations

from pathlib import Path

import guanxi

FOLDER = Path(guanxi.__file__).parent / "packs"


def pack_keys() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/pack.yaml"))


def pack_text(key: str) -> str:
    if key not in pack_keys():
        raise KeyError(key)
    return (FOLDER / key / "pack.yaml").read_text("utf-8")
