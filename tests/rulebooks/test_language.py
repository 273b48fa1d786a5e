"""Proposals, people of the subject, evidence of other rooms, clauses that forbid, and values the company fills in."""

from __future__ import annotations

import json

import pytest

from guanxi.base.records.criteria import Field, Fields, Kind
from guanxi.core.rulebooks.engine.catalogue import Catalogue, EvidenceNames, SubjectNames
from guanxi.core.rulebooks.engine.durations import Duration, Unit
from guanxi.core.rulebooks.engine.reader import read_rulebook
from guanxi.core.rulebooks.engine.rules import Amount, Forbidden, Proposed, Rung, Who, rule_from_json

pytestmark = pytest.mark.req("POL-02")
NAMES = Catalogue(
    subjects={
        "incident": SubjectNames(
            Fields([Field("penalty", Kind.NUMBER), Field("place", Kind.TEXT)]), ("reported",), ("concerned", "reporter")
        ),
        "file-form": SubjectNames(Fields([Field("amount", Kind.NUMBER)]), ("completed",), (), ("print", "copy")),
    },
    roles=("general-manager", "sales-manager"),
    team_roles=("doctor",),
    evidence={
        "activity": EvidenceNames(("call", "visit"), ("result", "note")),
        "incident": EvidenceNames(("replaced", "closed"), ("record",), "state", ("incident",)),
        "other": EvidenceNames(("found",), (), "state", ("incident",)),
        "form": EvidenceNames(("handed-over",), (), "form", ("file-form",)),
    },
    works_here=lambda number: number == "0012",
)
TEXT = """rulebook: losses
title: 档案遗失处理办法
parameters:
  replacement: 2 workdays   # as the company sees fit
  least: 50 CNY
  most: ￥500
rules:
  - id: replaced
    article: 第一条 遗失的档案立即补齐
    topic: loss
    subject: incident
    when: reported
    by: concerned
    steps:
      - {due: replacement, purpose: 补齐}
    evidence: {state: [replaced], with: [record], by: anyone}
    ladder:
      - {at: raised, propose: {deduct: {field: penalty, least: least, most: most}, from: concerned, confirmed_by: {role: general-manager}, within: 3 days}}
      - {at: due, remind: assignee}
      - {at: due + 1 day, tell: {named: "0012"}}
      - {at: due + 2 days, propose: {score: 5}}
  - id: no-copies
    article: 第二条 档案不得复印
    topic: copies
    subject: file-form
    forbids: [print, copy]
    unless: {permit: {role: general-manager}}
  - id: minutes
    article: 第三条 每月开会
    topic: meeting
    waits_for: meetings
    subject: meeting
    when: month
    by: chair
    steps: [{due: same day, purpose: 开会}]
    evidence: {file: [minutes]}
"""  # noqa: E501 (one rung, as people write it)


def swapped(old: str, new: str):
    assert old in TEXT
    return read_rulebook(TEXT.replace(old, new, 1), NAMES)


def test_the_whole_language_is_read():
    book, problems = read_rulebook(TEXT, NAMES)
    assert problems == []
    replaced, forbidden, waiting = book.rules
    assert replaced.by == Who("person", "concerned")
    assert replaced.steps[0].due == Duration(2, Unit.WORKDAY)
    assert (replaced.evidence.provider, replaced.evidence.kinds, replaced.evidence.by) == (
        "state",
        ("replaced",),
        "anyone",
    )
    penalty = Proposed(
        "deduct",
        Amount(field="penalty", least="50.00", most="500.00"),
        Who("person", "concerned"),
        Who("role", "general-manager"),
        Duration(3),
    )
    assert replaced.ladder == (
        Rung(Duration(0), "propose", Who("assignee"), penalty, from_raised=True),
        Rung(Duration(0), "remind", Who("assignee")),
        Rung(Duration(1), "tell", Who("named", "0012")),
        Rung(Duration(2), "propose", Who("assignee"), Proposed("score", Amount("5.00"))),
    )
    assert forbidden.forbids == Forbidden(("print", "copy"), "general-manager")
    assert waiting.waits_for == "meetings"
    assert book.uses == {"replacement": ("replaced",), "least": ("replaced",), "most": ("replaced",)}


