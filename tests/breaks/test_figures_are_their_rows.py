"""Whatever is done to duties, by the product or past it: figures equal the rows each reader sees."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff, Unit
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty
from guanxi.core.rulebooks.phases import measuring
from guanxi.core.rulebooks.queries.measures import Narrowing, measures
from guanxi.core.rulebooks.queries.months import Month
from guanxi.core.rulebooks.queries.units import units_below
from tests.rulebooks.conftest import approve, call, form_of, rulebook_21

__all__ = ["approve", "call", "form_of", "rulebook_21"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("CAR-30")]
READERS = ("gm", "manager", "supervisor", "rep", "doctor", "service", "hangzhou", "stranger")


@pytest.fixture
def worked(rulebook_21: Any, form_of: Any, call: Any, customer_of: Any) -> None:
    for login in ("rep", "colleague", "stranger"):
        for number in range(3):
            form = form_of(login, customer_of(login), purchased=number > 0)
            if number == 1:
                call(login, form.customer)
    clock.advance(days=16)
    run_rules()


def shaken(dice: random.Random, staff_ids: list[int], unit_ids: list[int]) -> None:
    """What no action would do: a state, a person, a unit, a deadline out of the blue."""
    ids = list(Duty.objects.filter(clause__isnull=False).order_by("id").values_list("id", flat=True))
    for one in dice.sample(ids, min(len(ids), 40)):
        row = Duty.objects.filter(id=one)
        match dice.randrange(6):
            case 0:
                row.update(assignee_id=dice.choice([None, *staff_ids]))
            case 1:
                row.update(unit_id=dice.choice([None, *unit_ids]))
            case 2:
                edge = clock.start_of(dice.choice([clock.today().replace(day=1), clock.today()]))
                row.update(due_at=edge + dice.choice([timedelta(0), timedelta(microseconds=1), timedelta(days=-1)]))
            case 3:
                row.update(is_caught_up=dice.random() < 0.5)
            case 4:
                row.update(is_forgiven=dice.random() < 0.5)
            case _:
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE rulebooks_duty SET is_forgiven = NOT is_forgiven WHERE id = %s", [one])


@pytest.mark.parametrize("seed", range(3))
def test_figures_equal_the_rows_of_every_reader_and_filter(
    seed: int, worked: None, actor: Callable[[str], Any]
) -> None:
    dice = random.Random(seed)
    staff_ids, unit_ids = (
        list(Staff.objects.values_list("id", flat=True)),
        list(Unit.objects.values_list("id", flat=True)),
    )
    shaken(dice, staff_ids, unit_ids)
    if seed:
        measuring.fold()
    assert measuring.differences() == 0
    for login in READERS:
        reader = actor(login)
        for month in (Month.current().before, Month.current(), Month.current().after):
            for narrowing in narrowings(dice, staff_ids, unit_ids):
                found = measures(reader, month=month, narrowing=narrowing, by_people=True)
                expect = counted(reader, month, narrowing)
                together = found.together()[-1]
                got = (together.raised, together.in_time, together.late, together.still_open, together.forgiven)
                assert got == expect, (login, month, narrowing)
                for parts in (found.by_staff, found.by_unit):
                    assert sum(one.raised for one in parts.values()) == together.raised
                    assert sum(one.late for one in parts.values()) == together.late


def narrowings(dice: random.Random, staff_ids: list[int], unit_ids: list[int]) -> list[Narrowing]:
    unit = dice.choice(unit_ids)
    return [
        Narrowing(),
        Narrowing(staff_id=0),
        Narrowing(staff_id=dice.choice(staff_ids)),
        Narrowing(unit_ids=units_below(unit)),
        Narrowing(unit_ids=units_below(unit), staff_id=0),
        Narrowing(unit_ids=[]),
        Narrowing(clause_ids=[]),
    ]


def counted(reader: Any, month: Month, narrowing: Narrowing) -> tuple[int, ...]:
    """The same, row by row, out of what the reader sees on the list."""
    start, end = month.bounds
    rows = Duty.objects.visible_to(reader).filter(clause__isnull=False, due_at__gt=start, due_at__lte=end)
    if narrowing.staff_id is not None:
        rows = rows.filter(assignee_id=narrowing.staff_id or None) if narrowing.staff_id else rows.filter(assignee=None)
    if narrowing.unit_ids is not None:
        rows = rows.filter(unit_id__in=list(narrowing.unit_ids))
    if narrowing.clause_ids is not None:
        rows = rows.filter(clause_id__in=list(narrowing.clause_ids))
    late = Q(state="done", settled_late=True) | Q(state="open", due_at__lte=clock.now())
    mine = list(rows.values_list("id", flat=True))
    assert len(mine) == len(set(mine))
    return (
        len(mine),
        rows.filter(state="done", is_caught_up=False, settled_late=False).count(),
        rows.filter(late, is_caught_up=False).count(),
        rows.filter(state="open", is_caught_up=False, due_at__gt=clock.now()).count(),
        rows.filter(is_forgiven=True).count(),
    )
