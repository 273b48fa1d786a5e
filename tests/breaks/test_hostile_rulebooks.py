"""Texts of rulebooks made to keep a process busy."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.core.rulebooks.checking import check
from guanxi.core.rulebooks.packs import pack_keys, pack_text
from tests.rulebooks.callbacks import CALLBACKS

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


ODD = {
    "a parameter that names itself": "parameters: {a: a}\nrules:\n  - {id: x, steps: [{due: a, purpose: x}]}",
    "a parameter as large as a book": "parameters: {a: '" + "9" * 100_000 + " CNY'}",
    "an amount without end": "rules:\n  - {id: x, ladder: [{at: due, propose: {deduct: " + "9" * 50_000 + " CNY}}]}",
    "a proposal within itself": "rules:\n  - {id: x, ladder: [{propose: {deduct: {field: {field: {field: x}}}}}]}",
    "forbidding by a list of lists": "rules:\n  - {id: x, forbids: [[[[print]]]], unless: {permit: [[x]]}}",
    "people without end": "rules:\n  - {id: x, by: {named: " + "0" * 100_000 + "}}",
    "nothing where everything is": "rulebook:\ntitle:\nparameters:\nrules:\n  -\n  - {}\n  - []\n  - x",
    "criteria of parameters": (
        "parameters: {a: 'b or 1 = 1', b: '\"'}\n"
        "rules:\n  - {id: x, subject: file-form, who: amount > a and product = b}"
    ),
    "a title page of everything": "particulars: {drafter: [x], references: x, co_reviewed_by: {a: b}}",
    "raised at odd times": "rules:\n  - {id: x, ladder: [{at: raised + 1 day}, {at: due + a}, {at: due +}, {at: }]}",
}  # fmt: skip


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts_are_told_with_places_and_never_break(text: str) -> None:
    begun = time.process_time()
    problems = check(text)
    assert problems
    assert all(problem.line >= 1 for problem in problems)
    assert time.process_time() - begun < 4


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts_on_the_page_are_refused_in_words(text: str, browse: Callable[[str], Client]) -> None:
    assert browse("gm").post("/rulebooks/new", {"text": text}).status_code == 422


def test_an_approver_who_sends_odd_terms_is_told(browse: Callable[[str], Client]) -> None:
    client = browse("gm")
    client.post("/rulebooks/new", {"text": CALLBACKS})
    fine = {"effective_on": "2026-11-16", "catch_up": "fold", "on_replace": "keep"}
    for odd in (
        {"effective_on": "9" * 400},
        {"until_on": "0001-01-01"},
        {"anchors_from": "9999-12-31"},
        {"unit_ids": ["-1"]},
        {"unit_ids": ["1; DROP TABLE org_unit"]},
        {"catch_up": "x" * 5000},
    ):
        assert client.post("/rulebooks/huixiao-archive/approve", fine | odd).status_code == 422, odd
        part = client.get("/rulebooks/huixiao-archive/approve", fine | odd | {"part": "figures"})
        assert part.status_code == 200, odd
    assert client.post("/rulebooks/huixiao-archive/values", {"value-x": "\x00", "value-": "1"}).status_code == 302
