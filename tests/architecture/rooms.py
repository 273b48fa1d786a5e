"""The house: floors and rooms from low to high (docs: the design)."""

from __future__ import annotations

from pathlib import Path

import guanxi

HOUSE = Path(guanxi.__file__).parent
FLOORS = {
    "base": ("kernel", "ui", "audit", "org", "records"),
    "core": ("customers", "privacy", "activities", "documents", "messaging", "workflow", "rulebooks"),
    "domain": (
        "archive",
        "property",
        "sales",
        "contracts",
        "service",
        "telesales",
        "surveys",
        "loyalty",
        "campaigns",
        "assessment",
    ),
    "edge": ("api", "portal", "reports", "ops"),
}
HEIGHT = {room: height for height, room in enumerate(room for rooms in FLOORS.values() for room in rooms)}


def built() -> list[Path]:
    """The rooms that exist, each as its folder."""
    return sorted(
        folder for floor in FLOORS for folder in (HOUSE / floor).iterdir() if (folder / "__init__.py").exists()
    )


def sources(*folders: Path) -> list[Path]:
    """Python files of ours below these folders, migrations apart."""
    found = (path for folder in folders for path in folder.rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def module_of(path: Path) -> str:
    relative = path.relative_to(HOUSE.parent).with_suffix("")
    return ".".join(relative.parts).removesuffix(".__init__")
