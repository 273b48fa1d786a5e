"""Counting days: the last one is included and ends at 24:00."""

from datetime import date, datetime

import pytest

from guanxi.base.kernel import clock

from .conftest import duties_of

pytestmark = pytest.mark.django_db
TEXT = """
rulebook: days
title: 期限
rules:
  - id: one
    article: 期限
    topic: days
    subject: file-form
    when: completed
    by: owner
    steps: [{due: %s, purpose: 看期限}]
    evidence: {activity: [call]}
"""


@pytest.mark.req("CAR-01")
@pytest.mark.parametrize(
    ("due", "completed", "last_day"),
    [
        ("3 days", date(2026, 11, 16), date(2026, 11, 19)),
        ("1 day", date(2024, 2, 28), date(2024, 2, 29)),
        ("3 days", date(2024, 2, 29), date(2024, 3, 3)),
        ("60 days", date(2025, 12, 31), date(2026, 3, 1)),
        ("2 weeks", date(2026, 11, 2), date(2026, 11, 16)),
        ("1 month", date(2026, 1, 31), date(2026, 2, 28)),
        ("12 months", date(2024, 2, 29), date(2025, 2, 28)),
        ("2 workdays", date(2026, 11, 13), date(2026, 11, 17)),
        ("1 workday", date(2026, 11, 14), date(2026, 11, 16)),
        # National Day: from Wednesday, 30 September, the next working day is 8 October.
        ("1 workday", date(2026, 9, 30), date(2026, 10, 8)),
        # Before the calendar begins five of seven days are taken to be working days.
        ("5 workdays", date(2024, 1, 1), date(2024, 1, 8)),
    ],
)
def test_the_last_day(approve, customer_of, form_of, due, completed, last_day):
    approve(TEXT % due, anchors_from=date(2020, 1, 1))
    (duty,) = duties_of(form_of("rep", customer_of("rep"), completed_on=completed))
    assert duty.due_on == last_day
    assert duty.due_at == clock.end_of(last_day)
    assert duty.opens_at == clock.start_of(completed)


def test_a_form_of_today_is_due_tonight_when_the_time_is_no_days_at_all(approve, customer_of, form_of):
    approve(TEXT % "0 days")
    (duty,) = duties_of(form_of("rep", customer_of("rep")))
    assert duty.due_at == datetime(2026, 11, 17, 0, 0, tzinfo=clock.ZONE)
    assert duty.is_caught_up is False
