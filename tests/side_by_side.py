"""Tests on several processors at once (`pytest -n 2 --dist loadgroup`): what stays together, and in which order.

A file's tests stay together, but for those that commit: what they leave behind is emptied, the cast with it, so each
process carries them out when nothing else is left. Those with an installation of their own come first, one after the
other: each of them has several processes already.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

ALONE = "installations"


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Before the groups are read; and after pytest-django has put what rolls back before what commits."""
    if not config.getoption("loadgroup", False):
        return (yield)
    for item in items:
        path, part = item.nodeid.partition("::")[0], part_of(item)
        item.add_marker(pytest.mark.xdist_group(part if part == ALONE else f"{path} {part}"))
    yield
    if not all("@" in item.nodeid for item in items):
        raise pytest.UsageError("xdist does not group: tests that commit would empty the tables of others")
    items.sort(key=lambda item: part_of(item) != ALONE)


def part_of(item: pytest.Item) -> str:
    fixtures = set(getattr(item, "fixturenames", ()))
    mark = item.get_closest_marker("django_db")
    if fixtures & {"transactional_db", "live_server"} or (mark and mark.kwargs.get("transaction")):
        return "commits"
    if mark or "db" in fixtures:
        return "rolls-back"
    return ALONE if item.get_closest_marker("slow") else "reads"
