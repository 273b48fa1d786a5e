"""The sweep is itself tested: holes are planted, and it finds them. One that finds nothing proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.urls.base import clear_url_caches

from config import urls as real_urls
from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.org.models import Grant
from guanxi.base.org.visible import ScopedQuerySet
from guanxi.base.org.web import needs, public, signed_in
from guanxi.base.records import reveal
from guanxi.base.records.screens import cards, cells
from guanxi.core.customers.models import Customer
from guanxi.edge.api.schemas import customers as customer_schemas

from . import api_lines, consequence_lines, contact_lines, custody_lines, lines  # noqa: F401  (fill the matrix)
from .matrix import CELLS, OPERATIONS, SEES, STAFF, customer
from .routes import every_route
from .sweep import READERS, Cell, faults_of
from .test_matrix import missing_lines
from .test_sweep import placed
from .world import World

pytestmark = pytest.mark.django_db
View = Callable[..., HttpResponse]


@pytest.fixture
def plant(settings: Any) -> Callable[[View], None]:
    """`plant(view)`: at /hole/<record_id>, under the name "hole"."""

    def put(view: View) -> None:
        module = ModuleType("planted_urls")
        module.urlpatterns = [*real_urls.urlpatterns, path("hole/<int:record_id>", view, name="hole")]  # type: ignore[attr-defined]  # a urlconf
        settings.ROOT_URLCONF = module
        clear_url_caches()

    return put


HOLE = Cell("hole", SEES, customer)


def without_scope(request: HttpRequest, record_id: int) -> HttpResponse:
    return HttpResponse(Customer.objects.get(id=record_id).name)


def only_the_name_in_a_header(request: HttpRequest, record_id: int) -> HttpResponse:
    found = Customer.objects.get(id=record_id)
    return HttpResponse(status=404, headers={"X-About": found.phone})


def writes_when_read(request: HttpRequest, record_id: int) -> HttpResponse:
    Customer.objects.filter(id=record_id).update(updated_at=clock.now())
    return HttpResponse()


def changes_before_it_refuses(request: HttpRequest, record_id: int) -> HttpResponse:
    Entry.objects.create(at=clock.now(), name="x", via="web", who="x", kind="customer")
    return HttpResponse(status=403)


def within_scope(request: Any, record_id: int) -> HttpResponse:
    return HttpResponse(Customer.objects.kept().access(request.actor, record_id).name)


def test_a_view_without_a_line_is_missed(plant):
    plant(signed_in(without_scope))
    assert missing_lines(every_route()) == ["hole (hole/<int:record_id>)"]


def test_a_view_that_says_nothing_about_access_is_not_served(plant, browse):
    plant(without_scope)
    assert next(route for route in every_route() if route.name == "hole").access is None
    assert browse("gm").get("/hole/1").status_code == 403


def test_a_view_without_scope_is_found(plant, world: World):
    plant(needs("customer", "read")(without_scope))
    found = "\n".join(faults_of(HOLE, world))
    for who in ("colleague", "stranger", "hangzhou"):
        assert f"as {who} answers 200 and should refuse" in found
        assert f"as {who} answers 200 and shows name" in found


def test_a_view_open_to_the_world_is_found(plant, world: World):
    plant(public(without_scope))
    assert "as nobody answers 200 and should refuse" in "\n".join(faults_of(HOLE, world))


def test_what_leaks_beside_a_refusal_is_found(plant, world: World):
    plant(signed_in(only_the_name_in_a_header))
    assert "as stranger answers 404 and shows phone" in "\n".join(faults_of(HOLE, world))


def test_reading_that_writes_is_found(plant, world: World):
    plant(signed_in(writes_when_read))
    assert "and writes: UPDATE" in "\n".join(faults_of(HOLE, world))


def test_a_refusal_that_changed_something_is_found(plant, world: World):
    plant(signed_in(changes_before_it_refuses))
    assert "as stranger answers 403 and changed something" in "\n".join(faults_of(replace(HOLE, method="POST"), world))


def test_a_view_that_asks_as_it_should_is_left_in_peace(plant, world: World):
    plant(needs("customer", "read")(within_scope))
    assert faults_of(HOLE, world) == []


def on_the_card() -> Cell:
    return next(cell for cell in CELLS if cell.route == "customers:customer-card")


def test_visibility_taken_out_is_found(monkeypatch, world: World):
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, actor, verb="read": rows)
    for cell in (on_the_card(), placed(OPERATIONS["customers_get"]), placed(OPERATIONS["file_forms_get"])):
        assert "should refuse" in "\n".join(faults_of(cell, world)), cell.label


def test_a_role_made_too_wide_is_found(world: World):
    Grant.objects.filter(role__key="satisfaction-representative", kind="customer", verb="read").update(scope="all")
    for cell in (on_the_card(), Cell("customers:customer-list", STAFF), placed(OPERATIONS["customers_list"])):
        assert "as stranger answers 200 and" in "\n".join(faults_of(cell, world)), cell.label


def test_masking_taken_out_is_found(monkeypatch, world: World):
    def reveals(*args: Any, **more: Any) -> bool:
        return True

    Grant.objects.filter(verb="reveal", kind="customer", role__key="service-manager").delete()
    for module in (reveal, cards, customer_schemas):
        monkeypatch.setattr(module, "reveals", reveals)
    monkeypatch.setattr(cells, "may_reveal", reveals)
    monkeypatch.setitem(READERS, "phone", SEES - {"service"})
    for cell in (on_the_card(), placed(OPERATIONS["customers_get"]), Cell("customers:customer-list", STAFF)):
        assert "as service answers 200 and shows phone" in "\n".join(faults_of(cell, world)), cell.label


def test_what_the_declaration_of_a_view_asks_taken_out_is_found(monkeypatch, world: World):
    monkeypatch.setattr("guanxi.base.org.web.may", lambda actor, kind, verb: True)
    found = "\n".join(faults_of(Cell("ops:roles", frozenset({"admin"})), world))
    assert "as rep answers 200 and should refuse" in found