def test_every_form_of_a_clause_is_stored_and_read_back_unchanged():
    for rule in read_rulebook(TEXT, NAMES)[0].rules:
        assert rule_from_json(json.loads(json.dumps(rule.to_json()))) == rule


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ("by: concerned", "by: concernd", "unknown_person", 13, 9),
        ('{named: "0012"}', '{named: "0013"}', "unknown_staff", 20, 41),
        ("confirmed_by: {role: general-manager}", "confirmed_by: {role: general-manger}", "unknown_role", 18, 122),
        ("confirmed_by: {role: general-manager}", "confirmed_by: concerned", "proposal_by_oneself", 18, 115),
        ("state: [replaced]", "state: [replacd]", "unknown_choice", 16, 24),
        ("state: [replaced]", "state: [replaced, found]", "evidence_apart", 16, 23),
        ("state: [replaced], with: [record]", "state: [found], with: [record]", "evidence_with", 16, 38),
        ("state: [replaced]", "state: [replaced], activity: [call]", "evidence_word", 16, 15),
        ("state: [replaced], with: [record]", "form: [handed-over]", "unknown_choice", 16, 23),
        ("least: 50 CNY", "least: fifty", "money", 5, 10),
        ("least: 50 CNY", "least: 600 CNY", "amount_order", 18, 77),
        ("least: 50 CNY", "unheard: 50 CNY\n  least: 50 CNY", "unused_parameter", 5, 3),
        ("due: replacement", "due: replacment", "unknown_parameter", 15, 15),
        ("replacement: 2 workdays", "replacement: soon", "duration", 4, 16),
        ("replacement: 2 workdays", "3 days: soon\n  replacement: 2 workdays", "parameter_name", 4, 3),
        ("field: penalty", "field: penalties", "unknown_amount", 18, 48),
        ("field: penalty", "field: place", "unknown_amount", 18, 48),
        ("{score: 5}", "{score: many}", "points", 21, 45),
        ("{score: 5}", "{score: 5, notice: yes}", "proposal_kind", 21, 37),
        ("{score: 5}", "{confirmed_by: superior}", "proposal_kind", 21, 37),
        ("{at: due, remind: assignee}", "{at: due + 3 days, remind: assignee}", "ladder_order", 18, 7),
        ("{at: due, remind: assignee}", "{at: raised, remind: assignee}\n      - {at: due - 1 day, remind: assignee}\n"
         "      - {at: raised, remind: assignee}", "ladder_order", 18, 7),
        ("forbids: [print, copy]", "forbids: [prnt, copy]", "unknown_choice", 26, 15),
        ("forbids: [print, copy]", "forbids: []", "list_empty", 26, 14),
        ("forbids: [print, copy]", "forbids: [print]\n    by: owner", "forbids_no_duty", 27, 5),
        ("permit: {role: general-manager}", "permit: {role: general-manger}", "unknown_role", 27, 29),
        ("permit: {role: general-manager}", "permit: {team: doctor}", "permit_role", 27, 13),
        ("    by: concerned", "    by: concerned\n    unless: {permit: {role: chief}}", "unless_forbids", 14, 5),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(old, new, code, line, column):
    book, problems = swapped(old, new)
    assert book is None
    assert (code, line, column) in [(p.code, p.line, p.column) for p in problems]


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("by: concerned", "by: concernd", "concerned"),
        ("state: [replaced]", "state: [replacd]", "replaced"),
        ("due: replacement", "due: replacment", "replacement"),
        ("forbids: [print, copy]", "forbids: [prnt]", "print"),
        ("field: penalty", "field: penalties", "penalty"),
    ],
)
def test_the_nearest_name_is_suggested(old, new, meant):
    _book, problems = swapped(old, new)
    assert f'Did you mean "{meant}"?' in " ".join(str(p) for p in problems)


