"""A machine that was off at midnight runs the rules of the day when its worker starts, and only then."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.jobs import make_up_for_the_night, run_rules
from guanxi.core.rulebooks.models import Version

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAR-01")]


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name="rulebooks:nightly", status="todo").count()


def test_a_missed_night_is_made_up_for_once() -> None:
    assert make_up_for_the_night()
    assert not make_up_for_the_night()
    assert waiting() == 1


def test_a_day_that_ran_is_left_alone(rulebook_21: Version) -> None:
    run_rules()
    assert not make_up_for_the_night()
    clock.advance(days=1)
    assert make_up_for_the_night()
