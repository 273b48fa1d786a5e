"""What the product is made of is listed, may be shipped, and is compared with what is known against it."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools.supply import advisories, bill, licences
from tools.supply.__main__ import LISTED, look, page_of_licences, unchecked
from tools.supply.advisories import NotChecked, known_against
from tools.supply.locks import NPM, PYPI, Package, digest_of_locks, packages

pytestmark = pytest.mark.req("SEC-06")
TODAY = date(2026, 11, 22)
DJANGO = next(package for package in packages() if package.name == "django")


def test_every_package_of_every_lock_is_known_with_its_digest() -> None:
    found = packages()
    assert {package.ecosystem for package in found} == {PYPI, NPM}
    assert len([package for package in found if package.ships]) >= 50
    assert [package.name for package in found if not package.digests] == []


# --- licences ---


def test_everything_shipped_is_under_a_licence_that_allows_it() -> None:
    assert list(licences.faults()) == []


@pytest.mark.parametrize("said", ["AGPL-3.0-only", "GPL-2.0-or-later", "MIT AND GPL-3.0-only", "Other/Proprietary", ""])
def test_a_licence_that_would_bind_the_product_is_refused(said: str) -> None:
    assert not licences.is_allowed(said)


def test_of_several_licences_one_is_enough() -> None:
    assert licences.is_allowed("GPL-3.0-only OR MIT")


def test_a_package_that_says_no_licence_is_told() -> None:
    stranger = Package(PYPI, "no-such-package", "1.0", ships=True)
    assert list(licences.faults([stranger])) == ["no-such-package 1.0: says no licence"]


def test_the_list_of_licences_is_that_of_the_locks() -> None:
    assert LISTED.read_text() == page_of_licences(), "make licences"


# --- the bill of materials ---


def test_the_bill_of_materials_is_valid_and_names_what_ships() -> None:
    text = bill.bill()
    assert bill.faults_of(text) == ""
    named = {part["purl"] for part in json.loads(text)["components"]}
    assert len(named) == len([package for package in packages() if package.ships])
    assert f"pkg:pypi/django@{DJANGO.version}" in named
    assert any(purl.startswith("pkg:npm/htmx.org@") for purl in named)


def test_a_bill_that_lacks_a_name_is_not_valid() -> None:
    spoilt = json.loads(bill.bill())
    del spoilt["components"][0]["name"]
    assert bill.faults_of(json.dumps(spoilt))


# --- advisories ---


def entry(name: str = "Django", ecosystem: str = PYPI, *, modified: str = "2026-11-20T00:00:00Z", **more: Any) -> Any:
    events = [{"introduced": "0"}, {"fixed": "99"}]
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {"id": "X-1", "modified": modified, "summary": "planted", "affected": [affected | more]}


SILENT = [entry("nobody-uses-this"), entry("nor-this", NPM)]


def test_nothing_is_found_where_nothing_is_known() -> None:
    assert known_against(packages(), SILENT, today=TODAY) == []


def test_a_planted_advisory_is_found_in_each_ecosystem() -> None:
    found = known_against(packages(), [*SILENT, entry(), entry("htmx.org", NPM)], today=TODAY)
    assert {finding.package for finding in found} == {"django", "htmx.org"}


@pytest.mark.parametrize(
    ("events", "is_found"),
    [
        ([{"introduced": "5.2"}, {"fixed": "5.2.20"}], True),
        ([{"introduced": "5.2"}, {"fixed": "5.2.19"}], False),
        ([{"introduced": "0"}, {"last_affected": "5.2.19"}], True),
        ([{"introduced": "0"}, {"last_affected": "5.2.18"}], False),
        ([{"introduced": "6.0"}], False),
        ([{"introduced": "0"}, {"fixed": "4.2"}, {"introduced": "5.2.1"}, {"fixed": "5.2.99"}], True),
    ],
)
def test_versions_are_compared_as_versions(events: list[dict[str, str]], is_found: bool) -> None:
    django = replace(DJANGO, version="5.2.19")
    named = entry(ranges=[{"type": "ECOSYSTEM", "events": events}])
    assert bool(known_against([django], [named, *SILENT], today=TODAY)) is is_found


def test_a_version_named_outright_is_found_and_a_withdrawn_advisory_is_not() -> None:
    named = entry(ranges=[], versions=[DJANGO.version])
    assert known_against([DJANGO], [named], today=TODAY)
    assert not known_against([DJANGO], [named | {"withdrawn": "2026-11-21T00:00:00Z"}, *SILENT], today=TODAY)


def test_a_snapshot_that_is_old_or_silent_or_absent_is_no_check(tmp_path: Path) -> None:
    with pytest.raises(NotChecked, match="15 days old"):
        known_against([DJANGO], [entry(modified="2026-11-07T23:00:00Z")], today=TODAY)
    with pytest.raises(NotChecked, match="nothing about npm"):
        known_against(packages(), [entry("nobody-uses-this")], today=TODAY)
    with pytest.raises(NotChecked, match="no snapshot"):
        advisories.read(tmp_path / "none")
    with pytest.raises(NotChecked, match="no advisory"):
        advisories.read(tmp_path)
    with pytest.raises(NotChecked, match="cannot be compared"):
        known_against([replace(DJANGO, version="?")], [entry()], today=TODAY)


def test_the_file_of_one_ecosystem_does_not_make_that_of_another_young() -> None:
    """Two files were taken on two days; the newer one says nothing about the packages of the other."""
    old = entry("nobody-uses-this", NPM, modified="2026-01-01T00:00:00Z")
    with pytest.raises(NotChecked, match="days old"):
        known_against(packages(), [entry("nor-this"), old], today=TODAY)
    assert known_against([DJANGO], [entry("nor-this"), old], today=TODAY) == []


def test_a_check_that_did_not_run_fails_and_is_not_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.supply.__main__.LOOKED", tmp_path / "looked.json")
    assert look([], today=TODAY)[0].startswith("NOT CHECKED")
    assert unchecked(today=TODAY, written=tmp_path / "looked.json") == ["The advisories were never looked at."]


def test_a_check_that_ran_is_written_down_with_its_day_and_holds_for_these_locks_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "looked.json"
    monkeypatch.setattr("tools.supply.__main__.LOOKED", written)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number, one in enumerate(SILENT):
            archive.writestr(f"{number}.json", json.dumps(one))
    assert look([tmp_path / "all.zip"], today=TODAY) == []
    assert unchecked(today=TODAY, written=written) == []
    assert unchecked(today=date(2026, 12, 7), written=written)
    looked = json.loads(written.read_text())
    assert looked["locks"] == digest_of_locks()
    written.write_text(json.dumps(looked | {"locks": "others"}))
    assert unchecked(today=TODAY, written=written) == ["The locks have changed since the advisories were looked at."]


def test_no_locked_package_is_below_its_floor_and_each_floor_is_of_a_package_we_use() -> None:
    assert advisories.below_floor(packages()) == []
    used = {(package.ecosystem, package.name) for package in packages()}
    assert [one for one in advisories.floors()["floor"] if (one["ecosystem"], one["name"]) not in used] == []


def test_a_version_below_its_floor_is_found() -> None:
    old = replace(DJANGO, version="5.2.18")
    assert [finding.package for finding in advisories.below_floor([old])] == ["django"]
