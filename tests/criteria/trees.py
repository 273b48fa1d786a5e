"""Random criteria over a small record type, and records to try them on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from guanxi.base.kernel import clock
from guanxi.base.records.criteria import All, Any, Field, Fields, Kind, Not, Operator, Relative, Test, Unit
from guanxi.base.records.criteria.checks import OPERATORS

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=clock.ZONE)
FIELDS = Fields(
    [
        Field("name", Kind.TEXT),
        Field("grade", Kind.CHOICE, choices=("A", "B", "C")),
        Field("amount", Kind.NUMBER),
        Field("bought", Kind.YESNO, column="purchased"),
        Field("born", Kind.DATE),
        Field("seen", Kind.MOMENT),
    ]
)
DAYS = st.dates(date(2026, 10, 1), date(2026, 12, 31))
SHIFTS = st.builds(
    Relative,
    st.just("today"),
    st.integers(-40, 40),
    st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH]),
)
MOMENTS = st.integers(-60 * 24 * 40, 60 * 24 * 40).map(lambda minutes: NOW + timedelta(minutes=minutes))
TEXTS = st.text("aAbB%_\\'\" 王", min_size=1, max_size=3)
VALUES = {
    Kind.TEXT: TEXTS,
    Kind.CHOICE: st.sampled_from(["A", "B", "C"]),
    Kind.NUMBER: st.integers(-3, 3).map(Decimal),
    Kind.YESNO: st.booleans(),
    Kind.DATE: DAYS | SHIFTS,
    Kind.MOMENT: DAYS | SHIFTS | st.builds(Relative, st.just("now"), st.integers(-90, 90), st.sampled_from(list(Unit))),
}


@st.composite
def tests(draw):
    field = draw(st.sampled_from(list(FIELDS)))
    operator = draw(st.sampled_from(sorted(OPERATORS[field.kind] | {Operator.EMPTY, Operator.NOT_EMPTY})))
    if operator in {Operator.EMPTY, Operator.NOT_EMPTY}:
        return Test(field.key, operator)
    if operator in {Operator.IN, Operator.NOT_IN}:
        return Test(field.key, operator, tuple(draw(st.lists(VALUES[field.kind], min_size=1, max_size=3))))
    value = draw(VALUES[field.kind])
    if isinstance(value, Relative) and not value.amount:
        value = Relative(value.base)
    return Test(field.key, operator, value)


def trees():
    def joined(children):
        several = st.lists(children, min_size=2, max_size=3).map(tuple)
        return several.map(All) | several.map(Any) | children.map(Not)

    return st.recursive(tests(), joined, max_leaves=6)


RECORDS = st.fixed_dictionaries(
    {
        "name": st.none() | st.just("") | TEXTS,
        "grade": st.sampled_from([None, "", "A", "B", "C"]),
        "amount": st.none() | st.integers(-3, 3).map(Decimal),
        "bought": st.none() | st.booleans(),
        "born": st.none() | DAYS,
        "seen": st.none() | MOMENTS | DAYS.map(clock.start_of),
    }
)
