from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanxi.base.records.criteria import (
    EVERYTHING,
    All,
    Any,
    CriteriaError,
    Not,
    Operator,
    Relative,
    Unit,
    parse,
    show,
)
from guanxi.base.records.criteria import (
    Test as Condition,
)

from .trees import trees


def test_and_binds_closer_than_or():
    a, b, c = (Condition(name, Operator.EQ, True) for name in "abc")
    assert parse("a = yes or b = yes and c = yes") == Any((a, All((b, c))))
    assert parse("(a = yes or b = yes) and not c = yes") == All((Any((a, b)), Not(c)))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("grade in (A, B)", Condition("grade", Operator.IN, ("A", "B"))),
        ("grade not in (A，B)", Condition("grade", Operator.NOT_IN, ("A", "B"))),
        ("amount >= 12800.50", Condition("amount", Operator.GE, Decimal("12800.50"))),
        ("last <= now - 30 days", Condition("last", Operator.LE, Relative("now", -30, Unit.DAY))),
        ("last <= now -1 month", Condition("last", Operator.LE, Relative("now", -1, Unit.MONTH))),
        ("next < today + 2 weeks", Condition("next", Operator.LT, Relative("today", 2, Unit.WEEK))),
        ("born = 1955-3-10", Condition("born", Operator.EQ, date(1955, 3, 10))),
        ('name contains "王 \\"小\\""', Condition("name", Operator.CONTAINS, '王 "小"')),
        ("owner is not empty", Condition("owner", Operator.NOT_EMPTY)),
        ("product = 蛋白粉", Condition("product", Operator.EQ, "蛋白粉")),
    ],
)
def test_it_reads(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("purchased ==", "criteria_value", 12),
        ("purchased yes", "criteria_operator", 11),
        ("a = 1 b = 2", "criteria_joining", 7),
        ("(a = 1", "criteria_parenthesis", 7),
        ("a in A", "criteria_list", 6),
        ("a = 2026-02-30", "criteria_day", 5),
        ("a < now - soon", "criteria_amount", 11),
        ("a < now - 3 moons", "criteria_unit", 13),
        ("and = 1", "criteria_field", 1),
        ("a = 1; drop table", "criteria_character", 6),
        ("not " * 40 + "a = 1", "criteria_deep", 81),
        ("a = 1 or " * 600 + "b = 1", "criteria_long", 1),
    ],
)
def test_it_says_where_a_text_goes_wrong(text, code, column):
    with pytest.raises(CriteriaError) as refused:
        parse(text)
    assert (refused.value.problem.code, refused.value.problem.column) == (code, column)


@given(trees())
def test_what_is_shown_is_read_again(tree):
    assert parse(show(tree)) == tree


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(CriteriaError):
        parse(text)
