"""Web, worker, PostgreSQL and all of them are killed while people work: nothing is lost, and nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from functools import partial
from statistics import median

import pytest

from tests.installation import ROOT, Installation, until

from .driver import Driver, Ledger, drivers_of
from .killing import BARS, JOB_BAR, SHARES, Figures, slack, strike, victims_of, whole
from .work import WORK

# Printed with every failure; GUANXI_CRASH_SEED repeats the same people, commands and kills.
SEED = int(os.environ.get("GUANXI_CRASH_SEED", "20261116"))
DRIVERS = 4


@pytest.mark.slow
@pytest.mark.req("DAT-01")
def test_nothing_acknowledged_is_lost_and_nothing_doubled(place: Installation) -> None:
    carry_out(place, kills=30, commands=1000, seed=SEED)


@pytest.mark.soak
def test_nothing_is_lost_or_doubled_in_two_hundred_kills(place: Installation) -> None:
    carry_out(place, kills=200, commands=7000, seed=SEED + 1)


def carry_out(place: Installation, *, kills: int, commands: int, seed: int) -> None:
    ledger = Ledger(place.data / "ledger")
    drivers = drivers_of(place, ledger, seed=seed % 1000, count=DRIVERS)
    threads = [threading.Thread(target=driver.run) for driver in drivers]
    for thread in threads:
        thread.start()
    figures = kill_while_working(place, drivers, kills=kills, commands=commands, seed=seed)
    until(lambda: answered(drivers) >= commands, seconds=300)
    for driver in drivers:
        driver.stopping.set()
    for thread in threads:
        thread.join(180)
    assert [driver.failure for driver in drivers] == [None] * len(drivers), f"seed {seed}"
    until(lambda: not unfinished(place), seconds=240)
    sent, errors = sum(d.sent for d in drivers), sum(d.errors for d in drivers)
    sys.stdout.write(f"seed {seed}: {ledger.total} commands acknowledged, {sent} requests, {errors} unanswered\n")
    sys.stdout.write(f"{dict(ledger.acknowledged)}\n{figures.said()}\n")
    check(place, ledger, figures, kills=kills, commands=commands)
    # Unanswered requests prove that the kills hit people at work; without any, the test would prove nothing.
    assert errors > kills


def kill_while_working(place: Installation, drivers: list[Driver], *, kills: int, commands: int, seed: int) -> Figures:
    """After each kill the work must go on before the next one comes."""
    figures, choose = Figures(), random.Random(seed)
    for victim in victims_of(seed, kills):
        before = answered(drivers)
        strike(place, victim, choose, answered=lambda: answered(drivers), figures=figures)
        until(partial(has_answered, drivers, before + commands // kills), seconds=240)
    until(lambda: whole(place), seconds=180)
    return figures


def has_answered(drivers: list[Driver], wanted: int) -> bool:
    return answered(drivers) >= wanted


def answered(drivers: list[Driver]) -> int:
    for driver in drivers:
        if driver.failure:
            raise driver.failure
    return drivers[0].ledger.total


def unfinished(place: Installation) -> int:
    """Exports, imports and steps for many that are still under way."""
    runs = ("records_exportrun", "records_importrun", "records_bulkrun")
    parts = [f"(SELECT count(*) FROM {name} WHERE state IN ('queued', 'running'))" for name in runs]
    return int(place.row(f"SELECT {' + '.join(parts)}")[0])


def check(place: Installation, ledger: Ledger, figures: Figures, *, kills: int, commands: int) -> None:
    assert audited(place, ledger) == []
    assert ledger.total >= commands
    assert {one.kind for one in WORK} <= set(ledger.acknowledged)
    assert figures.kills.total() == kills
    assert set(figures.kills) == set(SHARES)
    for victim, times in figures.back.items():
        assert median(times) <= BARS[victim] * slack(), f"{victim}: {times}"
    assert figures.jobs, "no job was cut off"
    assert max(figures.jobs) <= JOB_BAR * slack()


def audited(place: Installation, ledger: Ledger) -> list[str]:
    """By the program apart."""
    words = [sys.executable, "-m", "tests.crash.auditor", str(ledger.path), str(place.data)]
    done = subprocess.run(words, cwd=ROOT, env=place.environment(), capture_output=True, text=True, timeout=120)
    assert done.stdout, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found
