"""The late list of a day is kept as the night found it (POL-03), and figures gone wrong are built anew."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.jobs import measure, nightly
from guanxi.core.rulebooks.models import DayEnd, Tally
from guanxi.core.rulebooks.phases import measuring
from tests.rulebooks.conftest import at, move_to

pytestmark = pytest.mark.req("POL-03")
LAST_DAY = date(2026, 11, 20)


@pytest.fixture
def late_one(rulebook_21: Any, form_of: Any, customer_of: Any) -> Any:
    """Due by the end of 19 November, not done."""
    form = form_of("rep", customer_of("rep"))
    move_to(at(11, 21, 0, 5))
    nightly(0)
    return form


def test_a_day_keeps_what_was_late_although_it_is_done_later(late_one: Any, call: Any, browse: Any) -> None:
    call("rep", late_one.customer)
    clock.advance(days=1)
    nightly(0)
    (kept,) = DayEnd.objects.filter(day=LAST_DAY, clause__key="buyer-callback")
    assert (kept.late, len(kept.duty_ids)) == (1, 1)
    assert not DayEnd.objects.filter(day=LAST_DAY + timedelta(days=1), clause__key="buyer-callback").exists()
    html = browse("manager").get(f"/compliance/days?day={LAST_DAY}").content.decode()
    address = f"/duties?late_on={LAST_DAY}&clause={kept.clause_id}"
    assert address in html
    rows = browse("manager").get(address).content.decode()
    assert f'id="duty-{kept.duty_ids[0]}"' in rows


def test_the_list_is_taken_once(late_one: Any) -> None:
    before = list(DayEnd.objects.values_list("id", "taken_at"))
    clock.advance(hours=3)
    nightly(0)
    assert list(DayEnd.objects.values_list("id", "taken_at")) == before


def test_others_see_nothing_of_it(late_one: Any, browse: Any) -> None:
    for login in ("hangzhou", "colleague"):
        assert "late_on=" not in browse(login).get(f"/compliance/days?day={LAST_DAY}").content.decode()


def test_wrong_figures_are_said_and_built_anew_at_night(late_one: Any, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rulebooks_tally SET raised = raised + 1")
    with caplog.at_level(logging.ERROR):
        nightly(0)
    assert "built anew" in caplog.text
    assert measuring.differences() == 0


def test_every_ten_minutes_differences_are_folded(late_one: Any, form_of: Any, customer_of: Any) -> None:
    form_of("rep", customer_of("rep"))
    assert Tally.objects.filter(is_fresh=True).exists()
    measure(0)
    assert not Tally.objects.filter(is_fresh=True).exists()


def test_a_day_without_a_list_is_not_called_clean(late_one: Any, browse: Any) -> None:
    """The night found something on the last day; no night looked at the year before."""
    html = browse("manager").get("/compliance/days?day=2025-11-20").content.decode()
    assert "没有这一天的逾期清单" in html
    assert "没有这一天的逾期清单" not in browse("manager").get(f"/compliance/days?day={LAST_DAY}").content.decode()
