"""The disk of the database is full while people work: nothing acknowledged is lost, they are told why, and it goes on
as soon as there is room (F-30). The same for the disk of attached files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from guanxi.edge.ops import postgres
from tests.installation import Installation, free_port, until
from tests.upgrade import previous

from .small_disk import Filler, small_disk

pytestmark = [pytest.mark.slow, pytest.mark.req("OPS-17")]
MEGABYTES, GUARD = 450, 40
RESUMED_WITHIN = 60.0


@pytest.fixture(scope="module")
def place() -> Iterator[Installation]:
    """All of it on one small disk, with the demo company."""
    with small_disk(MEGABYTES) as folder:
        server = postgres.Server(folder / "postgres")
        server.start()
        with server.connect() as connection:
            connection.execute("DROP DATABASE guanxi")
        previous.load(server, "guanxi")
        server.stop()
        made = Installation(folder, free_port(), extra={"SPACE_LEAST_MB": str(GUARD)})
        try:
            made.start()
            yield made
        finally:
            made.stop()


def ask(place: Installation, method: str, path: str, token: str, body: Any = None, **more: str) -> tuple[int, Any, Any]:
    connection = HTTPConnection("127.0.0.1", place.port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | more
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        text = response.read().decode()
        return response.status, json.loads(text) if text.startswith("{") else text, response.headers
    finally:
        connection.close()


def customer(place: Installation, token: str, number: int) -> tuple[int, Any, Any]:
    body = {"name": f"满{number}", "phone": f"138{number:08}"}
    return ask(place, "POST", "/api/v1/customers", token, body, **{"Idempotency-Key": f"full-{number}"})


def metrics(place: Installation) -> str:
    return str(ask(place, "GET", "/metrics", "")[1])


def test_a_full_disk_loses_nothing_says_why_and_goes_on_with_room(
    place: Installation, record_property: Callable[[str, object], None]
) -> None:
    token = place.token("qiuyuan")
    filler, acknowledged, refused = Filler(place.data), [], []
    for number in range(20):
        status, told, _ = customer(place, token, number)
        assert status == 201, told
        acknowledged.append(told["id"])
    # The guard trips first: what fills disks rests, work goes on.
    filler.fill(leaving=GUARD // 2)
    until(lambda: 'guanxi_disk_short{place="database"} 1' in metrics(place), seconds=20)
    assert customer(place, token, 19)[0] == 201
    number = 20
    deadline = time.monotonic() + 90
    while not refused and time.monotonic() < deadline:
        filler.fill()
        status, told, headers = customer(place, token, number)
        number += 1
        if status == 201:
            acknowledged.append(told["id"])
        else:
            refused.append((status, told["code"], headers.get("Retry-After")))
    assert refused
    assert refused[0][0] == 503
    assert refused[0][1] in ("disk_full", "resting")
    assert int(refused[0][2]) > 0
    # Reading goes on (or comes back, where the server restarted because its log could not grow).
    until(lambda: ask(place, "GET", "/api/v1/customers?limit=5", token)[0] == 200, seconds=60)
    filler.make_room()
    began = time.monotonic()
    until(lambda: customer(place, token, number)[0] == 201, seconds=RESUMED_WITHIN)
    resumed = time.monotonic() - began
    rows = place.row("SELECT count(*) FROM customers_customer WHERE id = ANY(%s)", acknowledged)
    assert (rows[0], len(acknowledged) >= 20) == (len(acknowledged), True)
    doubled = place.row("SELECT count(*) - count(DISTINCT name) FROM customers_customer WHERE name LIKE '满%%'")
    assert doubled == (0,)
    record_property("seconds until writes were back", round(resumed, 2))
    record_property("refused with", refused[0])
