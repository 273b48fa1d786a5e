"""The packages of the lock files: what is installed with the product, and what only builds or tests it."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYPI, NPM = "PyPI", "npm"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, order=True)
class Package:
    """`digests`: algorithm to hexadecimal values of the files that may be installed. `ships`: part of the product."""

    ecosystem: str
    name: str
    version: str
    ships: bool
    digests: tuple[tuple[str, str], ...] = ()


def packages() -> list[Package]:
    shipped = list(of_requirements(ROOT / "requirements/app.txt", ships=True))
    names = {package.name for package in shipped}
    others = [
        package
        for lock in ("dev", "node", "uv")
        for package in of_requirements(ROOT / f"requirements/{lock}.txt", ships=False)
        if package.name not in names
    ]
    return sorted({*shipped, *others, *of_npm(ROOT / "package-lock.json")})


def of_requirements(path: Path, *, ships: bool) -> Iterator[Package]:
    """Joins the lines that a backslash carries on; one requirement has its hashes below it."""
    for line in path.read_text().replace("\\\n", " ").splitlines():
        if found := PINNED.match(line):
            digests = tuple(("SHA-256", value) for value in HASH.findall(line))
            yield Package(PYPI, found[1].lower(), found[2], ships, digests)


def of_npm(path: Path) -> Iterator[Package]:
    for place, entry in json.loads(path.read_text())["packages"].items():
        if place:
            algorithm, _, value = entry["integrity"].partition("-")
            digest = (f"SHA-{algorithm.removeprefix('sha')}", b64decode(value).hex())
            name = place.rpartition("node_modules/")[2]
            yield Package(NPM, name, entry["version"], not entry.get("dev", False), (digest,))


def digest_of_locks() -> str:
    """Changes whenever any lock does: a check of older locks says nothing about these."""
    paths = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "package-lock.json"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
