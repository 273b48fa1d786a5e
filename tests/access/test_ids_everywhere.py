"""Ids of others in lists, searches, filters, bodies and bulk runs, and fields that no form has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db.models import Model

from guanxi.base.records.bulk.models import BulkRun
from guanxi.core.activities.models import Activity, Coming
from guanxi.core.customers.models import Customer
from guanxi.core.rulebooks.models import Duty
from guanxi.domain.archive.models import FileForm

from .matrix import OPERATIONS
from .policy import may
from .station_cells import StationCell, station_cells
from .stations import Station, staff_of
from .sweep import Cell, ask, nothing, text_of, undone
from .test_nothing_shines_through import FAR, essence, far_away, lists
from .test_sweep import placed

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-01", "SHR-02", "SHR-04")]
CLERKS = ("rep", "colleague", "supervisor", "manager", "doctor", "service", "gm", "stranger", "hangzhou")


def seen_wrongly(cell: Cell, who: str, stations: list[Station]) -> list[str]:
    """The texts of stations that this answer shows to somebody without the right."""
    with undone():
        text = text_of(ask(cell, stations[0], who))
    return [f"{cell.label} as {who}: {name} of {s}" for s in stations for name in s.seen_without_right(text, who)]


@pytest.mark.parametrize("cell", lists(), ids=lambda cell: cell.label)
def test_lists_show_no_text_of_others(cell: Cell, stations: list[Station]):
    who = sorted(cell.may)
    chosen = [who[lists().index(cell) % len(who)], *({"rep"} & cell.may)]
    assert [fault for one in chosen for fault in seen_wrongly(cell, one, stations)] == []


@pytest.mark.soak
@pytest.mark.parametrize("cell", lists(), ids=lambda cell: cell.label)
def test_lists_show_no_text_of_others_to_anybody(cell: Cell, stations: list[Station]):
    assert [fault for who in cell.may for fault in seen_wrongly(cell, who, stations)] == []


@pytest.mark.parametrize("who", CLERKS)
def test_the_list_of_the_api_has_exactly_ones_own(who: str, stations: list[Station]):
    listed = replace(placed(OPERATIONS["customers_list"]), query="?limit=200")
    with undone():
        text = text_of(ask(listed, stations[0], who))
    for station in stations:
        lie, texts = station.place.lie, station.canaries
        is_there = not lie.is_in_bin
        assert (texts["name"] in text) == (is_there and may(who, "customer", "read", lie)), station
        assert (texts["phone"] in text) == (is_there and may(who, "customer", "reveal", lie)), station


SEARCHES = ("records:search", "customers:customer-list", "archive:fileform-list", "activities:coming-list")


@pytest.mark.parametrize("who", CLERKS)
def test_the_exact_number_finds_only_ones_own(who: str, stations: list[Station]):
    """The end of it is typed, so that what the page repeats of the question is no text of the station."""
    for station in stations[CLERKS.index(who) % 3 :: 3]:
        query = f"?q={station.canaries['phone'][-8:]}"
        cells = [Cell(route, frozenset({who}), query=query) for route in SEARCHES]
        cells.append(replace(placed(OPERATIONS["customers_list"]), query=query))
        assert [fault for cell in cells for fault in seen_wrongly(cell, who, stations)] == []
        with undone():
            found = station.canaries["name"] in text_of(ask(cells[-1], stations[0], who))
        lie = station.place.lie
        assert found == (not lie.is_in_bin and may(who, "customer", "read", lie)), station


def foreign(stations: list[Station]) -> Station:
    return next(station for station in stations if station.place.name == "in the other branch")


CHANGES = [one for one in station_cells() if not one.reads and not one.cell.is_public]


@pytest.mark.parametrize("one", CHANGES, ids=lambda one: one.label)
def test_a_change_to_anothers_record_is_answered_like_one_to_nothing(one: StationCell, stations: list[Station]):
    """Wherever the id stands: in the address or in what is sent."""
    theirs = foreign(stations)
    data = one.cell.data(theirs) if one.cell.data else None
    sent = {k: FAR if v == theirs.customer.pk and k.endswith("_id") else v for k, v in (data or {}).items()}
    for who in ("rep", "service"):
        with undone():
            told = ask(one.cell, theirs, who)
        with undone():
            nothing_there = replace(far_away(one.cell, theirs), data=lambda world: dict(sent))
            none = ask(nothing_there if data is not None else far_away(one.cell, theirs), theirs, who)
        assert told.status_code == none.status_code, (one.label, who)
        assert essence(told) == essence(none), (one.label, who)


# Of lists and of the API: an id that a reader may not see narrows like one that is not there.
ASKS = (
    ("records:search", "?customer={id}"),
    ("customers:customer-list", "?view={id}"),
    ("customers:customer-list", "?segment={id}"),
    ("customers:customer-list", "?after={id}"),
    ("rulebooks:duties", "?state=today&customer={id}"),
    ("rulebooks:task-new", "?customer={id}"),
    ("archive:loan-lend", "?customer={id}"),
    ("archive:attendance-take", "?customer={id}"),
)


@pytest.mark.parametrize(("route", "query"), ASKS)
def test_an_id_of_others_in_a_query_is_like_one_that_is_not_there(route: str, query: str, stations: list[Station]):
    theirs = foreign(stations)
    asked_for = re.compile(rf"\b({theirs.customer.pk}|{FAR})\b")
    for who in ("rep", "manager"):
        answers = []
        for one in (theirs.customer.pk, FAR):
            with undone():
                answer = ask(Cell(route, frozenset(), query=query.format(id=one)), stations[0], who)
                answers.append((answer.status_code, asked_for.sub("", essence(answer))))
        assert answers[0] == answers[1], (route, who)


def test_a_bulk_run_touches_only_ones_own_and_its_count_does_not_tell(stations: list[Station]):
    own, theirs = stations[0].customer.pk, foreign(stations).customer.pk
    shown = []
    for other in (theirs, FAR):
        with undone():
            run = begun([own, other], stations[0])
            shown.append((run.total, confirmed(run, stations[0])))
            assert Customer.objects.get(id=theirs).owner_id == staff_of("stranger").pk
            assert Customer.objects.get(id=own).owner_id == staff_of("colleague").pk
    assert shown[0] == shown[1]


def begun(ids: list[int], station: Station) -> BulkRun:
    entry = {"kind": "customer", "step": "customer-transfer", "pick": ids}
    ask(Cell("records:bulk-start", frozenset(), method="POST", data=lambda world: entry), station, "manager")
    return BulkRun.objects.latest("id")


def confirmed(run: BulkRun, station: Station) -> str:
    """What the run's page says afterwards."""
    at = {"run_id": run.pk}
    to = {"to": staff_of("colleague").pk, "why": "休假"}
    for route, data in (("records:bulk-preview", to), ("records:bulk-confirm", {})):
        ask(Cell(route, frozenset(), lambda world: at, "POST", lambda world, data=data: data), station, "manager")
    return essence(ask(Cell("records:bulk-run", frozenset(), lambda world: at), station, "manager"))


