"""Writes docs/reference/coverage.md: which test carries out which requirement.

Only after a whole and successful run, so that a run of one folder takes nothing away.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.requirements_state import WHOLE, all_ids

PAGE = Path(__file__).parent.parent / "docs/reference/coverage.md"
HEAD = """# Requirements and the tests that carry them out

Written by `make test`; do not edit. *covered*: carried out as a whole. *partly*: some of it, the rest comes later.
– : not begun.

"""
_passed: dict[str, set[str]] = defaultdict(set)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The ids travel with the report, so that they arrive from parallel workers too."""
    for item in items:
        ids = sorted({str(one) for mark in item.iter_markers("req") for one in mark.args})
        item.user_properties.extend(("req", one) for one in ids)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        for name, one in report.user_properties:
            if name == "req":
                _passed[str(one)].add(re.split(r"[\[@]", report.nodeid)[0])


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    is_worker = hasattr(session.config, "workerinput")
    if exitstatus == pytest.ExitCode.OK and is_whole(session.config) and not is_worker:
        text = page(_passed)
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            PAGE.parent.mkdir(parents=True, exist_ok=True)
            PAGE.write_text(text, "utf-8")


def is_whole(config: pytest.Config) -> bool:
    narrowed = (config.getoption(name, None) for name in ("keyword", "collectonly", "deselect", "ignore"))
    is_usual = config.getoption("markexpr") == "not soak"
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and is_usual and not any(narrowed)


def page(passed: Mapping[str, set[str]]) -> str:
    ids = sorted({*all_ids(), *passed})
    states = {one: state_of(one, passed) for one in ids}
    counts = [(state, sum(s == state for s in states.values())) for state in ("covered", "partly", "–")]
    rows = [f"| {one} | {states[one]} | {tests_of(passed.get(one, set()))} |" for one in ids]
    figures = " · ".join(f"{state} {count}" for state, count in counts)
    return f"{HEAD}{figures}\n\n| id | state | tests |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def state_of(one: str, passed: Mapping[str, set[str]]) -> str:
    if not passed.get(one):
        return "–"
    return "covered" if one in WHOLE else "partly"


def tests_of(nodes: set[str]) -> str:
    """By file: `customers/test_customer_actions.py`: names without `test_`."""
    files: dict[str, list[str]] = defaultdict(list)
    for node in sorted(nodes):
        path, *names = node.split("::")
        files[path.removeprefix("tests/")].append(names[-1].removeprefix("test_"))
    return "<br>".join(f"{path}: {', '.join(names)}" for path, names in sorted(files.items()))
