from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from guanxi.edge.ops import health


@pytest.fixture
def worker(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def test_the_process_says_that_it_is_up_without_asking_the_database() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_with_database_migrations_and_worker(worker: None) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": True, "migrations": True, "worker": True}}


def test_without_a_worker_it_is_not_ready(db: None) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": True, "migrations": True, "worker": False}


def test_a_step_not_applied_makes_it_not_ready(worker: None) -> None:
    health._is_migrated.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'ops'")
    assert Client().get("/readyz").json()["checks"]["migrations"] is False


def test_the_figures_are_for_this_machine_alone(worker: None) -> None:
    text = Client().get("/metrics").content.decode()
    assert "guanxi_workers 1\n" in text
    assert Client().get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_of_the_inside_is_told(worker: None, path: str) -> None:
    answer = Client().get(path)
    told = f"{answer.headers}{answer.content.decode()}".lower()
    assert not [word for word in ("django", "postgres", "python", "guanxi", "localhost") if word in told]
