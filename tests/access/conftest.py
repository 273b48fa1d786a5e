from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from guanxi.base.kernel import clock
from tests.conftest import MONDAY

from .stations import Station, build_stations
from .world import World, build_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once per module and undone at its end; each request of the sweep is undone by itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.standing_at(MONDAY):
            built = build_world()
        yield built
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def stations(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Station]]:
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.standing_at(MONDAY):
            built = build_stations()
        yield built
        transaction.set_rollback(True)
