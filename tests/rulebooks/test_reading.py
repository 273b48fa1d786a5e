"""What a rulebook file may say, and what its writer is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import translation

from guanxi.base.records.criteria import Field, Fields, Kind
from guanxi.core.rulebooks.catalogue import current_catalogue, shipped_catalogue
from guanxi.core.rulebooks.checking import Faulty, located, read_or_refuse
from guanxi.core.rulebooks.engine.catalogue import Catalogue, EvidenceNames, SubjectNames
from guanxi.core.rulebooks.engine.durations import Duration, Unit, read_duration, read_rung
from guanxi.core.rulebooks.engine.reader import read_rulebook
from guanxi.core.rulebooks.engine.rules import rule_from_json
from guanxi.core.rulebooks.engine.schema import schema_text
from guanxi.core.rulebooks.engine.yaml_text import LARGEST
from guanxi.core.rulebooks.packs import pack_keys, pack_text

SCHEMA = Path(__file__).parents[2] / "docs/reference/rulebook.schema.json"
TEXT = (Path(__file__).parent / "callbacks.yaml").read_text("utf-8")
NAMES = Catalogue(
    subjects={"file-form": SubjectNames(Fields([Field("purchased", Kind.YESNO)]), ("completed",))},
    roles=("service-doctor", "sales-manager"),
    team_roles=("doctor",),
    evidence={"activity": EvidenceNames(("call", "visit"), ("result", "note"))},
)


@pytest.mark.django_db
def test_every_pack_reads_without_a_problem():
    assert [read_rulebook(pack_text(key), current_catalogue())[1] for key in pack_keys()] == [[]] * len(pack_keys())


@pytest.mark.req("POL-02")
def test_a_rule_is_stored_and_read_back_unchanged():
    book, _problems = read_rulebook(TEXT, NAMES)
    for rule in book.rules:
        assert rule_from_json(json.loads(json.dumps(rule.to_json()))) == rule


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ("by: owner", "by: ownr", "unknown_person", 15, 9),
        ("by: owner", "by: {role: service-doctr}", "unknown_role", 15, 16),
        ("by: owner", "by: {team: doktor}", "unknown_role", 15, 16),
        ("by: owner", "by: unit head", "not_yet", 15, 9),
        ("purchased = yes", "purchasd = yes", "unknown_field", 14, 10),
        ("purchased = yes", "purchased = 3", "value_misfit", 14, 10),
        ("purchased = yes", "purchased yes", "criteria_operator", 14, 20),
        ("subject: file-form", "subject: fileform", "unknown_subject", 12, 14),
        ("when: completed", "when: complete", "unknown_source", 13, 11),
        ("3 days", "3 dys", "duration", 17, 15),
        ("due: 30 days", "due: 2 days", "steps_order", 17, 7),
        ("steps:", "stpes:", "unknown_key", 16, 5),
        ("topic: ", "topic: a\n    topic: ", "yaml_twice", 12, 5),
        ("with: [result, note]", "with: [result, nota]", "unknown_choice", 20, 56),
        ("evidence: {", "evidence: &x {", "yaml_anchor", 20, 15),
        ("evidence: {", "evidence: !x {", "yaml_tag", 20, 15),
        ("evidence: {activity", "evidence: {delivery", "not_yet", 20, 16),
        ("    by: owner", "\tby: owner", "yaml_tab", 15, 1),
        ("title: 会", "effective: 2026-02-30\ntitle: 会", "day", 3, 12),
        ("tell: superior", "propose: {deduct: 20}", "money", 23, 45),
        ("tell: superior", "remind: assignee, tell: superior", "rung_deed", 23, 9),
        ("due + 1 day", "due - 2 days", "ladder_order", 22, 7),
        ("due + 1 day", "due + 1 month", "rung_at", 23, 14),
        ("in_time: 100%", "in_time: all", "percent", 25, 23),
        ("id: buyer-callback", "id: Buyer Callback", "slug", 8, 9),
        ("id: non-buyer-callback", "id: buyer-callback", "id_twice", 28, 9),
        ("rulebook: h", "--- \n--- \nrulebook: h", "yaml_documents", 3, 1),
    ],
)
def test_a_mistake_is_told_with_its_place(old, new, code, line, column):
    book, problems = read_rulebook(TEXT.replace(old, new, 1), NAMES)
    assert book is None
    assert (code, line, column) in [(p.code, p.line, p.column) for p in problems]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "yaml_nothing"),
        ("- 1", "names_expected"),
        ("a: [", "yaml_syntax"),
        ("a: \x07", "yaml_character"),
        ("title: 制度".encode("gb18030"), "yaml_encoding"),
        ("[" * 5000, "yaml_deep"),
        ("#" * (LARGEST + 1), "yaml_large"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "yaml_anchor"),
        ("rulebook: x\ntitle: y\nrules: []", "list_empty"),
        ("rulebook: x\ntitle: {}\nrules: 3", "text_expected"),
    ],
)
def test_what_is_no_rulebook_is_refused(source, code):
    book, problems = read_rulebook(source, NAMES)
    assert book is None
    assert code in [p.code for p in problems]


def test_all_problems_are_told_at_once_in_the_order_of_the_text():
    _book, problems = read_rulebook(TEXT.replace("by: owner", "by: ownr").replace("3 days", "3 dys"), NAMES)
    assert [p.line for p in problems] == sorted(p.line for p in problems)
    assert len(problems) >= 4


def test_the_nearest_name_is_suggested():
    _book, problems = read_rulebook(TEXT.replace("ladder:", "lader:", 1), NAMES)
    assert 'Did you mean "ladder"?' in str(problems[0])


def test_a_clause_that_waits_may_name_what_does_not_exist_yet_but_not_misspell_its_keys():
    waiting = TEXT.replace("topic: r", "waits_for: proposals\n    topic: r", 1)
    book, problems = read_rulebook(waiting.replace("tell: superior", "restrict: [print]", 1), NAMES)
    assert problems == []
    assert book.rules[0].waits_for == "proposals"
    _book, problems = read_rulebook(waiting.replace("ladder:", "lader:", 1), NAMES)
    assert [p.code for p in problems] == ["unknown_key"]


@pytest.mark.django_db
def test_problems_are_said_in_the_readers_language():
    with pytest.raises(Faulty) as refused:
        read_or_refuse(TEXT.replace("steps:", "stpes:", 1))
    with translation.override("zh-hans"):
        assert located(refused.value.problems[-1]).startswith("第 16 行")


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("3 days", Duration(3)),
        ("1 day", Duration(1)),
        ("2 workdays", Duration(2, Unit.WORKDAY)),
        ("2个工作日", Duration(2, Unit.WORKDAY)),
        ("30日", Duration(30)),
        ("6 months", Duration(6, Unit.MONTH)),
        ("2周", Duration(2, Unit.WEEK)),
        ("soon", None),
        ("-3 days", None),
        ("99999 days", None),
    ],
)
def test_durations(text, duration):
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("due", Duration(0)),
        ("due - 1 day", Duration(-1)),
        ("due+3 days", Duration(3)),
        ("3 days", None),
        ("due * 2", None),
    ],
)
def test_rungs(text, duration):
    assert read_rung(text) == duration


def test_the_published_schema_is_current():
    assert SCHEMA.read_text("utf-8") == schema_text(shipped_catalogue())
