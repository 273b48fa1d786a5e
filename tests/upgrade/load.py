"""People at work through an upgrade. Nothing is repeated: a request that fails is a failure of the upgrade."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any


@dataclass
class Door:
    """Where requests go now, and how many are on their way to where."""

    port: int = 0
    under_way: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> int:
        with self.lock:
            self.under_way[self.port] += 1
            return self.port

    def leave(self, port: int) -> None:
        with self.lock:
            self.under_way[port] -= 1

    def turn_to(self, port: int) -> None:
        with self.lock:
            self.port = port


@dataclass
class Person:
    door: Door
    token: str
    seed: int
    made: dict[str, int] = field(default_factory=dict)
    answered: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    longest: float = 0.0
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        choose, number = random.Random(self.seed), 0
        while not self.stopping.is_set():
            number += 1
            self.work(f"{self.seed}-{number}", choose)

    def work(self, marker: str, choose: random.Random) -> None:
        phone = f"1{choose.randrange(30, 99)}{choose.randrange(10**8):08}"
        person = self.send("POST", "/customers", f"c-{marker}", {"name": f"升{marker}", "phone": phone})
        if person:
            self.made[f"升{marker}"] = person["id"]
            call = {"kind": "call", "result": "reached", "note": f"升级期间第{marker}次回访，顾客询问用法。"}
            self.send("POST", f"/customers/{person['id']}/activities", f"a-{marker}", call)
        self.send("GET", "/customers?limit=20")

    def send(self, method: str, path: str, key: str = "", body: Any = None) -> Any:
        port, began = self.door.enter(), time.monotonic()
        try:
            status, text = self.ask(port, method, path, key, body)
        except (OSError, HTTPException) as problem:
            self.failed.append(f"{method} {path}: {type(problem).__name__}")
            return None
        finally:
            self.door.leave(port)
            self.longest = max(self.longest, time.monotonic() - began)
        if status >= 400:
            self.failed.append(f"{method} {path}: {status} {text[:200]}")
            return None
        self.answered[port] += 1
        return json.loads(text)

    def ask(self, port: int, method: str, path: str, key: str, body: Any) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            sent = json.dumps(body) if body else None
            connection.request(method, f"/api/v1{path}", sent, headers | ({"Idempotency-Key": key} if key else {}))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()


@dataclass
class Waits:
    """How long anybody waited for a lock: asked of the server the whole time."""

    url: str
    longest: float = 0.0
    looks: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        import psycopg

        asked = "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)::float FROM pg_locks"
        with psycopg.connect(self.url, autocommit=True) as connection:
            while not self.stopping.wait(0.05):
                row = connection.execute(asked).fetchone()
                assert row
                self.longest, self.looks = max(self.longest, row[0]), self.looks + 1
