"""A manager fills in the values of a rulebook in a form; the text keeps its comments and its order."""

from __future__ import annotations

import pytest

from guanxi.core.rulebooks.engine.filling import filled, given_parameters

pytestmark = pytest.mark.req("POL-02")
TEXT = """rulebook: x
# what the company decides
parameters:
  allocation: 2 days          # 21.3 names no time
  sealing:                    # to be filled in
  "passing on": '1 day'
  least:
title: 制度
rules: []
"""


def test_the_form_shows_names_values_and_the_remarks_beside_them():
    assert [(g.name, g.value, g.line, g.remark) for g in given_parameters(TEXT)] == [
        ("allocation", "2 days", 4, "21.3 names no time"),
        ("sealing", "", 5, "to be filled in"),
        ("passing on", "1 day", 6, ""),
        ("least", "", 7, ""),
    ]


def test_values_are_replaced_in_their_line_and_nothing_else_moves():
    text = filled(TEXT, {"allocation": "3 workdays", "sealing": "1 day", "least": "￥50", "unheard": "1"})
    assert text == TEXT.replace("2 days  ", "3 workdays  ").replace("sealing:", "sealing: 1 day").replace(
        "least:", "least: ￥50"
    )
    assert [g.value for g in given_parameters(text)] == ["3 workdays", "1 day", "1 day", "￥50"]


def test_a_value_can_be_taken_out_again():
    emptied = filled(TEXT, {"allocation": "", "passing on": ""})
    assert [g.value for g in given_parameters(emptied)] == ["", "", "", ""]


@pytest.mark.parametrize(
    "value", ["a: b", "x # y", '"', "'", "{a", "[b", "- c", "& d", "null", "a\nrules: []", "！", "|", "%x", "@"]
)
def test_whatever_is_typed_stays_one_value_of_one_line(value):
    text = filled(TEXT, {"allocation": value})
    assert given_parameters(text)[0].value == " ".join(value.split())
    assert text.count("\n") == TEXT.count("\n")


@pytest.mark.parametrize("flow", ["parameters: {a: , b: 2 days}", "parameters: {a: '', b: 2 days}"])
def test_values_in_one_line_are_filled_in_too(flow):
    text = filled(f"{flow}\nrules: []\n", {"a": "1 day", "b": "3 days"})
    assert [g.value for g in given_parameters(text)] == ["1 day", "3 days"]


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "parameters: 3", "parameters:", "parameters: {a: {b: 1}}", "\x00"])
def test_a_text_without_parameters_has_nothing_to_fill_in(text):
    assert given_parameters(text) == []
    assert filled(text, {"a": "1"}) == text
