from __future__ import annotations

from tests.coverage_plugin import page
from tests.requirements_state import AREAS, WHOLE, all_ids


def test_every_requirement_has_a_row_and_claims_exist() -> None:
    text = page({})
    assert all(f"\n| {one} | – |" in text for one in all_ids())
    assert sum(AREAS.values()) == 543
    assert set(all_ids()) >= WHOLE


def test_a_claim_without_a_passing_test_is_not_covered() -> None:
    claimed = sorted(WHOLE)[0]
    assert f"| {claimed} | – |" in page({claimed: set()})
    assert f"| {claimed} | covered | customers/test_a.py: it_works |" in page(
        {claimed: {"tests/customers/test_a.py::test_it_works"}}
    )


def test_what_is_tested_and_not_claimed_is_partly_there() -> None:
    assert "| ACT-01 | partly |" in page({"ACT-01": {"tests/activities/test_b.py::test_it_is_logged"}})
