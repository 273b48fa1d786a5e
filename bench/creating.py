"""Customers created through the API by eight clients at once, against a server that runs as in production."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from django.db import connection

from guanxi.base.org.models import Account
from guanxi.base.org.tokens import give_token
from guanxi.edge.ops.supervisor.main import GRANIAN

from .lists import reader
from .measure import Figure, timed

CLIENTS, EACH, LEAST_A_SECOND = 8, 60, 150
BY_HAND = """
INSERT INTO customers_customer (number, kind, name, pinyin, initials, phone, owner_id, unit_id, status, type, grade, gender,
  birth_is_lunar, address, company_name, industry, source, route, need, remark, is_do_not_disturb, search, own, version,
  created_at, updated_at)
SELECT 'K' || lpad(nextval('customers_number')::text, 8, '0'), 'person', '王建国', 'wang jian guo', 'wjg', %s, owner_id,
  unit_id, 'potential', '', '', '', FALSE, '', '', '', '', '', '', '', FALSE, search, '{}', 1, created_at, created_at
FROM customers_customer WHERE id = (SELECT min(id) FROM customers_customer)
"""


def figures(size: str) -> list[Figure]:
    account, actor = Account.objects.get(login="rep7"), reader("rep7")
    token = give_token(account, name="bench", actor=actor)
    with served() as port, ThreadPoolExecutor(CLIENTS) as clients:

        def all_create(series: int, count: int) -> None:
            list(clients.map(lambda n: create_some(port, token, series * 10 + n, count), range(CLIENTS)))

        all_create(0, 3)
        rounds = [timed(partial(all_create, series, EACH)) for series in (1, 2, 3)]
    took = statistics.median(rounds)
    rate = CLIENTS * EACH / took * 1000
    hand = timed(lambda: [by_hand(n) for n in range(CLIENTS * EACH)])
    note = f"{rate:,.0f} a second, wanted {LEAST_A_SECOND}; clients on the same cores; one by one in SQL: {CLIENTS * EACH / hand * 1000:,.0f} a second"
    most = CLIENTS * EACH / LEAST_A_SECOND * 1000
    return [
        Figure(f"{CLIENTS * EACH} customers through the API, {CLIENTS} clients", took, hand, None, note=note, most=most)
    ]


def create_some(port: int, token: str, series: int, count: int) -> None:
    """One connection, kept alive, as programs do."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for number in range(count):
        body = json.dumps({"kind": "person", "name": "王建国", "phone": f"17{series:04}{number:05}"})
        client.request("POST", "/api/v1/customers", body, headers)
        answer = client.getresponse()
        text = answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"the API answered {answer.status}: {text[:200]!r}")
    client.close()


def by_hand(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [f"160{number:08}"])


@contextmanager
def served() -> Iterator[int]:
    """As `guanxi up` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", *GRANIAN, f"--port={port}", "config.wsgi:application"]
    process = subprocess.Popen(command, env=os.environ | {"LOG_LEVEL": "CRITICAL"}, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
