"""The navigation shows what exists and what the reader may see, in the order of the sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.ui import NAV, NavEntry
from guanxi.base.ui.nav import OWN, closest, links_for, nav, own_links, sections_of

READER = Actor("王芳", "web")
SEEN = NavEntry("t-seen", "甲", "ui:theme", "reports", order=2)
FIRST = NavEntry("t-first", "乙", "ui:gallery", "reports", order=1)
HIDDEN = NavEntry("t-hidden", "丙", "ui:theme", "reports", visible=lambda actor: actor.label != "王芳")
MISSING = NavEntry("t-missing", "丁", "nowhere:list", "reports")


@pytest.fixture(autouse=True)
def entries(alone: None) -> Iterator[None]:
    for entry in (SEEN, FIRST, HIDDEN, MISSING):
        NAV.add(entry)
    yield
    for entry in (SEEN, FIRST, HIDDEN, MISSING):
        NAV.remove(entry.key)


def labels(actor: Actor, path: str = "/") -> list[str]:
    return [link.entry.label for section in sections_of(links_for(actor, path=path)) for link in section.links]


def test_entries_are_sorted_and_those_without_a_page_are_left_out():
    assert labels(READER) == ["乙", "甲"]


def test_an_entry_asks_who_reads():
    assert "丙" in labels(Actor("何远山", "web"))


def test_nobody_signed_in_sees_nothing():
    assert own_links() == []
    assert nav() == []


def test_the_page_one_is_on_is_marked():
    assert marked("/theme") == ["甲"]


def test_a_page_elsewhere_that_belongs_to_an_entry_marks_it():
    with_more = replace(SEEN, key="t-more", label="戊", url="ui:gallery", covers=("/elsewhere",))
    NAV.add(with_more)
    try:
        assert marked("/elsewhere/7") == ["戊"]
        assert marked("/elsewhere-not") == []
    finally:
        NAV.remove("t-more")


def test_what_belongs_to_the_person_is_in_the_menu_of_the_person_alone():
    NAV.add(replace(SEEN, key="t-own", label="己", section=OWN))
    try:
        assert "己" not in labels(READER)
        assert "己" in [link.entry.label for link in links_for(READER, path="/")]
    finally:
        NAV.remove("t-own")


def marked(path: str) -> list[str]:
    return [link.entry.label for link in links_for(READER, path=path) if link.is_current]


@pytest.mark.parametrize(
    ("path", "here"),
    [("/customers/7", "/customers"), ("/", "/"), ("/customers-x", ""), ("/customers/bin", "/customers/bin")],
)
def test_the_closest_address_is_the_longest_above(path: str, here: str):
    assert closest(["/", "/customers", "/customers/bin"], path=path) == here
