"""The stations are themselves tested: holes are planted, and they are found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpResponse

from guanxi.base.org import scopes
from guanxi.base.org.models import Reach
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.base.org.web import signed_in
from guanxi.core.customers.actions import create_customer
from guanxi.core.customers.models import Customer

from .matrix import STAFF
from .station_cells import StationCell, station_cells
from .stations import Station
from .sweep import Cell, undone
from .test_ids_everywhere import changed_by, seen_wrongly
from .test_nothing_shines_through import ask_undone, essence
from .test_planted_holes import plant  # noqa: F401  (a fixture)
from .test_stations import faults
from .world import actor_of, person

pytestmark = pytest.mark.django_db


def cell_of(route: str) -> StationCell:
    return next(one for one in station_cells() if one.cell.route == route and one.reads)


def at(name: str, stations: list[Station]) -> Station:
    return next(station for station in stations if station.place.name == name)


def test_a_loan_that_never_ends_is_found(monkeypatch, stations: list[Station]):
    """Without the hole nothing is found (test_stations.py)."""

    def for_ever(kind: str, staff_id: int) -> Any:
        return Reach.objects.filter(kind=kind, staff_id=staff_id).values_list("record_id", flat=True)

    monkeypatch.setattr(scopes, "reached", for_ever)
    for route in ("customers:customer-card", "api:customers-one"):
        found = "\n".join(faults(cell_of(route), at("lent until yesterday", stations)))
        assert "as rep answers 200 and should refuse" in found
        assert "as rep answers 200 and shows name" in found


def test_a_scope_that_forgets_that_somebody_left_is_found(monkeypatch, stations: list[Station]):
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, actor, verb="read": rows)
    for name in ("of a closed unit", "of an ended post", "nobody's", "lent until yesterday", "in the other branch"):
        assert "as rep answers 200 and should refuse" in "\n".join(
            faults(cell_of("customers:customer-card"), at(name, stations))
        ), name


HOLE = Cell("hole", STAFF, lambda world: {"record_id": world.customer.pk})


def names_of_all(request: Any, record_id: int) -> HttpResponse:
    return HttpResponse("\n".join(Customer.objects.values_list("name", flat=True)))


def number_of_all(request: Any, record_id: int) -> HttpResponse:
    return HttpResponse(f"共 {Customer.objects.count()} 位")


def owner_as_sent(request: Any, record_id: int) -> HttpResponse:
    Customer.objects.filter(id=record_id).update(owner_id=request.POST["owner"], remark=request.POST["remark"])
    return HttpResponse(status=302, headers={"Location": "/customers"})


def test_a_list_of_everybodys_is_found(plant, stations: list[Station]):  # noqa: F811  (the fixture)
    plant(signed_in(names_of_all))
    found = "\n".join(seen_wrongly(HOLE, "rep", stations))
    assert "name of in the other branch" in found
    assert "name of lent until yesterday" in found
    assert "name of lent to read" not in found


def test_a_count_of_everybodys_is_found(plant, stations: list[Station]):  # noqa: F811  (the fixture)
    """As test_nothing_shines_through.py does it."""
    plant(signed_in(number_of_all))
    before = essence(ask_undone(HOLE, stations[0], "stranger"))
    with undone():
        create_customer(person("众鸟之末", "13799990499"), actor=actor_of("rep"))
        assert essence(ask_undone(HOLE, stations[0], "stranger")) != before


def test_a_form_that_takes_the_owner_from_what_is_sent_is_found(plant, stations: list[Station]):  # noqa: F811  (as above)
    plant(signed_in(owner_as_sent))
    cell = replace(HOLE, method="POST", data=lambda world: {"remark": "另一个备注"}, ok=(302,))
    assert "owner_id" in changed_by(cell, Customer, "customer", stations[0], ["remark"])
