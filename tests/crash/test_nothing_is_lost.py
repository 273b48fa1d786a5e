"""Web, worker and PostgreSQL are killed while people work: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from guanxi.base.kernel import clock
from tests.installation import ARGUMENTS, CHROMIUM, DEMO_PASSWORD, Installation, installed, until

from .auditor import findings
from .driver import Driver

SEED = 20261116
KILLS = 9
OPERATIONS = 100


@pytest.fixture(scope="module")
def place() -> Iterator[Installation]:
    with installed() as made:
        yield made


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_doubled(place: Installation) -> None:
    tokens = [place.token(login) for login in ("qiuyuan", "huangna")]
    today = datetime.now(clock.ZONE).date().isoformat()
    drivers = [Driver(place, token, seed, today=today) for seed, token in enumerate([*tokens, *tokens], 1)]
    threads = [threading.Thread(target=driver.run) for driver in drivers]
    for thread in threads:
        thread.start()
    killed = kill_while_working(place, drivers)
    for driver in drivers:
        driver.stopping.set()
    for thread in threads:
        thread.join(120)
    assert [driver.failure for driver in drivers] == [None] * len(drivers)
    acknowledged = [done for driver in drivers for done in driver.acknowledged]
    assert len(acknowledged) >= OPERATIONS
    assert killed == {"web": KILLS // 3, "worker": KILLS // 3, "postgres": KILLS // 3}
    # Unanswered requests prove that the kills hit people at work; without any, the test would prove nothing.
    assert sum(driver.errors for driver in drivers) > 0
    with place.database() as db:
        assert findings(db, acknowledged) == []


def kill_while_working(place: Installation, drivers: list[Driver]) -> dict[str, int]:
    """After each kill the work must go on before the next one comes."""
    victims = ["web", "worker", "postgres"] * (KILLS // 3)
    random.Random(SEED).shuffle(victims)
    for victim in victims:
        done = sum(len(driver.acknowledged) for driver in drivers)
        place.kill(victim)
        until(lambda wanted=done + OPERATIONS // KILLS + 1: answered(drivers) >= wanted, seconds=90)  # type: ignore[misc]
        until(place.is_ready, seconds=60)
    return {victim: victims.count(victim) for victim in set(victims)}


def answered(drivers: list[Driver]) -> int:
    for driver in drivers:
        if driver.failure:
            raise driver.failure
    return sum(len(driver.acknowledged) for driver in drivers)


@pytest.mark.slow
@pytest.mark.req("DAT-01")
def test_an_import_whose_worker_is_killed_runs_again_and_doubles_nothing(place: Installation) -> None:
    file = Path(__file__).parents[1] / "data" / "huixiao-gb18030.csv"
    before = counts(place)
    start_import(place, file)
    until(lambda: under_way(place), seconds=60)
    place.kill("worker")
    until(lambda: counts(place)["done"] > before["done"], seconds=90)
    after = counts(place)
    assert after["forms"] > before["forms"] + 1000
    with place.database() as db:
        doubled = db.execute(
            "SELECT 1 FROM archive_fileform GROUP BY customer_id, event_name, completed_on HAVING count(*) > 1 LIMIT 1"
        ).fetchall()
    assert doubled == []


def start_import(place: Installation, file: Path) -> None:
    """As the general manager does it, up to the press that starts the job."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"{place.address}/sign-in")
        page.fill("input[name=login]", "liangzhendong")
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(f"{place.address}/imports")
        page.set_input_files("input[type=file]", str(file))
        page.locator("main form button[type=submit]").first.click()
        page.locator("form[action$=columns] button[type=submit]").first.click()
        page.locator("#questions select").first.select_option("refuse")
        page.check("input[name=past][value=fold]")
        page.locator("#questions button[type=submit]").first.click()
        page.wait_for_load_state()
        browser.close()


def under_way(place: Installation) -> bool:
    with place.database() as db:
        row = db.execute("SELECT state FROM records_importrun ORDER BY id DESC LIMIT 1").fetchone()
    return row is not None and row[0] in ("running", "done")


def counts(place: Installation) -> dict[str, int]:
    with place.database() as db:
        forms = db.execute("SELECT count(*) FROM archive_fileform").fetchone()
        done = db.execute("SELECT count(*) FROM records_importrun WHERE state = 'done'").fetchone()
    assert forms
    assert done
    return {"forms": forms[0], "done": done[0]}


@pytest.mark.slow
def test_the_auditor_sees_what_is_lost_and_what_is_doubled(place: Installation) -> None:
    from .driver import Acknowledged

    with place.database() as db:
        assert findings(db, [Acknowledged("customer", "never", 1)]) == ["customer never acknowledged but lost"]
        db.execute(
            "UPDATE customers_customer SET name = '杰twin', phone = phone || id WHERE id IN"
            " (SELECT id FROM customers_customer ORDER BY id LIMIT 2)"
        )
        assert "customer twin is there 2 times" in findings(db, [])
        db.rollback()
