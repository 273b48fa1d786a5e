"""People at work while processes are killed: every command has a key and is repeated until it is answered.

What was begun and what was answered goes into a ledger, a line each, which the auditor compares with what is stored.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.installation import DEMO_PASSWORD, Installation

from .browser import Browser, Line, Refused
from .work import WORK, Hands


@dataclass
class Ledger:
    path: Path
    acknowledged: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, event: str, kind: str, marker: str, **more: Any) -> None:
        line = json.dumps({"event": event, "kind": kind, "marker": marker, **more}, ensure_ascii=False)
        with self._lock, self.path.open("a") as file:
            file.write(line + "\n")
            if event == "done":
                self.acknowledged[kind] += 1

    @property
    def total(self) -> int:
        return sum(self.acknowledged.values())


@dataclass
class Driver:
    """One person: representative with a token and a browser, with the browsers of those above beside."""

    place: Installation
    ledger: Ledger
    seed: int
    hands: Hands
    stopping: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None

    def run(self) -> None:
        """Until told to stop; a command that was begun is carried to its end."""
        choose = random.Random(self.seed)
        try:
            for number in range(10**6):
                if self.stopping.is_set():
                    return
                kinds = [one for one in WORK for _share in range(one.share)]
                choose.choice(kinds).perform(self.hands, f"{self.seed}-{number}")
        except BaseException as failure:
            self.failure = failure

    @property
    def lines(self) -> list[Line]:
        return [self.hands.program, self.hands.chief_program, self.hands.browser.line, self.hands.manager.line]

    @property
    def errors(self) -> int:
        return sum(line.errors for line in self.lines)

    @property
    def sent(self) -> int:
        return sum(line.sent for line in self.lines)


def drivers_of(place: Installation, ledger: Ledger, *, seed: int, count: int) -> list[Driver]:
    """Pairs of representatives who hand things to each other."""
    logins = [["qiuyuan", "huangna"][number % 2] for number in range(count)]
    tokens = {login: place.token(login) for login in ("qiuyuan", "huangna", "fanglei")}
    ids = {login: staff_id(place, login) for login in (*tokens, "shenjie")}
    made = []
    for number, login in enumerate(logins, 1):
        other = "huangna" if login == "qiuyuan" else "qiuyuan"
        hands = Hands(
            ledger=ledger,
            program=Line(place.port, {"Authorization": f"Bearer {tokens[login]}"}),
            chief_program=Line(place.port, {"Authorization": f"Bearer {tokens['fanglei']}"}),
            browser=Browser.signed_in(place.port, login, DEMO_PASSWORD),
            manager=Browser.signed_in(place.port, "linlan", DEMO_PASSWORD),
            colleague=ids[other],
            doctor=ids["shenjie"],
            today=place.day(),
            choose=random.Random(f"{seed}-{number}"),
        )
        made.append(Driver(place, ledger, seed * 1000 + number, hands))
    return made


def staff_id(place: Installation, login: str) -> int:
    sql = "SELECT s.id FROM org_staff s JOIN org_account a ON a.id = s.account_id WHERE a.login = %s"
    return int(place.row(sql, login)[0])


__all__ = ["Driver", "Ledger", "Refused", "drivers_of", "staff_id"]
