"""A long job is cut off by its worker's death: it runs again within a minute, and what it brings about comes once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.installation import DEMO_PASSWORD, Installation, until

from .browser import Browser
from .killing import JOB_BAR, jobs_under_way, slack

pytestmark = [pytest.mark.slow, pytest.mark.req("DAT-01")]
FILE = Path(__file__).parents[1] / "data" / "huixiao-gb18030.csv"
DOUBLED = "SELECT count(*) FROM (SELECT 1 FROM archive_fileform GROUP BY customer_id, event_name, completed_on"


def test_an_import_whose_worker_is_killed_runs_again_and_doubles_nothing(place: Installation) -> None:
    forms = count(place, "SELECT count(*) FROM archive_fileform")
    run = start_import(place)
    until(lambda: import_jobs(place), seconds=120)
    jobs = import_jobs(place)
    place.kill("worker")
    began = time.monotonic()
    until(lambda: started_again(place, jobs) or state_of(place, run) == "done", seconds=JOB_BAR * slack())
    assert time.monotonic() - began <= JOB_BAR * slack()
    until(lambda: state_of(place, run) == "done", seconds=180)
    assert count(place, "SELECT count(*) FROM archive_fileform") > forms + 1000
    assert count(place, f"{DOUBLED} HAVING count(*) > 1) x") == 0


def start_import(place: Installation) -> int:
    """As the general manager does it, up to the press that starts the job."""
    chief = Browser.signed_in(place.port, "liangzhendong", DEMO_PASSWORD)
    file = {"file": (FILE.name, FILE.read_bytes())}
    at = chief.send("/imports", {"kind": "file-forms"}, files=file).to
    chief.send(at, {}, end=f"{at}/columns")
    run = at.rsplit("/", 1)[1]
    questions = count(place, f"SELECT jsonb_array_length(questions) FROM records_importrun WHERE id = {run}")
    answers = {f"answer-{number}": "refuse" for number in range(questions)}
    return chief.send(at, answers | {"past": "fold"}, end=f"{at}/start").id


def import_jobs(place: Installation) -> dict[int, int]:
    under_way = jobs_under_way(place)
    return {job: times for job, times in under_way.items() if task_of(place, job) == "records:run_import"}


def task_of(place: Installation, job: int) -> str:
    return str(place.row("SELECT task_name FROM procrastinate_jobs WHERE id = %s", job)[0])


def started_again(place: Installation, jobs: dict[int, int]) -> bool:
    now = jobs_under_way(place)
    return any(now.get(job, 0) > times for job, times in jobs.items())


def state_of(place: Installation, run: int) -> str:
    return str(place.row("SELECT state FROM records_importrun WHERE id = %s", run)[0])


def count(place: Installation, sql: str) -> int:
    return int(place.row(sql)[0])
