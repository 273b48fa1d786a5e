"""Texts of rulebooks made to keep a process busy."""

from __future__ import annotations

import time

import pytest

from guanxi.core.rulebooks.checking import check
from guanxi.core.rulebooks.packs import pack_keys, pack_text

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-02")]
TEXTS = {
    "rules without end": "rulebook: x\nrules:\n" + "  - {id: a}\n" * 20_000,
    "a list without end": "rulebook: x\nx: [" + "a," * 120_000 + "]",
    "depth without end": "{a: " * 50_000,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_made_of_many_small_things_is_refused_soon(text: str) -> None:
    begun = time.process_time()
    problems = check(text)
    assert len(problems) == 1
    assert time.process_time() - begun < 4


def test_real_rulebooks_are_far_from_the_limit() -> None:
    for key in pack_keys():
        assert check(pack_text(key) + "\n" * 1000) == check(pack_text(key))
