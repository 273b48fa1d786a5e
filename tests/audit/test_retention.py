"""What has served its time goes, never within half a year, and the chain says how much went."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import Error, connection
from django.test import override_settings

from guanxi.base.audit.models import Entry, Item, Seal
from guanxi.base.audit.retention import kept_days, let_go
from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.audit.verifying import Fault, verify
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Unit
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer

from .conftest import WHO, alter, say

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-03")]


@pytest.fixture
def long_history(db: None) -> list[int]:
    """An entry a month for two years, up to the real day: the database's guard asks its own clock."""
    alter("DELETE FROM audit_unsealed")
    alter("DELETE FROM audit_item")
    alter("DELETE FROM audit_entry")
    ids = []
    today = datetime.now(clock.ZONE)
    for month in range(24, -1, -1):
        with clock.standing_at(today - timedelta(days=30 * month)):
            ids.append(say(month).pk)
            seal_waiting()
    return ids


def test_a_year_is_kept_and_the_rest_goes_with_a_word_that_it_went(long_history: list[int]) -> None:
    with clock.standing_at(datetime.now(clock.ZONE)):
        assert let_go(actor=WHO) == 12
        seal_waiting()
        assert (
            list(Entry.objects.filter(id__in=long_history).order_by("id").values_list("id", flat=True))
            == (long_history[12:])
        )
        assert not Item.objects.filter(entry_id__in=long_history[:12]).exists()
        tombstone = Seal.objects.get(let_go_to__isnull=False)
        assert (tombstone.let_go_to, tombstone.let_go_count) == (12, 12)
        assert Entry.objects.get(name="audit:trail:let_go").changes == {"count": 12, "days": 365}
        assert verify().faults == []
        assert let_go(actor=WHO) == 0


def test_more_taken_than_retention_took_is_told(long_history: list[int]) -> None:
    with clock.standing_at(datetime.now(clock.ZONE)):
        let_go(actor=WHO)
        alter("DELETE FROM audit_item WHERE entry_id = %s", long_history[12])
        alter("DELETE FROM audit_entry WHERE id = %s", long_history[12])
        alter("DELETE FROM audit_seal WHERE number = 13")
        assert Fault("gap", seal=14) in verify().faults


@override_settings(AUDIT_KEPT_DAYS=1)
def test_less_than_half_a_year_is_never_kept(long_history: list[int]) -> None:
    assert kept_days() == 180
    with clock.standing_at(datetime.now(clock.ZONE)):
        assert let_go(actor=WHO) == 18


def test_a_clock_set_forward_lets_nothing_go(long_history: list[int]) -> None:
    """Our own clock may be wrong; the database lets nothing younger than half a year go."""
    with clock.standing_at(datetime.now(clock.ZONE) + timedelta(days=3000)):
        say(99)
        seal_waiting()
        with pytest.raises(Error):
            let_go(actor=WHO)


def test_a_shorter_setting_is_refused_at_the_start() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env=os.environ | {"AUDIT_KEPT_DAYS": "179"},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "AUDIT_KEPT_DAYS is 179; it must be at least 180." in done.stderr


def test_a_command_whose_word_cannot_be_written_fails_whole(actor: Callable[[str], Actor]) -> None:
    rep = actor("rep")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT full_disk CHECK (kind <> 'customer') NOT VALID")
    with pytest.raises(Error):
        create_customer({"kind": "person", "name": "崔强", "phone": "13800009999"}, actor=rep)
    assert not Customer.objects.filter(name="崔强").exists()
    assert Unit.objects.exists()