# By address: what it changes, and the fields that its form has; all others must stay.
FORMS: tuple[tuple[str, type[Model], str, str], ...] = (
    ("customers:customer-edit", Customer, "customer", "remark"),
    ("customers:customer-move", Customer, "customer", "status"),
    ("customers:rest", Customer, "customer", "is_do_not_disturb deceased_on"),
    ("activities:edit", Activity, "activity", "note result note_digest note_state recorded_at"),
    ("activities:coming-edit", Coming, "visit", "comes_on"),
    ("activities:coming-move", Coming, "visit", "meal"),
    ("activities:coming-table", Coming, "visit", "table table_reserved_at table_reserved_by_id"),
    ("archive:fileform-edit", FileForm, "form", "product whole_since"),
    ("archive:fileform-move", FileForm, "form", "purchased whole_since"),
    ("rulebooks:duty-postpone", Duty, "duty", "due_at postponed_to postponed_why"),
)
STEADY = {"version", "updated_at", "search", "pinyin", "initials"}


@pytest.mark.parametrize(("route", "model", "subject", "own"), FORMS, ids=lambda value: str(value))
def test_a_form_takes_its_own_fields_and_no_other(
    route: str, model: type[Model], subject: str, own: str, stations: list[Station]
):
    cell = next(one.cell for one in CHANGES if one.cell.route == route)
    changed = changed_by(cell, model, subject, stations[0], own.split())
    assert changed - STEADY - set(own.split()) == set()
    assert changed & set(own.split()), "nothing was saved, so nothing was tried"


def changed_by(cell: Cell, model: type[Model], subject: str, mine: Station, own: list[str]) -> set[str]:
    """The columns that differ after a form was sent with everything that the model has."""
    assert cell.data is not None
    right, wished = cell.data(mine), {k: v for k, v in wishes(model) if k not in own}
    with undone():
        before = row_of(model, subject, mine)
        answer = ask(replace(cell, data=lambda world: wished | right), mine, "rep")
        assert answer.status_code in cell.ok, text_of(answer)[:300]
        after = row_of(model, subject, mine)
    return {name for name, value in after.items() if value != before[name]}


def row_of(model: type[Model], subject: str, station: Station) -> dict[str, Any]:
    record: Any = station.things.get(subject) or getattr(station, subject, None)
    row: dict[str, Any] = model._default_manager.filter(pk=getattr(record, "pk", record)).values().get()
    return row


# What an ordinary form of a record never has.
NEVER = """owner unit representative staff assignee holder keeper collected_by created_by number id pk batch_id
created_at removed_at recorded_at received_at held_since custody state note_state search own_keys
is_superuser""".split()  # noqa: SIM905


def wishes(model: type[Model]) -> Iterator[tuple[str, Any]]:
    """Another value for each field of the model that no form should have, under both its names."""
    for column in model._meta.concrete_fields:
        if column.name in NEVER or column.is_relation:
            value = staff_of("stranger").pk if column.is_relation else "2020-01-01"
            yield column.name, value
            yield column.attname, value


BODIES = [one for one in CHANGES if one.cell.is_api and one.cell.data]


@pytest.mark.parametrize("one", BODIES, ids=lambda one: one.label)
def test_the_api_names_every_field_it_does_not_know(one: StationCell, stations: list[Station]):
    assert one.cell.data is not None
    data = one.cell.data(stations[0])
    unknown = [name for name in NEVER if name not in data]
    with undone():
        greedy = replace(one.cell, data=lambda world: data | dict.fromkeys(unknown, 1))
        answer = ask(greedy, stations[0], "rep" if "rep" in one.cell.may else "supervisor")
        assert answer.status_code == 422, (one.label, answer.status_code)
    text = text_of(answer)
    assert [name for name in unknown if f'"{name}"' not in text and f"{name}" not in text] == []


def test_whoever_creates_a_customer_owns_it_whatever_the_form_says(stations: list[Station]):
    new = {"kind": "person", "name": "崔强", "phone": "13800000001", "status": "potential"}
    with undone():
        given = dict(wishes(Customer)) | new
        ask(Cell("customers:customer-new", frozenset(), nothing, "POST", lambda world: given), stations[0], "rep")
        made = Customer.objects.get(name="崔强", phone="13800000001")
        assert (made.owner_id, made.collected_by_id) == (staff_of("rep").pk, staff_of("rep").pk)
        assert made.removed_at is None
        assert made.unit_id != staff_of("stranger").pk
