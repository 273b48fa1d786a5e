"""Rulebook 21 as it is shipped: every clause is alive, in order, in both languages, and says what it does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.utils import translation

from guanxi.base.org.models import Restriction
from guanxi.core.rulebooks.catalogue import current_catalogue
from guanxi.core.rulebooks.engine.reader import read_rulebook
from guanxi.core.rulebooks.models import Rule
from guanxi.core.rulebooks.packs import pack_text
from guanxi.core.rulebooks.phases.running import prepare
from guanxi.core.rulebooks.screens.wording import how_it_runs

pytestmark = pytest.mark.django_db
TEXT = pack_text("huixiao-archive")
GATES = {
    ("contactform", "accept-unsigned", ""),
    ("contactform", "open-sealed", "general-manager"),
    ("fileform", "borrow-other", "general-manager"),
    *(("fileform", verb, "general-manager") for verb in ("print", "copy", "show", "export")),
    *(("contactform", verb, "general-manager") for verb in ("print", "copy", "show", "export")),
    ("departure", "complete", ""),
}


@pytest.fixture
def book(db):
    found, problems = read_rulebook(TEXT, current_catalogue())
    assert problems == []
    return found


@pytest.mark.req("POL-02")
def test_no_clause_waits_and_every_one_runs_or_forbids(book):
    assert [rule.id for rule in book.rules if rule.waits_for] == []
    for rule in book.rules:
        assert rule.forbids or prepare(rule, anchors_from=book.effective), rule.id


def test_the_clauses_of_the_text_are_all_there():
    numbers = re.findall(r"^  # (.*)$", TEXT, re.MULTILINE)
    named = [number for line in numbers for number in re.findall(r"21\.\d+", line)]
    assert [f"21.{n}" for n in range(1, 20)] == list(dict.fromkeys(named))


def test_every_clause_stands_in_both_languages_with_its_article(book):
    for rule in book.rules:
        assert re.match(r"[一二]\.\d+(-\d+)? ", rule.article), rule.id
        assert re.match(r"I{1,2}\.\d+(-\d+)? ", rule.article_en), rule.id
        assert all(step.purpose_en for step in rule.steps), rule.id


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_how_each_clause_runs_is_said_in_words(book, actor, language):
    reader = replace(actor("rep"), language=language)
    with translation.override(language):
        for rule in book.rules:
            told = " ".join(f"{label} {text}" for label, text in how_it_runs(rule, reader))
            assert told, rule.id
            assert not re.search(r"service-doctor(?!\")|general-manager|%\(", told), told


@pytest.mark.req("KPI-11", "KPI-19")
def test_the_deduction_is_a_proposal_of_50_to_500_yuan_with_a_note_on_the_law(book, actor):
    rule = next(rule for rule in book.rules if rule.id == "loss-replaced")
    proposed = rule.ladder[0].proposed
    assert (proposed.kind, proposed.amount.least, proposed.amount.most) == ("deduct", "50.00", "500.00")
    with translation.override("zh-hans"):
        told = " ".join(str(text) for _label, text in how_it_runs(rule, actor("rep")))
    assert "50–500 元" in told
    assert "劳动" in told
    free = TEXT.replace("penalty_least: 50 CNY", "penalty_least: 0 CNY").replace(
        "penalty_most: 500 CNY", "penalty_most: 0 CNY"
    )
    assert read_rulebook(free, current_catalogue())[1] == []


@pytest.mark.req("RB-21.4", "RB-21.16", "RB-21.17", "RB-21.18")
def test_in_force_it_forbids_what_it_says(whole_rulebook_21):
    standing = Restriction.objects.filter(rule_id__in=Rule.objects.filter(version=whole_rulebook_21).values("id"))
    assert {(one.kind, one.verb, one.permit_role) for one in standing} == GATES
    assert all(one.needs_permit == bool(one.permit_role) for one in standing)
    assert all(one.clause and one.clause_en for one in standing)
