"""Under which licence each shipped package comes, and whether the product may ship it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from .locks import NPM, ROOT, Package, packages

# Libraries only: nothing of these makes our own code theirs. LGPL holds for a library that is used, not changed.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
    "PSF-2.0", "Unlicense",
}  # fmt: skip
# What packages say in their own words; read once by a person.
SAID = {
    "BSD": "BSD-3-Clause", "BSD License": "BSD-3-Clause", "MIT License": "MIT", "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
}  # fmt: skip
READ = Path(__file__).with_name("licences.toml")


def licence_of(package: Package) -> str:
    """As an SPDX expression; empty when the package does not say."""
    by_hand: dict[str, str] = tomllib.loads(READ.read_text())
    if package.name in by_hand:
        return by_hand[package.name]
    return _of_npm(package) if package.ecosystem == NPM else _of_python(package)


def _of_npm(package: Package) -> str:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    return str(lock["packages"].get(f"node_modules/{package.name}", {}).get("license", ""))


def _of_python(package: Package) -> str:
    try:
        said = metadata(package.name)
    except PackageNotFoundError:
        return ""
    if expression := said.get("License-Expression"):
        return str(expression)
    short = str(said.get("License") or "")
    if short and len(short) < 30:
        return SAID.get(short, short)
    kinds = [
        kind.rpartition("::")[2].strip() for kind in said.get_all("Classifier") or [] if kind.startswith("License")
    ]
    return SAID.get(kinds[0], kinds[0]) if len(kinds) == 1 else ""


def is_allowed(expression: str) -> bool:
    """One of several to choose from is enough; of those that hold together, each."""
    choices = [choice.strip("() ") for choice in expression.split(" OR ")]
    return any(all(part.strip("() ") in ALLOWED for part in choice.split(" AND ")) for choice in choices)


def faults(found: list[Package] | None = None) -> Iterator[str]:
    for package in packages() if found is None else found:
        if package.ships and not is_allowed(licence := licence_of(package)):
            yield f"{package.name} {package.version}: {licence or 'says no licence'}"