def test_a_parameter_left_empty_is_named_with_the_clause_that_lacks_it():
    book, problems = swapped("replacement: 2 workdays", "replacement:")
    assert problems == []
    assert book.empty_parameters == ["replacement"]
    assert [book.lacking(rule) for rule in book.rules] == [["replacement"], [], []]


def test_a_parameter_with_a_bad_value_is_told_once_where_it_stands():
    text = TEXT.replace(
        "{due: replacement, purpose: 补齐}", "{due: replacement, purpose: a}\n      - {due: replacement, purpose: b}"
    )
    _book, problems = read_rulebook(text.replace("2 workdays", "soon"), NAMES)
    assert [(p.code, p.line) for p in problems if p.code == "duration"] == [("duration", 4)]


def test_parameters_stand_in_criteria_rungs_and_roles_too():
    text = (
        TEXT.replace("least: 50 CNY", "least: 50 CNY\n  much: 300\n  grace: 2 days\n  chief: general-manager")
        .replace("by: concerned", "who: penalty > much\n    by: {role: chief}")
        .replace("due + 1 day", "due + grace")
    )
    book, problems = read_rulebook(text, NAMES)
    assert problems == []
    rule = book.rules[0]
    assert (rule.who, rule.by, rule.ladder[2].at) == ("penalty > 300", Who("role", "general-manager"), Duration(2))


@pytest.mark.parametrize("who", ["penalty > much", "penalty in (much, 100)", "not penalty = much"])
def test_a_value_of_the_criteria_may_still_be_empty_in_a_draft(who):
    text = TEXT.replace("least: 50 CNY", "least: 50 CNY\n  much:").replace(
        "by: concerned", f"who: {who}\n    by: concerned"
    )
    book, problems = read_rulebook(text, NAMES)
    assert problems == []
    assert "much" in book.lacking(book.rules[0])
    assert [p.code for p in read_rulebook(text.replace("much:", "much: viel"), NAMES)[1]] == ["value_misfit"]
    assert [p.code for p in read_rulebook(text.replace("who: ", "who: penalti = 1 and "), NAMES)[1]] == [
        "unknown_field"
    ]


def test_a_waiting_clause_may_use_parameters_and_names_of_rooms_to_come():
    text = TEXT.replace("due: same day", "due: meeting_day").replace("parameters:", "parameters:\n  meeting_day: 1 day")
    assert read_rulebook(text, NAMES)[1] == []


@pytest.mark.parametrize("text", ["0 days", "same day", "当天", "0 weeks"])
def test_the_same_day_is_a_time(text):
    assert swapped("due: replacement", f"due: {text}")[1][0].code == "unused_parameter"
    book, _ = read_rulebook(TEXT.replace("replacement: 2 workdays", f"replacement: {text}"), NAMES)
    assert book.rules[0].steps[0].due == Duration(0)


def test_no_working_days_at_all_are_no_time():
    assert [p.code for p in swapped("2 workdays", "0 workdays")[1]] == ["duration"]


@pytest.mark.req("DOC-12")
def test_the_title_page_says_who_answers_for_the_text():
    book, problems = read_rulebook(
        TEXT.replace(
            "parameters:", "particulars: {drafter: 王芳, in_charge: 客服部, references: [员工手册]}\nparameters:"
        ),
        NAMES,
    )
    assert problems == []
    assert book.particulars == {"drafter": "王芳", "in_charge": "客服部", "references": ("员工手册",)}
    _book, problems = read_rulebook(TEXT.replace("parameters:", "particulars: {drafted: 王芳}\nparameters:"), NAMES)
    assert [p.code for p in problems] == ["unknown_key"]
