"""What people do in the crash test: commands through the API, through forms, and those that jobs carry out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from .browser import Browser, Line, Refused, Reply


class Writes(Protocol):
    def write(self, event: str, kind: str, marker: str, **more: Any) -> None: ...


@dataclass
class Hands:
    ledger: Writes
    program: Line
    chief_program: Line
    browser: Browser
    manager: Browser
    colleague: int
    doctor: int
    today: str
    choose: random.Random

    def call(self, kind: str, marker: str, path: str, body: dict[str, Any], *, method: str = "POST") -> dict[str, Any]:
        """A command through the API, by the representative."""
        return self._call(self.program, kind, marker, path, body, method)

    def call_as_chief(self, kind: str, marker: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call(self.chief_program, kind, marker, path, body, "POST")

    def _call(self, line: Line, kind: str, marker: str, path: str, body: dict[str, Any], method: str) -> dict[str, Any]:
        self.ledger.write("began", kind, marker)
        own = {"Idempotency-Key": quote(f"{kind}-{marker}"), "Content-Type": "application/json"}
        reply = line.until_answered(method, f"/api/v1{path}", json.dumps(body).encode(), **own)
        if reply.status not in (200, 201, 204):
            raise Refused(f"{kind} {marker}: {reply.status} {reply.text[:500]}")
        answer: dict[str, Any] = json.loads(reply.text or "{}")
        self.ledger.write("done", kind, marker, id=answer.get("id"))
        return answer

    def fill_in(self, kind: str, marker: str, send: Callable[[], Reply], *, with_id: bool = False) -> Reply:
        """A command through a form."""
        self.ledger.write("began", kind, marker)
        reply = send()
        self.ledger.write("done", kind, marker, id=reply.id if with_id else None)
        return reply

    def phone(self) -> str:
        return f"1{self.choose.randrange(30, 99)}{self.choose.randrange(10**8):08}"

    def somebody(self, marker: str, sign: str = "杰") -> int:
        """A new customer: what most commands stand on, and a command itself."""
        body = {"name": f"{sign}{marker}", "phone": self.phone()}
        return int(self.call("customer", f"{sign}{marker}", "/customers", body)["id"])


@dataclass(frozen=True)
class Work:
    """`share`: how often, beside the others."""

    kind: str
    perform: Callable[[Hands, str], None]
    share: int = 3


def note(marker: str) -> str:
    return f"第{marker}位顾客询问用法，约定下周再次联系。"


def be_called(hands: Hands, marker: str) -> None:
    person = hands.somebody(marker)
    words = {"kind": "call", "result": "reached", "note": note(f"a{marker}")}
    hands.call("activity", f"a{marker}", f"/customers/{person}/activities", words)


def fill_file_form(hands: Hands, marker: str) -> None:
    form = {"event_name": f"活动{marker}", "completed_on": hands.today, "purchased": True, "product": "鱼油"}
    hands.call("fileform", marker, "/file-forms", form | {"customer_id": hands.somebody(marker)})


def change_remark(hands: Hands, marker: str) -> None:
    person = hands.somebody(marker)
    hands.call("change", marker, f"/customers/{person}", {"version": 1, "remark": f"改{marker}"}, method="PATCH")


def task(hands: Hands, marker: str) -> int:
    body = {"customer_id": hands.somebody(marker), "purpose": f"任务{marker}", "due_on": hands.today}
    return int(hands.call("task", marker, "/duties", body)["id"])


def finish_task(hands: Hands, marker: str) -> None:
    hands.call("finish", marker, f"/duties/{task(hands, marker)}/finish", {"note": f"办完{marker}"})


def hand_task_over(hands: Hands, marker: str) -> None:
    body = {"to": hands.colleague, "why": "出差"}
    hands.call("handover", marker, f"/duties/{task(hands, marker)}/hand-over", body)


def change_owner(hands: Hands, marker: str) -> None:
    person = hands.somebody(marker, "移")
    hands.call_as_chief("transfer", marker, f"/customers/{person}/transfer", {"to": hands.colleague, "why": "调整"})


def enter_customer(hands: Hands, marker: str) -> None:
    typed = {"name": f"新{marker}", "phone": hands.phone()}
    hands.fill_in("entered", marker, lambda: hands.browser.send("/customers/new", typed), with_id=True)


def log_visit(hands: Hands, marker: str) -> None:
    address = f"/customers/{hands.somebody(marker)}/log"
    typed = {"kind": "call", "result": "reached", "note": note(f"b{marker}")}
    hands.fill_in("activity", f"b{marker}", lambda: hands.browser.send(address, typed))


def upload_file(hands: Hands, marker: str) -> None:
    address = f"/documents/on/customer/{hands.somebody(marker)}"
    file = {"file": (f"kept-{marker}.txt", f"{marker} ".encode() * hands.choose.randrange(1, 4000))}
    hands.fill_in("document", marker, lambda: hands.browser.send(address, {"label": "scan"}, files=file))


def announce_visit(hands: Hands, marker: str) -> None:
    address = f"/customers/{hands.somebody(marker)}/coming"
    typed = {"comes_on": hands.today, "purpose": f"来访{marker}"}
    hands.fill_in("coming", marker, lambda: hands.browser.send(address, typed))


def ask_permit(hands: Hands, marker: str) -> None:
    body = {"customer_id": hands.somebody(marker), "event_name": f"活动p{marker}", "completed_on": hands.today}
    form = int(hands.call("fileform", f"p{marker}", "/file-forms", body)["id"])
    address, typed = f"/permits/new/fileform/copy/{form}", {"purpose": f"核对{marker}"}
    hands.fill_in("permit", marker, lambda: hands.browser.send(address, typed), with_id=True)


def send_forms(hands: Hands, marker: str) -> None:
    body = {"customer_id": hands.somebody(marker), "event_name": f"活动t{marker}", "completed_on": hands.today}
    form = int(hands.call("fileform", f"t{marker}", "/file-forms", body)["id"])
    typed = {"forms": [form], "to": hands.doctor, "note": f"移交{marker}"}
    address = "/transfers/new?kind=fileform"
    send = lambda: hands.browser.send(address, typed, end="/transfers/new")  # noqa: E731  (sent once, named for its length)
    hands.fill_in("papers", marker, send, with_id=True)


def remove_customer(hands: Hands, marker: str) -> None:
    address = f"/customers/{hands.somebody(marker, '弃')}/remove"
    hands.fill_in("removal", marker, lambda: hands.manager.send(address, {"why": "重复"}))


def export_list(hands: Hands, marker: str) -> None:
    typed = {"format": "csv", "purpose": f"导出{marker}"}
    hands.fill_in("export", marker, lambda: hands.manager.send("/customers/export", typed), with_id=True)


IMPORTED = 20


def import_file(hands: Hands, marker: str) -> None:
    lines = [f"导{marker}x{n},{hands.phone()},导入{marker},2026-11-02,邱远" for n in range(IMPORTED)]
    text = "\n".join(["顾客姓名,联系电话,活动,登记日期,满意代表", *lines])
    file = {"file": (f"{marker}.csv", text.encode())}
    uploaded = hands.manager.send("/imports", {"kind": "file-forms"}, files=file).to
    hands.manager.send(uploaded, {}, end=f"{uploaded}/columns")
    hands.fill_in("import", marker, lambda: hands.manager.send(uploaded, {}, end=f"{uploaded}/start"), with_id=True)


def change_many(hands: Hands, marker: str) -> None:
    people = [hands.somebody(f"{marker}x{n}", "众") for n in range(3)]
    typed = {"kind": "customer", "step": "customer-status", "pick": people}
    chosen = hands.manager.send("/customers", typed, end="/bulk/start").to
    hands.manager.send(chosen, {"value": "active"}, end=f"{chosen}/preview")
    hands.fill_in("bulk", marker, lambda: hands.manager.send(chosen, {}, end=f"{chosen}/confirm"), with_id=True)


WORK = [
    Work("activity", be_called),
    Work("activity", log_visit),
    Work("fileform", fill_file_form),
    Work("change", change_remark),
    Work("finish", finish_task),
    Work("handover", hand_task_over),
    Work("transfer", change_owner),
    Work("entered", enter_customer),
    Work("document", upload_file),
    Work("coming", announce_visit),
    Work("permit", ask_permit),
    Work("papers", send_forms),
    Work("removal", remove_customer),
    Work("export", export_list, 1),
    Work("import", import_file, 1),
    Work("bulk", change_many, 1),
]
