"""Every job of the product may run twice: the second time changes nothing. A worker that dies after the last commit and
before saying so has its job run again (trust.md 4.3).

The jobs are those the queue knows; one without a case here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from procrastinate.contrib.django import app

from guanxi.base.kernel import clock
from guanxi.base.org.models import Unit
from guanxi.core.privacy.actions.request import ask_for_file
from guanxi.edge.ops import jobs as _jobs  # noqa: F401  (as the worker, which imports them all)
from guanxi.edge.ops.backups.models import VERIFY, BackupRun
from tests.access.backup_world import SET
from tests.access.world import actor_of

from . import works
from .carrying import House
from .commands import Stage, nothing, sends
from .dying import AFTER, Died, Ground, Moment
from .house import house_at
from .pictures import Picture, picture_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
Before = Callable[[Stage, Any], Any]
# Of the queue itself, and those of tests.
NOT_OURS = ("builtin:", "procrastinate.", "traps:")


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_at(tmp_path_factory.mktemp("jobs"), django_db_blocker) as made:
        yield made


def many_waiting(stage: Stage, given: Any) -> dict[str, int]:
    return {"run_id": works.many_chosen(stage, given)}


def import_waiting(stage: Stage, given: Any) -> dict[str, int]:
    return {"run_id": works.started_import(stage, given)}


def undo_waiting(stage: Stage, given: Any) -> dict[str, int]:
    return {"run_id": works.undo_begun(stage, given)}


def export_waiting(stage: Stage, given: Any) -> dict[str, int]:
    return {"run_id": works.file_asked_for(stage, given)}


def index_wanted(stage: Stage, _given: Any) -> dict[str, int]:
    return {"field_id": stage.things["own field"]}


def person_file_wanted(stage: Stage, _given: Any) -> dict[str, int]:
    return {"file_id": ask_for_file(stage.things["person request"], actor=actor_of("gm")).pk}


def verification_wanted(_stage: Stage, _given: Any) -> dict[str, int]:
    """Of a set that is gone: it ends badly, and says so once. Sets themselves: tests/backup, tests/backup_store."""
    run = BackupRun.objects.create(what=VERIFY, set_id=SET, is_by_hand=False, asked_at=clock.now())
    return {"run_id": run.pk}


def message_waits(stage: Stage, given: Any) -> None:
    works.message_put_in(stage, given)


def somebody_erased(stage: Stage, given: Any) -> None:
    """And the ledger outside did not hear of it."""
    sends("erasing")(stage, given)
    works.ledger.path().unlink()


# What each begins with; its arguments are what `before` hands on, or the minute for those that the clock starts.
CASES: dict[str, Before] = {
    "documents:draw": nothing,
    "documents:nightly": nothing,
    "documents:scan": nothing,
    "messaging:alerts": nothing,
    "messaging:deliver": message_waits,
    "messaging:digests": nothing,
    "ops:backup_run": verification_wanted,
    "ops:backups": nothing,
    "ops:safety": nothing,
    "ops:space": nothing,
    "ops:trail": nothing,
    "ops:upkeep": nothing,
    "privacy:keeping": nothing,
    "privacy:ledger": somebody_erased,
    "privacy:person_file": person_file_wanted,
    "records:run_bulk": many_waiting,
    "records:run_export": export_waiting,
    "records:run_import": import_waiting,
    "records:run_undo": undo_waiting,
    "records:tend_own_index": index_wanted,
    "rulebooks:climb": nothing,
    "rulebooks:follow_approval": nothing,
    "rulebooks:follow_company": nothing,
    "rulebooks:measure": nothing,
    "rulebooks:nightly": nothing,
}

# Days after Monday, where time makes it have something to do.
LATER = {"rulebooks:nightly": 9, "rulebooks:climb": 9, "messaging:alerts": 9, "ops:upkeep": 120, "ops:trail": 9}
COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper.commit"
# Those with several steps; what a message is that was cut off, test_windows.py says.
CUT_OFF = ("ops:trail", "records:run_bulk", "records:run_export", "records:run_import", "rulebooks:nightly")


def ours() -> list[str]:
    return sorted(name for name in app.tasks if not name.startswith(NOT_OURS))


def run_job(name: str, given: Any) -> None:
    """As the worker calls it."""
    task = app.tasks[name]
    if isinstance(given, dict):
        task.func(**given)
    elif name in {each.task.name for each in app.periodic_registry.periodic_tasks.values()}:
        task.func(timestamp=0)
    else:
        task.func()


def test_every_job_has_a_case() -> None:
    assert ours() == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_job_that_runs_twice_changes_nothing_more(name: str, house: House) -> None:
    once, twice = twice_run(house, CASES[name], name)
    assert once.differences(twice) == []


@pytest.mark.parametrize("name", CUT_OFF)
def test_a_job_that_is_cut_off_and_runs_again_comes_to_the_same(name: str, house: House) -> None:
    """It dies once at each of its first commits."""
    once, _twice = twice_run(house, CASES[name], name)
    ground, given = begun(house, CASES[name])
    deaths = [dies(ground, name, given, Moment(AFTER, COMMIT, nth=nth)) for nth in (1, 2, 3)]
    assert deaths[0], "it never committed"
    perform(ground, name, given)
    assert once.differences(picture_of(ground)) == []


def test_a_job_that_adds_a_row_each_time_is_found(house: House) -> None:
    """Planted."""
    ground, _given = begun(house, nothing)
    first, second = (drawn(ground, number) for number in (1, 2))
    found = first.differences(second)
    assert [line.split()[:2] for line in found] == [["+1", "org_unit"]], found


def drawn(ground: Ground, number: int) -> Picture:
    ground.perform(lambda: Unit.objects.create(code=f"u{number}", name="又一部", kind="department"))
    return picture_of(ground)


def twice_run(house: House, before: Before, name: str) -> tuple[Picture, Picture]:
    ground, given = begun(house, before)
    perform(ground, name, given)
    once = picture_of(ground)
    perform(ground, name, given)
    return once, picture_of(ground)


def begun(house: House, before: Before) -> tuple[Ground, Any]:
    ground = house.start.copied(f"{house.start.name}_hit")
    return ground, ground.perform(lambda: before(house.stage, None))


def perform(ground: Ground, name: str, given: Any, *, moment: Moment | None = None) -> None:
    def work() -> None:
        works.robots.send = works.reached
        run_job(name, given)

    ground.perform(work, moment=moment, days=LATER.get(name, 0))


def dies(ground: Ground, name: str, given: Any, moment: Moment) -> bool:
    try:
        perform(ground, name, given, moment=moment)
    except Died:
        return True
    return False
