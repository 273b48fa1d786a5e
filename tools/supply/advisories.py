"""What is known against the locked packages, from a snapshot of the OSV database and a table of floors kept by hand.

A check that could not look is a failure: no snapshot, an old one, one without an ecosystem we use, a version it could
not compare. See docs/how-to/check-the-supply-chain.md for where a snapshot comes from.
"""

from __future__ import annotations

import json
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from .locks import Package

FLOORS = Path(__file__).with_name("floors.toml")
LONGEST_DAYS = 14
Entry = dict[str, Any]


class NotChecked(Exception):
    """The check did not run; the text says why."""


@dataclass(frozen=True, order=True)
class Finding:
    package: str
    version: str
    advisory: str
    summary: str


# --- the snapshot ---


def read(snapshot: Path) -> list[Entry]:
    """Zip files as OSV exports them, or folders of JSON files; several for several ecosystems."""
    entries = [json.loads(text) for text in _texts(snapshot)]
    if not entries:
        raise NotChecked(f"There is no advisory in {snapshot}.")
    return entries


def _texts(snapshot: Path) -> Iterator[bytes]:
    if not snapshot.exists():
        raise NotChecked(f"There is no snapshot at {snapshot}.")
    for path in sorted(snapshot.rglob("*")) if snapshot.is_dir() else [snapshot]:
        if path.suffix == ".json":
            yield path.read_bytes()
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(name) for name in archive.namelist() if name.endswith(".json"))


def day_of(entries: Iterable[Entry], found: list[Package]) -> date:
    """Of the newest change in it: a database that changes daily is as old as that. Each ecosystem has a file of its
    own, and the oldest of them counts. Raises NotChecked for an ecosystem it does not speak of."""
    days: dict[str, date] = {}
    for entry in entries:
        day = datetime.fromisoformat(entry["modified"]).date()
        for ecosystem in {affected["package"]["ecosystem"] for affected in entry.get("affected", [])}:
            days[ecosystem] = max(day, days.get(ecosystem, day))
    if silent := {package.ecosystem for package in found} - days.keys():
        raise NotChecked(f"The snapshot says nothing about {', '.join(sorted(silent))}.")
    return min(days[package.ecosystem] for package in found)


def known_against(found: Iterable[Package], entries: list[Entry], *, today: date) -> list[Finding]:
    """Raises NotChecked when the snapshot cannot speak for all of them."""
    found = list(found)
    if (age := (today - day_of(entries, found)).days) > LONGEST_DAYS:
        raise NotChecked(f"The snapshot is {age} days old; {LONGEST_DAYS} are the most.")
    named: dict[tuple[str, str], list[tuple[Entry, Entry]]] = {}
    for entry in entries:
        for affected in [] if "withdrawn" in entry else entry.get("affected", []):
            place = affected["package"]["ecosystem"], normal(affected["package"]["name"])
            named.setdefault(place, []).append((entry, affected))
    return sorted(
        {
            Finding(package.name, package.version, entry["id"], entry.get("summary", ""))
            for package in found
            for entry, affected in named.get((package.ecosystem, normal(package.name)), [])
            if concerns(affected, package.version)
        }
    )


def normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def concerns(affected: Entry, version: str) -> bool:
    """OSV: listed by name, or between an `introduced` and the `fixed` or `last_affected` after it."""
    if version in affected.get("versions", []):
        return True
    ranges = [one for one in affected.get("ranges", []) if one["type"] in ("ECOSYSTEM", "SEMVER")]
    return any(_within(one["events"], _version(version)) for one in ranges)


def _within(events: list[dict[str, str]], version: Version) -> bool:
    is_in = False
    for event in events:
        if (start := event.get("introduced")) is not None and version >= _version(start):
            is_in = True
        if (end := event.get("fixed")) is not None and version >= _version(end):
            is_in = False
        if (last := event.get("last_affected")) is not None and version > _version(last):
            is_in = False
    return is_in


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise NotChecked(f"The version {text} cannot be compared.") from None


# --- the floors ---


def below_floor(found: Iterable[Package]) -> list[Finding]:
    """Needs no snapshot: the versions below which something serious is known, with whoever fixed it."""
    versions = {(package.ecosystem, package.name): package.version for package in found}
    findings = []
    for floor in floors()["floor"]:
        version = versions.get((floor["ecosystem"], floor["name"]))
        if version is not None and _version(version) < _version(floor["least"]):
            findings.append(Finding(floor["name"], version, floor["advisory"], f"fixed in {floor['least']}"))
    return sorted(findings)


def floors() -> dict[str, Any]:
    return tomllib.loads(FLOORS.read_text())
