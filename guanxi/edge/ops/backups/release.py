"""Which release runs here."""

from __future__ import annotations

import tomllib

from guanxi.edge.ops.installation import ROOT

RELEASE: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def newer(release: str) -> bool:
    """Than this one. What cannot be read is treated as newer."""
    return _parts(release) > _parts(RELEASE)


def _parts(release: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in release.split("."))
    except ValueError:
        return (10**9,)
