"""Random criteria over a small record type with children, and records to try them on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from guanxi.base.kernel import clock
from guanxi.base.records.criteria import (
    EVERYTHING,
    Aggregate,
    All,
    Any,
    Field,
    Fields,
    Kind,
    Mine,
    Not,
    Operator,
    Reader,
    Reference,
    Related,
    Relation,
    Relative,
    Test,
    Unit,
)
from guanxi.base.records.criteria.checks import EQUALITY, OPERATORS, ORDERING

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=clock.ZONE)
READER = Reader({"me": (1,), "my people": (1, 2), "my unit": (7,), "my units": (7, 8)})
GRADES = ("A", "B", "C")
PLAIN = [
    Field("name", Kind.TEXT),
    Field("grade", Kind.CHOICE, choices=GRADES),
    Field("amount", Kind.NUMBER),
    Field("bought", Kind.YESNO, column="purchased"),
    Field("born", Kind.DATE),
    Field("seen", Kind.MOMENT),
    Field("owner", Kind.REFERENCE, column="owner_id", references="staff"),
]
OWN = [
    Field("f1", Kind.TEXT, is_own=True),
    Field("f2", Kind.CHOICE, choices=GRADES, is_own=True),
    Field("f3", Kind.NUMBER, is_own=True),
    Field("f4", Kind.YESNO, is_own=True),
    Field("f5", Kind.DATE, is_own=True),
]
CHILD = Relation("visit", "", "visits", "record_id", Fields(PLAIN), kept="{r}.removed_at IS NULL")
FIELDS = Fields([*PLAIN, *OWN], [CHILD])

DAYS = st.dates(date(2026, 10, 1), date(2026, 12, 31))
UNITS = st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH])
SHIFTS = st.builds(Relative, st.just("today"), st.integers(-40, 40), UNITS)
WINDOWS = st.builds(Relative, st.just("now"), st.integers(-40, 40), UNITS)
MOMENTS = st.integers(-60 * 24 * 40, 60 * 24 * 40).map(lambda minutes: NOW + timedelta(minutes=minutes))
TEXTS = st.text("aAbB%_\\'\" 王", min_size=1, max_size=3) | st.sampled_from(["me", "my", "my unit", "within", "#1"])
VALUES = {
    Kind.TEXT: TEXTS,
    Kind.CHOICE: st.sampled_from(GRADES),
    Kind.NUMBER: st.integers(-3, 3).map(Decimal),
    Kind.YESNO: st.booleans(),
    Kind.DATE: DAYS | SHIFTS,
    Kind.MOMENT: DAYS | SHIFTS | st.builds(Relative, st.just("now"), st.integers(-90, 90), st.sampled_from(list(Unit))),
    Kind.REFERENCE: st.builds(Reference, st.integers(1, 3)) | st.sampled_from([Mine("me"), Mine("my people")]),
}


@st.composite
def compared(draw, field, operators=None):
    """An operator that fits the field, and a value."""
    known = operators or OPERATORS[field.kind] | {Operator.EMPTY, Operator.NOT_EMPTY}
    operator = draw(st.sampled_from(sorted(known)))
    if operator in {Operator.EMPTY, Operator.NOT_EMPTY}:
        return operator, None
    if operator in {Operator.IN, Operator.NOT_IN}:
        return operator, tuple(draw(st.lists(VALUES[field.kind], min_size=1, max_size=3)))
    value = draw(WINDOWS if operator is Operator.WITHIN else VALUES[field.kind])
    if isinstance(value, Relative) and not value.amount and operator is not Operator.WITHIN:
        value = Relative(value.base)
    return operator, value


@st.composite
def tests(draw, fields):
    field = draw(st.sampled_from(fields))
    return Test(field.key, *draw(compared(field)))


@st.composite
def related(draw):
    what = draw(st.sampled_from(list(Aggregate)))
    where = draw(st.just(EVERYTHING) | joined(tests(tuple(PLAIN)), max_leaves=3))
    if what is Aggregate.EXISTS:
        return Related(what, "visit", where=where)
    if what is Aggregate.COUNT:
        count = draw(st.integers(0, 3).map(Decimal))
        return Related(what, "visit", "", where, draw(st.sampled_from(sorted(ORDERING | EQUALITY))), count)
    key = "amount" if what is Aggregate.SUM else draw(st.sampled_from(["born", "seen"]))
    operators = ORDERING | EQUALITY if what is Aggregate.SUM else None
    return Related(what, "visit", key, where, *draw(compared(CHILD.fields[key], operators)))


def joined(leaves, max_leaves=6):
    def more(children):
        several = st.lists(children, min_size=2, max_size=3).map(tuple)
        return several.map(All) | several.map(Any) | children.map(Not)

    return st.recursive(leaves, more, max_leaves=max_leaves)


def trees():
    return joined(tests(tuple(FIELDS)) | related())


COMMON = {
    "name": st.none() | st.just("") | TEXTS,
    "grade": st.sampled_from([None, "", "A", "B", "C"]),
    "amount": st.none() | st.integers(-3, 3).map(Decimal),
    "bought": st.none() | st.booleans(),
    "born": st.none() | DAYS,
    "seen": st.none() | MOMENTS | DAYS.map(clock.start_of),
    "owner": st.none() | st.integers(1, 3),
}
CHILDREN = st.lists(st.fixed_dictionaries(COMMON), max_size=3)
RECORDS = st.fixed_dictionaries(
    COMMON
    | {
        "f1": st.none() | st.just("") | TEXTS,
        "f2": st.sampled_from([None, "", "A", "B", "C"]),
        "f3": st.none() | st.integers(-3, 3).map(Decimal),
        "f4": st.none() | st.booleans(),
        "f5": st.none() | DAYS,
        "visit": CHILDREN,
    }
)
