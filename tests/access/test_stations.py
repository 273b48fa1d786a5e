"""Every address about one customer, asked by everybody about customers in every position.

The expectation comes from policy.py, which knows the roles as they are documented and nothing of the product. What is
granted is granted for reading; what changes something is asked of those who must be refused, and the matrix has the
positive control of each of them (test_the_policy_and_the_matrix_say_the_same).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse

from guanxi.base.audit.models import Entry

from .matrix import CELLS, OPERATIONS
from .policy import may
from .station_cells import SUBJECTS, StationCell, expected, station_cells
from .stations import PLACES, Station
from .sweep import ask, is_refusal, text_of, undone
from .test_sweep import only_shown, placed
from .world import READ_ONLY

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01", "SHR-02", "SHR-04")]
ASKED = list(station_cells())
# `make test` asks about one station in so many; `make soak` about all.
PARTS = 7
# The general manager may have it without asking.
ALREADY_ALLOWED = {"POST org:permit-new": {"gm"}}


def faults(one: StationCell, station: Station) -> Iterator[str]:
    for who in one.cell.everybody:
        yield from faults_for(one, station, who)


def is_asked(one: StationCell, station: Station, who: str) -> bool:
    """What may be changed is changed in the matrix; here it is only refused."""
    return one.reads or granted(one, station, who) is False


def granted(one: StationCell, station: Station, who: str) -> bool | None:
    """The read-only token is the representative's; nobody writes with it."""
    if who != READ_ONLY:
        return expected(one, station, who)
    return expected(one, station, "rep") if one.reads else False


def faults_for(one: StationCell, station: Station, who: str) -> Iterator[str]:
    if not is_asked(one, station, who):
        return
    yes = granted(one, station, who)
    with undone():
        answer = ask(one.cell, station, who)
        text = text_of(answer)
        written = Entry.objects.filter(id__gt=station.entries).exists() if yes is False else False
    told = f"{one.label} of {station} as {who} answers {answer.status_code}"
    if yes and answer.status_code not in one.cell.ok:
        yield f"{told}: {text[:200]}"
    if yes is False and not is_no(answer, one, station, who):
        yield f"{told} and should refuse"
    if written:
        yield f"{told} and changed something"
    yield from (f"{told} and shows {name}" for name in station.seen_without_right(text, who))


def is_no(answer: HttpResponse, one: StationCell, station: Station, who: str) -> bool:
    """Who reads the record may be told what is wrong with the entry before being told that it is not theirs."""
    reads = may(
        "rep" if who == READ_ONLY else who, SUBJECTS[one.subject], "read", station.lie_of(SUBJECTS[one.subject])
    )
    return is_refusal(answer) or answer.status_code in one.cell.refusals or (reads and answer.status_code == 422)


def test_the_policy_and_the_matrix_say_the_same():
    """Or one of them is wrong; and each refusal here has its positive control there."""
    first: Any = Station(*[None] * 6, place=PLACES[0])  # type: ignore[arg-type]  # only its place is asked for
    assert len(ASKED) > 100
    for one in ASKED:
        says = {who for who in one.cell.everybody if granted(one, first, who)}
        assert says - ALREADY_ALLOWED.get(one.label, set()) == one.cell.may, one.label


@pytest.mark.parametrize("one", ASKED, ids=lambda one: one.label)
def test_a_part_of_the_stations(one: StationCell, stations: list[Station]):
    """Another part for each address, so that every station is asked about by many."""
    begin = ASKED.index(one) % PARTS
    assert "\n".join(fault for station in stations[begin::PARTS] for fault in faults(one, station)) == ""


@pytest.mark.soak
@pytest.mark.parametrize("one", ASKED, ids=lambda one: one.label)
def test_all_stations(one: StationCell, stations: list[Station]):
    assert "\n".join(fault for station in stations for fault in faults(one, station)) == ""


def test_how_many_cells_there_are(capsys: pytest.CaptureFixture[str]):
    places: Any = [Station(*[None] * 6, place=place) for place in PLACES]  # type: ignore[arg-type]  # as above
    part = sum(asked_in(one, places[n % PARTS :: PARTS]) for n, one in enumerate(ASKED))
    whole = sum(asked_in(one, places) for one in ASKED)
    matrix = sum(len(cell.everybody) for cell in [*CELLS, *map(placed, OPERATIONS.values()), *only_shown()])
    with capsys.disabled():
        print(f"\ncells: {matrix} of the matrix; of the stations {part}, in `make soak` {whole}")  # noqa: T201 (asked for)
    assert matrix + part >= 9_000
    assert matrix + whole >= 20_000


def asked_in(one: StationCell, places: list[Station]) -> int:
    return sum(is_asked(one, station, who) for station in places for who in one.cell.everybody)
