"""Each of the 253 requirements of OWASP ASVS 5.0.0, levels 1 and 2, has a verdict, and each verdict its proof."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from .asvs import DOCUMENTED, NOT_APPLICABLE, PAGE, TEST, TESTED, asked, faults, rows

pytestmark = pytest.mark.req("SEC-06")


@pytest.fixture
def page() -> str:
    return PAGE.read_text()


def test_the_standard_asks_for_253_things():
    assert Counter(asked().values()) == {1: 70, 2: 183}


def test_every_requirement_has_a_verdict_with_a_proof(page: str):
    assert list(faults(page)) == []
    assert len(rows(page)) == 253
    assert len({proof for row in rows(page) for proof in TEST.findall(row.proof)}) >= 100


# --- planted faults ---


def line_of(page: str, id_: str) -> str:
    return next(line for line in page.splitlines(keepends=True) if line.startswith(f"| {id_} |"))


def test_a_row_that_is_missing_is_found(page: str):
    found = list(faults(page.replace(line_of(page, "3.4.3"), "")))
    assert "3.4.3 is missing" in found
    assert any("not said at the top" in fault for fault in found), "and the counts are no longer true"


def test_a_row_twice_and_one_nobody_asked_for_are_found(page: str):
    line = line_of(page, "3.4.3")
    found = list(faults(page.replace(line, line * 2 + line.replace("3.4.3", "3.4.7"))))
    assert "3.4.3 stands there 2 times" in found
    assert "3.4.7 is not asked for" in found


@pytest.mark.parametrize(
    ("proof", "fault"),
    [
        ("`web/test_headers.py::test_nobody_wrote`", "there is no test"),
        ("`web/test_nowhere.py::test_every_status_carries_them`", "there is no test"),
        ("`crash/test_nothing_is_lost.py::test_nothing_is_lost_or_doubled_in_two_hundred_kills`", "there is no test"),
        ("we looked", "tested without a proof"),
        ("", "tested without a proof"),
    ],
)
def test_a_test_that_does_not_exist_is_found(page: str, proof: str, fault: str):
    line = line_of(page, "3.4.4")
    assert f"| {TESTED} |" in line
    planted = f"| 3.4.4 | nosniff | {TESTED} | {proof} |\n"
    assert [one for one in faults(page.replace(line, planted)) if fault in one]


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("documented | [limits](no-such-page.md)", "there is no no-such-page.md"),
        ("documented | [limits](limits.md#what-nobody-wrote)", "there is no limits.md what-nobody-wrote"),
        ("documented | it is", "documented without a proof"),
        ("configured | `config/settings.py: NO_SUCH_SETTING`", "does not say NO_SUCH_SETTING"),
        ("configured | yes", "configured without a proof"),
        ("not met | ", "not met without a reason"),
        ("not applicable | no", "not applicable without a reason"),
        ("surely | `web/test_headers.py::test_every_status_carries_them`", "is no verdict"),
    ],
)
def test_a_verdict_without_proof_is_found(page: str, planted: str, fault: str):
    line = line_of(page, "2.1.1")
    assert [one for one in faults(page.replace(line, f"| 2.1.1 | rules | {planted} |\n")) if fault in one]


def test_counts_that_are_not_those_of_the_rows_are_found(page: str):
    stated = re.search(r"\| not met \| (\d+) \|", page)
    assert stated
    fewer = page.replace(stated.group(), f"| not met | {int(stated[1]) - 1} |")
    assert list(faults(fewer)) == [f"not said at the top: {stated.group()}"]


def test_what_is_not_met_and_not_weighed_is_found(page: str):
    line = line_of(page, "2.1.1")
    planted = page.replace(line, "| 2.1.1 | rules | not met | nobody wrote them down |\n")
    assert "2.1.1 has no weight" in list(faults(planted))


def test_a_document_counts_as_automated_only_with_a_test_beside_it(page: str):
    documented = [row for row in rows(page) if row.verdict == DOCUMENTED]
    assert {row.is_automated for row in documented} == {bool(TEST.search(row.proof)) for row in documented}
    assert not any(row.is_automated for row in rows(page) if row.verdict == NOT_APPLICABLE)
