"""The supply chain from the command line.

python -m tools.supply bill                  write build/guanxi.cdx.json
python -m tools.supply licences              write docs/reference/licences.md; fails on one that may not be shipped
python -m tools.supply advisories SNAPSHOT…  look, and write down in docs/reference/advisories.json that it was looked
python -m tools.supply release               fails unless all of this holds for the locks as they are, looked at lately
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from . import advisories, bill, licences
from .advisories import LONGEST_DAYS, NotChecked
from .locks import ROOT, digest_of_locks, packages

LOOKED = ROOT / "docs/reference/advisories.json"
LISTED = ROOT / "docs/reference/licences.md"


def main(words: list[str]) -> int:
    today = datetime.now(UTC).date()
    match words:
        case ["bill"]:
            bill.write()
            return told([])
        case ["licences"]:
            LISTED.write_text(page_of_licences())
            return told(list(licences.faults()))
        case ["advisories", *snapshots]:
            return told(look([Path(snapshot) for snapshot in snapshots], today=today))
        case ["release"]:
            return told([*licences.faults(), *unchecked(today=today)])
    print(__doc__)
    return 2


def told(faults: list[str]) -> int:
    print("\n".join(faults) or "Nothing against it.")
    return 1 if faults else 0


def look(snapshots: list[Path], *, today: date) -> list[str]:
    """Below a floor, or known to the snapshot. Written down only when it could look."""
    found = packages()
    findings = advisories.below_floor(found)
    try:
        entries = [entry for snapshot in snapshots for entry in advisories.read(snapshot)]
        if not entries:
            raise NotChecked("Name a snapshot of the advisory database.")
        findings += advisories.known_against(found, entries, today=today)
    except NotChecked as problem:
        return [f"NOT CHECKED: {problem}", *(f"{one.package} {one.version}: {one.advisory}" for one in findings)]
    looked = {
        "looked_on": str(today),
        "snapshot": str(advisories.day_of(entries, found)),
        "advisories": len(entries),
        "packages": len(found),
        "locks": digest_of_locks(),
        "findings": [asdict(finding) for finding in findings],
    }
    LOOKED.write_text(json.dumps(looked, indent=1) + "\n")
    return [f"{one.package} {one.version}: {one.advisory} {one.summary}" for one in findings]


def unchecked(*, today: date, written: Path = LOOKED) -> list[str]:
    """Why the last look does not speak for a release of today."""
    if not written.exists():
        return ["The advisories were never looked at."]
    looked = json.loads(written.read_text())
    faults = [f"{one['package']} {one['version']}: {one['advisory']}" for one in looked["findings"]]
    if looked["locks"] != digest_of_locks() or looked["packages"] != len(packages()):
        faults.append("The locks have changed since the advisories were looked at.")
    for what in ("looked_on", "snapshot"):
        if (age := (today - date.fromisoformat(looked[what])).days) > LONGEST_DAYS:
            faults.append(f"{what} is {age} days ago; {LONGEST_DAYS} are the most.")
    if (age := (today - advisories.floors()["reviewed"]).days) > LONGEST_DAYS:
        faults.append(f"The floors were reviewed {age} days ago; {LONGEST_DAYS} are the most.")
    return faults


def page_of_licences() -> str:
    rows = [f"| {one.name} | {one.version} | {licences.licence_of(one)} |" for one in packages() if one.ships]
    head = "What is installed with the product. Written by `make licences`; the bill of materials is `make bill`.\n"
    return "\n".join(
        ["# Libraries and their licences", "", head, "| library | version | licence |", "|---|---|---|", *rows, ""]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
