"""People at work while processes are killed: every operation has a key and is repeated until it is answered."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.installation import Installation, until


@dataclass(frozen=True)
class Acknowledged:
    kind: str
    marker: str
    id: int


@dataclass
class Driver:
    """`errors` counts requests that were not answered; `acknowledged` what was."""

    place: Installation
    token: str
    seed: int
    acknowledged: list[Acknowledged] = field(default_factory=list)
    errors: int = 0
    repeated: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    def run(self) -> None:
        choose = random.Random(self.seed)
        try:
            number = 0
            while not self.stopping.is_set():
                number += 1
                self.work(f"{self.seed}-{number}", choose)
        except BaseException as failure:
            self.failure = failure

    def work(self, marker: str, choose: random.Random) -> None:
        """A person comes, is called, and fills in a form: three operations that stand on each other."""
        phone = f"1{choose.randrange(30, 99)}{choose.randrange(10**8):08}"
        person = self.send("POST", "/customers", f"c-{marker}", {"name": f"杰{marker}", "phone": phone})
        self.note("customer", marker, person)
        words = {"kind": "call", "result": "reached", "note": f"第{marker}位顾客询问用法，约定下周再次联系。"}
        called = self.send("POST", f"/customers/{person['id']}/activities", f"a-{marker}", words)
        self.note("activity", marker, called)
        form = {
            "customer_id": person["id"], "event_name": f"活动{marker}", "completed_on": self.today, "purchased": True,
            "product": "鱼油",
        }  # fmt: skip
        self.note("fileform", marker, self.send("POST", "/file-forms", f"f-{marker}", form))

    today: str = ""

    def note(self, kind: str, marker: str, answer: dict[str, Any]) -> None:
        self.acknowledged.append(Acknowledged(kind, marker, answer["id"]))

    def send(self, method: str, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
        return until(lambda: self.try_once(method, path, key, body), seconds=90)  # type: ignore[no-any-return]

    def try_once(self, method: str, path: str, key: str, body: dict[str, Any]) -> dict[str, Any] | None:
        connection = HTTPConnection("127.0.0.1", self.place.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            connection.request(method, f"/api/v1{path}", json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, HTTPException):
            self.errors += 1
            return None
        finally:
            connection.close()
        if response.status >= 500:
            self.errors += 1
            return None
        assert response.status in (200, 201), (response.status, text[:300])
        self.repeated += response.headers.get("Idempotency-Replayed") == "true"
        answer: dict[str, Any] = json.loads(text)
        return answer
